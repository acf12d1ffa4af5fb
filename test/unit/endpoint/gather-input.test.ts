import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { optional } from '../../../src/call/optional.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { FacetError } from '../../../src/errors.ts'
import { rejectionOf } from '../support/failure.ts'
import { type GatherBench, gatherBench } from '../support/gathering.ts'

let bench: GatherBench
beforeEach(() => {
  jest.useFakeTimers()
  bench = gatherBench()
})
afterEach(() => {
  expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
  jest.useRealTimers()
})

describe('an input function', () => {
  const throwing = (error: unknown) => () => {
    throw error
  }

  test.each<[string, unknown, string]>([
    ['a TypeError', new TypeError('x is undefined'), 'internal'],
    ['a RangeError', new RangeError('x'), 'internal'],
    ['text', 'x', 'internal'],
  ])('that throws %s is a mistake that optional does not hide', async (_, error, code) => {
    const page = endpoint('GET /x').source('a', optional(bench.call('a'), 'instead'), throwing(error))
    expect(await rejectionOf(bench.run(page))).toMatchObject({ code, source: 'a', cause: error })
  })

  test.each<[string, unknown, string]>([
    ['a FacetError', new FacetError('input-invalid'), 'input-invalid'],
    ['a plain error', new Error('nothing to ask for'), 'internal'],
  ])('that throws %s fails its source, which is covered where it is optional', async (_, error, code) => {
    const page = endpoint('GET /x').source('a', optional(bench.call('a'), 'instead'), throwing(error))
    expect(await bench.run(page)).toEqual({ data: { a: 'instead' }, partial: [{ source: 'a', code }] })
    bench = gatherBench()
    const required = endpoint('GET /x').source('a', bench.call('a'), throwing(error))
    expect(await rejectionOf(bench.run(required))).toMatchObject({ code, source: 'a' })
  })

  test.each<[string, () => Promise<object>]>([
    ['answers', async () => ({})],
    ['fails', async () => throwing(new Error('unheard'))()],
  ])('that is async and %s is refused, and nothing of it is left unheard', async (_, input) => {
    const unheard: unknown[] = []
    const hear = (reason: unknown) => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    const page = endpoint('GET /x').source('a', optional(bench.call('a')), input)
    expect(await rejectionOf(bench.run(page))).toMatchObject({
      code: 'internal',
      source: 'a',
      message: 'the input function must not be async: what it would await is a source',
    })
    jest.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect([unheard, bench.events]).toEqual([[], []])
  })
})
