import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { retry } from '../../../src/call/retry.ts'
import { RetryBudget } from '../../../src/call/retry-budget.ts'
import { FacetError } from '../../../src/errors.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { testContext } from '../support/calls.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const taken = (budget: RetryBudget, tries: number) =>
  Array.from({ length: tries }, () => budget.take()).filter(Boolean).length

describe('a backend’s budget of retries', () => {
  test('is three a second for a quiet backend', () => {
    expect(taken(new RetryBudget(), 100)).toBe(30)
  })

  test('is a fifth of the requests of a busy one', () => {
    const budget = new RetryBudget()
    for (let request = 0; request < 1_000; request++) budget.count()
    expect(taken(budget, 1_000)).toBe(200)
  })

  test('comes back as the window goes on, and not before', () => {
    const budget = new RetryBudget()
    expect(taken(budget, 100)).toBe(30)
    jest.advanceTimersByTime(8_000)
    expect(taken(budget, 100)).toBe(0)
    jest.advanceTimersByTime(2_000)
    expect(taken(budget, 100)).toBe(30)
    jest.advanceTimersByTime(3_600_000)
    expect(taken(budget, 100)).toBe(30)
  })
})

test('a backend that fails everything gets no more than a fifth on top of its requests, and the floor', async () => {
  const budget = new RetryBudget()
  let asked = 0
  const run = retry(
    3,
    new TimerWheel(1),
    budget,
  )(async () => {
    asked++
    throw new FacetError('backend-unreachable')
  })
  const requests = 100 * 10
  for (let nth = 0; nth < requests; nth++) {
    budget.count()
    run('x', testContext()).catch(() => {})
    await jest.advanceTimersByTimeAsync(10)
  }
  expect(asked).toBeLessThanOrEqual(1.2 * requests + 30)
  expect(asked).toBeGreaterThan(1.1 * requests)
})

describe('a backend that says when it may be asked again', () => {
  const asking = async (retryAfter: number) => {
    const times: number[] = []
    const run = retry(
      1,
      new TimerWheel(1),
      new RetryBudget(),
    )(async () => {
      times.push(performance.now())
      throw new FacetError('backend-status', { upstream: 503, retryAfter })
    })
    const over = run('x', testContext()).catch(() => {})
    await jest.advanceTimersByTimeAsync(20_000)
    await over
    return times.map((time) => Math.round(time - (times[0] as number)))
  }

  test('is not asked before', async () => {
    const [, second = 0] = await asking(3_000)
    expect(second).toBeGreaterThanOrEqual(3_000)
    expect(second).toBeLessThan(3_100)
  })

  test('is not asked at all where that is long', async () => {
    expect(await asking(11_000)).toEqual([0])
  })
})
