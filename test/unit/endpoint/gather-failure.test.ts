import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { each } from '../../../src/call/each.ts'
import { optional } from '../../../src/call/optional.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { type ErrorCode, FacetError } from '../../../src/errors.ts'
import { testCall } from '../support/calls.ts'
import { deferred } from '../support/deferred.ts'
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

const nothing = () => ({})
const down = () => new FacetError('backend-status', { detail: 'crm answered 503', upstream: 503 })

describe('a required source that fails', () => {
  test('fails the whole at once, under its name, and aborts its siblings', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a', { delay: 500 }), nothing)
      .source('b', bench.call('b', { delay: 20, fail: down() }), nothing)
      .source('c', bench.call('c', { delay: 30 }), ['b'], nothing)
      .source('d', optional(bench.call('d', { delay: 500 })), nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(600)
    expect(await failure).toMatchObject({
      code: 'backend-status',
      source: 'b',
      upstream: 503,
      message: 'crm answered 503',
    })
    expect(bench.events).toEqual([
      ...['0 start a', '0 start b', '0 start d'],
      ...['20 fail b', '20 abort a', '20 abort d'],
    ])
    expect(bench.token.reason).toMatchObject({ code: 'backend-status' })
    expect(bench.records.map(({ name, outcome, code, duration }) => [name, outcome, code, duration])).toEqual([
      ['a', 'aborted', undefined, 20],
      ['b', 'failed', 'backend-status', 20],
      ['c', 'idle', undefined, 0],
      ['d', 'aborted', undefined, 20],
    ])
  })

  test('keeps all that its failure says, on a copy: other requests may wait for the same', async () => {
    const error = new FacetError('limit-exceeded', {
      issues: [{ path: 'query.q', message: 'wrong' }],
      known: ['a'],
      headers: { 'Retry-After': '5' },
    })
    const failure = await rejectionOf(
      bench.run(endpoint('GET /x').source('a', bench.call('a', { fail: error }), nothing)),
    )
    expect(failure).not.toBe(error)
    expect(failure).toMatchObject({
      code: 'limit-exceeded',
      issues: error.issues,
      known: ['a'],
      headers: error.headers,
      source: 'a',
    })
    expect([failure.cause, error.source]).toEqual([error, undefined])
  })

  test('with an error that is not from the table is internal, with its cause', async () => {
    const error = new Error('mine')
    const page = endpoint('GET /x').source('a', bench.call('a', { fail: error }), nothing)
    expect(await rejectionOf(bench.run(page))).toMatchObject({ code: 'internal', source: 'a', cause: error })
  })

  test('is told once: the first failure is the one that counts', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a', { delay: 20, fail: new Error('second') }), nothing)
      .source('b', bench.call('b', { delay: 10, fail: down() }), nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(100)
    expect(await failure).toMatchObject({ source: 'b' })
  })

  test('at once keeps those after it from starting', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a'), () => {
        throw new FacetError('input-invalid')
      })
      .source('b', bench.call('b'), nothing)
    expect(await rejectionOf(bench.run(page))).toMatchObject({ code: 'input-invalid', source: 'a' })
    expect(bench.events).toEqual([])
  })
})

describe('after a failure', () => {
  test('nothing starts, not even what waited for the same source', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a', { delay: 10 }), nothing)
      .source('b', bench.call('b'), ['a'], () => {
        throw new FacetError('input-invalid')
      })
      .source('c', bench.call('c'), ['a'], nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(100)
    expect(await failure).toMatchObject({ source: 'b' })
    expect(bench.events).toEqual(['0 start a', '10 end a'])
  })

  test('an answer that comes all the same starts nothing and changes no record', async () => {
    const answer = deferred<string>()
    const stubborn = testCall<object, string>(() => answer.promise)
    const page = endpoint('GET /x')
      .source('a', stubborn, nothing)
      .source('b', bench.call('b', { delay: 10, fail: down() }), nothing)
      .source('c', bench.call('c'), ['a'], nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(20)
    await failure
    const records = structuredClone(bench.records)
    answer.resolve('late')
    await jest.advanceTimersByTimeAsync(20)
    expect(bench.events).toEqual(['0 start b', '10 fail b'])
    expect(bench.records).toEqual(records)
  })
})

describe('an optional source that fails', () => {
  test('has its fallback, which those that need it are given, and the reply is partial, told in declaration order', async () => {
    const page = endpoint('GET /x')
      .source('a', optional(bench.call('a', { delay: 10, fail: down() }), 'instead'), nothing)
      .source('b', bench.call('b'), ['a'], ({ a }) => ({ a }))
      .source(
        'c',
        optional(bench.call('c', { fail: new FacetError('backend-fault') })).recover(({ code }) => code),
        nothing,
      )
      .source('d', optional(bench.call('d'), 'never'), nothing)
    const running = bench.run(page)
    await jest.advanceTimersByTimeAsync(100)
    const { data, partial } = await running
    expect(data).toEqual({ a: 'instead', b: 'b', c: 'backend-fault', d: 'd' })
    expect(partial).toEqual([
      { source: 'a', code: 'backend-status' },
      { source: 'c', code: 'backend-fault' },
    ])
    expect(bench.inputs.b).toEqual([{ a: 'instead' }])
    expect(bench.records.map(({ outcome, code }) => `${outcome} ${code}`)).toEqual([
      ...['fallback backend-status', 'ok undefined', 'fallback backend-fault', 'ok undefined'],
    ])
  })

  test('in a part of it marks the reply once, with the first failure', async () => {
    const codes = ['backend-status', 'backend-timeout', 'backend-busy'] as const
    const failing = testCall<ErrorCode, string>(async (code) => {
      throw new FacetError(code)
    })
    const page = endpoint('GET /x').source('a', each(optional(failing, 'none')), () => codes)
    expect(await bench.run(page)).toEqual({
      data: { a: ['none', 'none', 'none'] },
      partial: [{ source: 'a', code: 'backend-status' }],
    })
    expect(bench.records).toMatchObject([{ outcome: 'fallback' }])
  })

  test('whose fallback fails itself is a mistake in the program', async () => {
    const broken = optional(bench.call('a', { fail: down() })).recover(() => {
      throw new Error('in the fallback')
    })
    const failure = await rejectionOf(bench.run(endpoint('GET /x').source('a', broken, nothing)))
    expect(failure).toMatchObject({ code: 'internal', source: 'a', message: "the fallback of 'a' failed" })
  })

  test('for a client that can do without it leaves undefined, for that client alone', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a'), nothing)
      .source('b', bench.call('b', { fail: down() }), nothing)
    const { data, partial } = await bench.run(page, {}, ['a', 'b'], ['b'])
    expect([data, partial]).toEqual([{ a: 'a', b: undefined }, [{ source: 'b', code: 'backend-status' }]])
    bench = gatherBench()
    expect(await rejectionOf(bench.run(page))).toMatchObject({ source: 'b' })
  })
})
