import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { trace } from '../../../src/call/trace.ts'
import { type Timeline, timeline } from '../../../src/testing/timeline.ts'
import { backendInfo, testContext } from '../support/calls.ts'

const traced = trace(backendInfo('crm'), 'GET /users/:id')

describe('while somebody listens', () => {
  let seen: Timeline
  beforeEach(() => {
    jest.useFakeTimers()
    seen = timeline()
  })
  afterEach(() => {
    seen.close()
    jest.useRealTimers()
  })

  test('a call is told with its duration when it has answered', async () => {
    const answer = traced(async () => new Promise((resolve) => setTimeout(() => resolve('v'), 30)))('x', testContext())
    expect(seen.calls).toEqual([])
    await jest.advanceTimersByTimeAsync(30)
    expect(await answer).toBe('v')
    expect(seen.calls).toEqual([
      {
        request: 'request-1',
        backend: 'crm',
        call: 'GET /users/:id',
        source: 'source',
        duration: 30,
        error: undefined,
      },
    ])
  })

  test('a call is told with its failure, which passes on unchanged', async () => {
    const failure = new Error('down')
    await expect(traced(() => Promise.reject(failure))('x', testContext())).rejects.toBe(failure)
    expect(seen.calls).toMatchObject([{ error: failure }])
  })
})

test('while nobody listens a call is passed through as it is', () => {
  const running = Promise.resolve('v')
  expect(traced(() => running)('x', testContext())).toBe(running)
})
