import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Instance } from '../../../../src/call/balance/instance.ts'
import { OUTLIERS } from '../../../../src/call/balance/outliers.ts'
import { codeOf } from '../../../../src/errors.ts'
import { counted, testSet, urls } from '../../support/instances.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const failing = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return codeOf(error)
  }
  return undefined
}

describe('choosing', () => {
  test('a retry goes to who was not tried', () => {
    const { set } = testSet(urls(3))
    for (let request = 0; request < 10; request++) {
      const tried = new Set<Instance>()
      for (let attempt = 0; attempt < 3; attempt++) tried.add(set.choose(tried))
      expect(tried.size).toBe(3)
    }
  })

  test('and to who was tried where there is no other', () => {
    const { set } = testSet(urls(2))
    expect(set.all).toContain(set.choose(new Set(set.all)))
  })

  test('who is tried but works goes before who is not tried but ejected', () => {
    const { set, attempt, nth } = testSet(urls(2), { outliers: OUTLIERS })
    attempt(0, 'failure', 5)
    expect(set.choose(new Set([nth(1)]))).toBe(nth(1))
  })

  test('where nobody is available everybody is asked whose breaker lets it through', () => {
    const { set, nth } = testSet(urls(3), {
      health: {
        options: { path: '/', interval: 1_000, timeout: 100, healthy: 1, unhealthy: 1 },
        probe: async () => false,
      },
    })
    return jest.advanceTimersByTimeAsync(2_000).then(() => {
      expect(set.all.map(({ healthy }) => healthy)).toEqual([false, false, false])
      nth(2).breaker = { available: false }
      expect(counted(set.all, 10, () => set.choose())).toEqual([5, 5, 0])
      set.close()
    })
  })

  test('who is ejected is asked where the breakers of the others are open', () => {
    const { set, attempt, nth } = testSet(urls(2), { outliers: OUTLIERS })
    attempt(0, 'failure', 5)
    nth(1).breaker = { available: false }
    expect(set.choose()).toBe(nth(0))
  })

  test.each([1, 2])('where all breakers of %d are open nobody is', (count) => {
    const { set } = testSet(urls(count))
    for (const instance of set.all) instance.breaker = { available: false }
    expect(failing(() => set.choose())).toBe('backend-open')
    for (const instance of set.all) instance.breaker = { available: true }
    expect(failing(() => set.choose())).toBeUndefined()
  })

  test('where no address is known the backend cannot be reached', () => {
    expect(failing(() => testSet([]).set.choose())).toBe('backend-unreachable')
    expect(() => testSet([]).set.choose()).toThrow(expect.objectContaining({ isUnsent: true }))
  })

  test('the only one is chosen whatever is said of it', () => {
    const { set, nth } = testSet(urls(1), { outliers: OUTLIERS })
    nth(0).healthy = false
    expect(set.choose(new Set(set.all), 'key')).toBe(nth(0))
  })

  test('by key: the same for the same, another one while that is out, and then the first again', () => {
    const { set, attempt } = testSet(urls(4), { strategy: 'hash', outliers: OUTLIERS })
    const first = set.choose(undefined, 'customer-7')
    expect(counted(set.all, 20, () => set.choose(undefined, 'customer-7'))).toContain(20)
    const second = set.choose(new Set([first]), 'customer-7')
    attempt(set.all.indexOf(first), 'failure', 5)
    expect(set.choose(undefined, 'customer-7')).toBe(second)
    jest.advanceTimersByTime(10_000)
    expect(set.choose(undefined, 'customer-7')).toBe(first)
  })
})

test('attempts under way are counted', () => {
  const { set, nth } = testSet(urls(2), { strategy: 'least-in-flight' })
  set.started(nth(0))
  set.started(nth(0))
  set.started(nth(1))
  expect(set.choose()).toBe(nth(1))
  set.ended(nth(0), 'success')
  set.ended(nth(0), 'ignored')
  expect(set.all.map(({ inFlight }) => inFlight)).toEqual([0, 1])
  expect(set.choose()).toBe(nth(0))
})

describe('a new list', () => {
  const at = (...addresses: string[]) => addresses.map((address) => ({ url: 'http://crm.test', address }))

  test('keeps who stays, adds who is new and hands on who is gone', () => {
    const { set, told, removed, nth } = testSet(at('10.0.0.1:80', '10.0.0.2:80'), { slowStart: 10_000 })
    const [first, second] = [nth(0), nth(1)]
    set.started(first)
    set.set(at('10.0.0.2:80', '10.0.0.3:80'))
    expect(nth(0)).toBe(second)
    expect(nth(1)).toMatchObject({ address: '10.0.0.3:80', available: true })
    expect(told).toEqual(['added http://crm.test', 'removed http://crm.test'])
    expect(removed).toEqual([first])
    expect([nth(0).ramp(performance.now()), nth(1).ramp(performance.now())]).toEqual([1, 0.1])
    // What is under way there may end in peace.
    expect(first.inFlight).toBe(1)
    set.ended(first, 'success')
    expect(first.inFlight).toBe(0)
  })

  test('takes weights over, and each address once', () => {
    const { set, told } = testSet(at('10.0.0.1:80', '10.0.0.2:80'), { strategy: 'weighted' })
    set.set([
      { url: 'http://crm.test', address: '10.0.0.1:80', weight: 3 },
      { url: 'http://crm.test', address: '10.0.0.2:80' },
      { url: 'http://crm.test', address: '10.0.0.2:80' },
    ])
    expect(told).toEqual([])
    expect(counted(set.all, 40, () => set.choose())).toEqual([30, 10])
  })

  test('says nothing of those whose ejection goes on', () => {
    const { set, attempt, nth } = testSet(at('10.0.0.1:80', '10.0.0.2:80'), { outliers: OUTLIERS })
    attempt(0, 'failure', 5)
    set.set(at('10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'))
    expect(counted(set.all, 10, () => set.choose())).toEqual([0, 5, 5])
    jest.advanceTimersByTime(10_000)
    expect(nth(0).available).toBe(true)
  })

  test('that is the first one starts at once, also where it came late', () => {
    const { set } = testSet([], { slowStart: 10_000 })
    set.set(at('10.0.0.1:80', '10.0.0.2:80'))
    expect(set.all.map((instance) => instance.ramp(performance.now()))).toEqual([1, 1])
  })
})
