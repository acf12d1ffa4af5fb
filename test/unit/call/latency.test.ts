import { describe, expect, test } from '@jest/globals'
import { Latency } from '../../../src/call/latency.ts'

/** A latency that knows these durations. */
function recorded(...durations: number[]): Latency {
  const latency = new Latency()
  for (const ms of durations) latency.record(ms)
  return latency
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('the 95th percentile', () => {
  test.each([
    ['of none', 0, undefined],
    ['of nineteen', 19, undefined],
    ['of 1 to 20', 20, 19],
    ['of 1 to 100', 100, 95],
    ['of 1 to 128', 128, 122],
    ['of 1 to 256, of which the last 128 are kept', 256, 250],
  ])('%s', (_, count, expected) => {
    expect(recorded(...upTo(count)).p95).toBe(expected)
  })

  test('does not depend on the order in which they came', () => {
    expect(recorded(...upTo(100).reverse()).p95).toBe(95)
  })

  test('is not moved by one in thirty that is slow', () => {
    expect(recorded(...upTo(120).map((nth) => (nth % 30 === 0 ? 5_000 : 20))).p95).toBe(20)
  })

  test('is found anew after sixteen more, and not before', () => {
    const latency = recorded(...upTo(20).map(() => 10))
    expect(latency.p95).toBe(10)
    for (let nth = 0; nth < 15; nth++) {
      latency.record(100)
      expect(latency.p95).toBe(10)
    }
    latency.record(100)
    expect(latency.p95).toBe(100)
  })

  test('forgets what was slow before the last 128', () => {
    expect(recorded(...upTo(128).map(() => 900), ...upTo(128).map(() => 30)).p95).toBe(30)
  })
})
