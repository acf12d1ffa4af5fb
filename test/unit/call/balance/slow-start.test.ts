import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Instance } from '../../../../src/call/balance/instance.ts'
import type { StrategyName } from '../../../../src/call/balance/strategies.ts'
import { counted, seeded, testSet, urls } from '../../support/instances.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const SLOW: StrategyName[] = ['round-robin', 'weighted', 'least-in-flight', 'random-of-two']

/** Four instances, of which the last has just come. */
const withNew = (strategy: StrategyName) => {
  const { set } = testSet(urls(3), { strategy, slowStart: 10_000, random: seeded(3) })
  set.set(urls(4))
  return set
}

/** The new one's part of requests that take no time, compared to what it has when it is no longer new. */
const shareNow = (strategy: StrategyName, at: number, key?: (nth: number) => string) => {
  const set = withNew(strategy)
  jest.advanceTimersByTime(at)
  const counts = counted(set.all, 8_000, (nth) => set.choose(undefined, key?.(nth)))
  return (counts[3] as number) / 2_000
}

describe.each(SLOW)('with %s', (strategy) => {
  test.each([
    [0, 0.1],
    [5_000, 0.55],
    [9_000, 0.91],
    [10_000, 1],
  ])('after %d ms of 10 s an instance has %d of its share', (at, share) => {
    expect(Math.abs(shareNow(strategy, at) - share)).toBeLessThan(0.1)
  })

  test('where requests take time it has no more than its ramp either, although it has least to do', () => {
    const set = withNew(strategy)
    const running: Instance[] = []
    const random = seeded(4)
    const counts = counted(set.all, 4_000, () => {
      if (running.length === 40) {
        const [ended] = running.splice(Math.floor(random() * 40), 1) as [Instance]
        set.ended(ended, 'success')
      }
      const chosen = set.choose()
      set.started(chosen)
      running.push(chosen)
      return chosen
    })
    expect(counts[3]).toBeGreaterThanOrEqual(80)
    expect(counts[3]).toBeLessThanOrEqual(100)
  })

  test('where all are new, all have the same', () => {
    const { set } = testSet(urls(2), { strategy, slowStart: 10_000, random: seeded(5) })
    set.set([{ url: 'http://x' }, { url: 'http://y' }])
    const counts = counted(set.all, 2_000, () => set.choose())
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120)
  })

  test('a retry goes to a new instance where there is no other', () => {
    const { set } = testSet(urls(1), { strategy, slowStart: 10_000 })
    set.set(urls(2))
    const [old, young] = set.all as [Instance, Instance]
    for (let retry = 0; retry < 20; retry++) expect(set.choose(new Set([old]))).toBe(young)
  })
})

test('the share grows linearly over the whole time', () => {
  const set = withNew('round-robin')
  const shares: number[] = []
  for (let second = 0; second < 12; second++) {
    const counts = counted(set.all, 4_000, () => {
      jest.advanceTimersByTime(0.25)
      return set.choose()
    })
    // Of all; a quarter of what the four of them get in turn.
    const [first = 0, , , last = 0] = counts
    shares.push(last / first)
  }
  const expected = shares.map((_, second) => Math.min(1, 0.1 + 0.9 * ((second + 0.5) / 10)))
  for (const [second, share] of shares.entries())
    expect(Math.abs(share - (expected[second] as number))).toBeLessThan(0.2)
})

test('with a hash there is none: half of a key’s requests elsewhere would warm nothing', () => {
  expect(Math.abs(shareNow('hash', 0, String) - 1)).toBeLessThan(0.1)
})

test('at the start nobody is new', () => {
  const { set } = testSet(urls(2), { slowStart: 10_000 })
  expect(set.all.map((instance) => instance.ramp(performance.now()))).toEqual([1, 1])
})

test('without a slow start a new instance has its share at once', () => {
  const { set } = testSet(urls(1), { slowStart: 0 })
  set.set(urls(2))
  expect(counted(set.all, 100, () => set.choose())).toEqual([50, 50])
})
