import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { CallContext } from '../../../src/call/call.ts'
import { each } from '../../../src/call/each.ts'
import { covering, optional } from '../../../src/call/optional.ts'
import { FacetError } from '../../../src/errors.ts'
import { testCall, testContext, testRuntime } from '../support/calls.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** A read that takes some time, with what becomes of it. */
function slow(ms: number, isKept: boolean) {
  const seen = { ended: 0, aborted: 0, deadline: 0 }
  const call = testCall<string, string>(
    (input, context: CallContext) =>
      new Promise((resolve, reject) => {
        seen.deadline = context.deadline
        const timer = setTimeout(() => {
          seen.ended++
          resolve(`late ${input}`)
        }, ms)
        context.token.on((reason) => {
          clearTimeout(timer)
          seen.aborted++
          reject(reason)
        })
      }),
    { name: 'slow', isKept },
  )
  return { call, seen }
}

describe('an optional call that is given 300 ms', () => {
  test('is waited for as long as that', async () => {
    const { call } = slow(290, false)
    const runtime = testRuntime()
    const context = testContext()
    const answer = covering(optional(call, 'nothing').after('300ms'), runtime)('x', context)
    await jest.advanceTimersByTimeAsync(1_000)
    expect(await answer).toBe('late x')
    expect(context.degraded).toEqual([])
    expect([runtime.timers.size, context.token.waiting]).toEqual([0, 0])
  })

  test.each([
    ['and whose answer is not kept is aborted when it is late', false, { ended: 0, aborted: 1, deadline: 5_000 }],
    ['and whose answer is kept goes on, without a deadline', true, { ended: 1, aborted: 0, deadline: Infinity }],
  ])('%s', async (_, isKept, expected) => {
    const { call, seen } = slow(1_000, isKept)
    const runtime = testRuntime()
    const context = testContext({ deadline: 5_000 })
    const answer = covering(optional(call, 'nothing').after('300ms'), runtime)('x', context)
    let at = 0
    answer.then(() => {
      at = performance.now()
    })
    const began = performance.now()
    await jest.advanceTimersByTimeAsync(2_000)
    expect(await answer).toBe('nothing')
    // The timer wheel is coarse: up to 20 ms later.
    expect(at - began).toBeGreaterThanOrEqual(300)
    expect(at - began).toBeLessThanOrEqual(320)
    expect(context.degraded).toEqual([expect.objectContaining({ code: 'backend-timeout' })])
    expect(seen).toEqual(expected)
    expect([runtime.timers.size, context.token.waiting]).toEqual([0, 0])
  })

  test('is aborted with its request, kept or not, and no fallback hides that', async () => {
    const { call, seen } = slow(1_000, true)
    const context = testContext()
    const answer = covering(optional(call, 'nothing').after('300ms'), testRuntime())('x', context)
    const left = new FacetError('client-closed')
    context.token.cancel(left)
    await expect(answer).rejects.toBe(left)
    expect(seen).toMatchObject({ ended: 0, aborted: 1 })
  })

  test('fails as it fails, when it fails in time', async () => {
    const failing = testCall<string, string>(
      async () => {
        throw new FacetError('backend-status')
      },
      { name: 'failing' },
    )
    const context = testContext()
    expect(await covering(optional(failing, 'nothing').after('300ms'), testRuntime())('x', context)).toBe('nothing')
    expect(context.degraded).toEqual([expect.objectContaining({ code: 'backend-status' })])
  })

  test('has another one asked in its place', async () => {
    const { call } = slow(1_000, false)
    const other = testCall<string, string>(async (input) => `other ${input}`, { name: 'other' })
    const answer = covering(optional(call, 'nothing').after('300ms').orElse(other), testRuntime())('x', testContext())
    await jest.advanceTimersByTimeAsync(400)
    expect(await answer).toBe('other x')
  })

  test('may be each of a list', async () => {
    const call = testCall<number, number>((ms) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)), {
      name: 'each',
    })
    const answers = covering(each(optional(call, -1).after('300ms')), testRuntime())([100, 900, 200], testContext())
    await jest.advanceTimersByTimeAsync(1_000)
    expect(await answers).toEqual([100, -1, 200])
  })

  test('is given a time that can be read', () => {
    expect(() => optional(slow(1, true).call, '').after('soon' as never)).toThrow("at 'duration' ('soon')")
  })
})
