import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { retry } from '../../../src/call/retry.ts'
import { RetryBudget } from '../../../src/call/retry-budget.ts'
import { ERRORS, type ErrorCode, FacetError } from '../../../src/errors.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { testContext } from '../support/calls.ts'

let timers: TimerWheel
let random: ReturnType<typeof jest.spyOn>
beforeEach(() => {
  jest.useFakeTimers()
  timers = new TimerWheel(1)
  random = jest.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON)
})
afterEach(() => {
  random.mockRestore()
  jest.useRealTimers()
})

const unreachable = () => new FacetError('backend-unreachable')

/** A read that fails as often as it is said and then answers, with the times at which it was asked. */
function failing(times: number, error: unknown = unreachable()) {
  const start = performance.now()
  const asked: number[] = []
  const run = async (input: string) => {
    asked.push(Math.round(performance.now() - start))
    if (asked.length <= times) throw error
    return `answer to ${input}`
  }
  return { run, asked }
}

describe('a read that is asked again', () => {
  test('answers as soon as one attempt does', async () => {
    const { run, asked } = failing(2)
    const answer = retry(3, timers, new RetryBudget())(run)('x', testContext())
    await jest.advanceTimersByTimeAsync(10_000)
    expect(await answer).toBe('answer to x')
    expect(asked).toHaveLength(3)
  })

  test('fails with its last failure when its attempts are used up', async () => {
    const { run, asked } = failing(9)
    const answer = retry(2, timers, new RetryBudget())(run)('x', testContext())
    const told = expect(answer).rejects.toMatchObject({ code: 'backend-unreachable' })
    await jest.advanceTimersByTimeAsync(10_000)
    await told
    expect([asked.length, timers.size]).toEqual([3, 0])
  })

  test('pauses at the most twice as long each time, and never more than a second', async () => {
    const { run, asked } = failing(8)
    void retry(8, timers, new RetryBudget())(run)('x', testContext())
    await jest.advanceTimersByTimeAsync(10_000)
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] as number))
    const longest = [50, 100, 200, 400, 800, 1_000, 1_000, 1_000]
    expect(pauses).toHaveLength(longest.length)
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual((longest[index] as number) - 1)
      expect(pause).toBeLessThanOrEqual((longest[index] as number) + 2)
    }
  })

  test('pauses for any part of that, down to none: full jitter', async () => {
    random.mockReturnValue(0)
    const none = failing(3)
    void retry(3, timers, new RetryBudget())(none.run)('x', testContext())
    await jest.advanceTimersByTimeAsync(20)
    expect(none.asked).toHaveLength(4)
    random.mockReturnValue(0.5)
    const half = failing(1)
    void retry(3, timers, new RetryBudget())(half.run)('x', testContext())
    await jest.advanceTimersByTimeAsync(1_000)
    expect(half.asked[1]).toBeGreaterThanOrEqual(25)
    expect(half.asked[1]).toBeLessThanOrEqual(27)
  })
})

describe('asking again', () => {
  const transient = new Set<ErrorCode>(['backend-unreachable', 'backend-timeout'])
  test.each((Object.keys(ERRORS) as ErrorCode[]).map((code) => [code, transient.has(code) ? 2 : 1] as const))(
    'after %s: %d attempts',
    async (code, attempts) => {
      const { run, asked } = failing(1, new FacetError(code))
      const answer = retry(1, timers, new RetryBudget())(run)('x', testContext())
      const settled = Promise.allSettled([answer])
      await jest.advanceTimersByTimeAsync(2_000)
      expect(asked).toHaveLength(attempts)
      expect((await settled)[0].status).toBe(attempts === 2 ? 'fulfilled' : 'rejected')
    },
  )

  test.each([
    [400, 1],
    [401, 1],
    [403, 1],
    [409, 1],
    [422, 1],
    [429, 2],
    [500, 1],
    [501, 1],
    [502, 2],
    [503, 2],
    [504, 2],
  ])('after status %d: %d attempts', async (upstream, attempts) => {
    const { run, asked } = failing(1, new FacetError('backend-status', { upstream }))
    void Promise.allSettled([retry(1, timers, new RetryBudget())(run)('x', testContext())])
    await jest.advanceTimersByTimeAsync(2_000)
    expect(asked).toHaveLength(attempts)
  })

  test.each([
    ['a mistake in the program', new TypeError('x is not a function')],
    ['any other error', new Error('unknown')],
    ['a status that nobody gave', new FacetError('backend-status')],
    ['what is no error', 'text'],
  ])('is of no use after %s', async (_, error) => {
    const { run, asked } = failing(1, error)
    await expect(retry(5, timers, new RetryBudget())(run)('x', testContext())).rejects.toBe(error)
    expect(asked).toHaveLength(1)
  })
})

describe('the end of a request', () => {
  test('is not waited past: where the deadline comes before the next attempt, the failure is told at once', async () => {
    const { run, asked } = failing(1)
    const context = testContext({ deadline: performance.now() + 40 })
    await expect(retry(1, timers, new RetryBudget())(run)('x', context)).rejects.toMatchObject({
      code: 'backend-unreachable',
    })
    expect([asked.length, timers.size, context.token.waiting]).toEqual([1, 0, 0])
  })

  test('leaves time for an attempt that still comes before it', async () => {
    const { run, asked } = failing(1)
    const answer = retry(1, timers, new RetryBudget())(run)('x', testContext({ deadline: performance.now() + 80 }))
    await jest.advanceTimersByTimeAsync(60)
    expect(await answer).toBe('answer to x')
    expect(asked).toHaveLength(2)
  })

  test('by cancellation ends the pause at once, for its reason, and leaves nothing behind', async () => {
    const { run, asked } = failing(1)
    const context = testContext()
    const answer = retry(1, timers, new RetryBudget())(run)('x', context)
    await jest.advanceTimersByTimeAsync(10)
    const told = expect(answer).rejects.toBe('client left')
    context.token.cancel('client left')
    await told
    expect([timers.size, context.token.waiting]).toEqual([0, 0])
    await jest.advanceTimersByTimeAsync(2_000)
    expect(asked).toHaveLength(1)
  })

  test('by cancellation during an attempt makes no other', async () => {
    const context = testContext()
    let asked = 0
    const answer = retry(
      5,
      timers,
      new RetryBudget(),
    )(async () => {
      asked++
      context.token.cancel('client left')
      throw unreachable()
    })('x', context)
    await expect(answer).rejects.toMatchObject({ code: 'backend-unreachable' })
    expect(asked).toBe(1)
  })

  test('leaves no listener behind after a pause', async () => {
    const { run } = failing(2)
    const context = testContext()
    const answer = retry(2, timers, new RetryBudget())(run)('x', context)
    await jest.advanceTimersByTimeAsync(2_000)
    await answer
    expect([timers.size, context.token.waiting]).toEqual([0, 0])
  })
})
