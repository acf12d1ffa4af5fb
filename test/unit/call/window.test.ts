import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { SlidingWindow } from '../../../src/call/window.ts'

beforeEach(() => void jest.useFakeTimers({ now: 0 }))
afterEach(() => void jest.useRealTimers())

const times = (count: number, act: () => void) => Array.from({ length: count }, act)

describe('a window of 10 s in ten buckets', () => {
  test('counts each kind for itself, and forgets by the bucket', () => {
    const window = new SlidingWindow(10_000, 10, 2)
    const totals = () => [window.total(0), window.total(1)]
    const elapse = (ms: number) => void jest.advanceTimersByTime(ms)
    // To the beginning of a bucket.
    elapse(1_000 - (performance.now() % 1_000))
    // At 0 s.
    times(3, () => window.add(0))
    window.add(1)
    expect(totals()).toEqual([3, 1])
    // At 4.5 s.
    elapse(4_500)
    times(2, () => window.add(0))
    expect(totals()).toEqual([5, 1])
    // At 9.999 s all of it is there.
    elapse(5_499)
    expect(totals()).toEqual([5, 1])
    // At 10 s what came in the first second has left.
    elapse(1)
    expect(totals()).toEqual([2, 0])
    // At 14 s the rest has, half a second early: the bucket goes as a whole.
    elapse(4_000)
    expect(totals()).toEqual([0, 0])
    // An hour later it counts as at first.
    elapse(3_600_000)
    window.add(1)
    expect(totals()).toEqual([0, 1])
    window.clear()
    expect(totals()).toEqual([0, 0])
  })
})

test('the totals are those of the events in the last buckets, whatever comes when', () => {
  const [ms, buckets] = [1_000, 4]
  const width = ms / buckets
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom(0, 1, 2)), { maxLength: 60 }),
      (events) => {
        const window = new SlidingWindow(ms, buckets, 3)
        const seen: { at: number; kind: number }[] = []
        let now = 12_345
        for (const [pause, kind] of events) {
          now += pause
          window.add(kind, now)
          seen.push({ at: now, kind })
          for (const asked of [0, 1, 2]) {
            const first = Math.floor(now / width) - buckets + 1
            const expected = seen.filter(({ at, kind }) => kind === asked && Math.floor(at / width) >= first)
            expect(window.total(asked, now)).toBe(expected.length)
          }
        }
      },
    ),
  )
})
