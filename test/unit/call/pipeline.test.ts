import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { pipeline } from '../../../src/call/pipeline.ts'
import { FacetError } from '../../../src/errors.ts'
import { type Timeline, timeline } from '../../../src/testing/timeline.ts'
import { freshness } from '../support/cache.ts'
import { backendInfo, testContext, testRuntime } from '../support/calls.ts'

let seen: Timeline
beforeEach(() => {
  jest.useFakeTimers()
  seen = timeline()
})
afterEach(() => {
  seen.close()
  jest.useRealTimers()
})

const options = { backend: backendInfo(), name: 'op', effect: 'read', retries: 2, cache: undefined } as const
const cache = freshness({ ttl: 60_000, isOrigins: false, tags: undefined })

/** A backend that fails as often as it is said, and then answers. */
function backend(failures = 0) {
  return jest.fn(async (input: string) => {
    if (failures-- > 0) throw new FacetError('backend-unreachable')
    return `answer to ${input}`
  })
}

describe('the policies around a read', () => {
  test('ask again after a transient failure, and tell of one call', async () => {
    const send = backend(2)
    const answer = pipeline(send, testRuntime(), options)('x', testContext())
    await jest.advanceTimersByTimeAsync(5_000)
    expect(await answer).toBe('answer to x')
    expect([send.mock.calls.length, seen.calls.length]).toEqual([3, 1])
    expect(seen.calls).toMatchObject([{ backend: 'crm', call: 'op', error: undefined }])
  })

  test('keep the answer that came after the failures, not the failures', async () => {
    const send = backend(1)
    const run = pipeline(send, testRuntime(), { ...options, cache })
    const first = run('x', testContext())
    await jest.advanceTimersByTimeAsync(5_000)
    await first
    const context = testContext()
    expect(await run('x', context)).toBe('answer to x')
    expect([context.cache, send.mock.calls.length]).toEqual(['hit', 2])
  })

  test('do not even look into the cache for what the request has asked before', async () => {
    const memo = new Map()
    const run = pipeline(backend(), testRuntime(), { ...options, cache })
    const [first, second] = [testContext({ memo }), testContext({ memo })]
    await run('x', first)
    await run('x', second)
    expect([first.cache, second.cache, seen.calls.length]).toEqual(['miss', undefined, 1])
  })
})

describe('the policies around a write', () => {
  test('never ask again, never keep and never merge: two equal payments are two', async () => {
    const send = backend()
    const run = pipeline(send, testRuntime(), { ...options, effect: 'write', cache })
    const context = testContext({ memo: new Map() })
    await Promise.all([run('pay', context), run('pay', context)])
    await run('pay', testContext())
    expect(send).toHaveBeenCalledTimes(3)
    const failing = backend(1)
    await expect(
      pipeline(failing, testRuntime(), { ...options, effect: 'write' })('pay', testContext()),
    ).rejects.toMatchObject({
      code: 'backend-unreachable',
    })
    expect(failing).toHaveBeenCalledTimes(1)
  })

  test('tell of each of them', async () => {
    const run = pipeline(backend(), testRuntime(), { ...options, effect: 'write' })
    await Promise.all([run('pay', testContext()), run('pay', testContext())])
    expect(seen.calls).toHaveLength(2)
  })
})
