import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** When timers of these lengths fire, counted from now, in the order in which they do. */
function fired(wheel: TimerWheel, lengths: readonly number[]): [ms: number, at: number][] {
  const start = performance.now()
  const list: [number, number][] = []
  for (const ms of lengths) wheel.set(ms, () => list.push([ms, performance.now() - start]))
  return list
}

describe('when a timer fires', () => {
  test.each([0, 1, 9, 10, 11, 25, 99.5, 100, 2_549, 2_550, 2_560, 2_561, 2_570, 5_120, 12_345, 60_000])(
    'after %d ms, never before its time and at most a tick later',
    (ms) => {
      const wheel = new TimerWheel(10)
      const list = fired(wheel, [ms])
      jest.advanceTimersByTime(ms + 20)
      expect(list).toHaveLength(1)
      const [[, at]] = list as [[number, number]]
      expect(at).toBeGreaterThanOrEqual(ms)
      expect(at).toBeLessThanOrEqual(Math.max(ms, 1) + 10)
    },
  )

  test('also where it is set while the wheel stands between two ticks', () => {
    const wheel = new TimerWheel(10)
    wheel.set(1_000, () => {})
    for (const pause of [3, 9, 1, 7, 5]) {
      jest.advanceTimersByTime(pause)
      const list = fired(wheel, [10, 33])
      jest.advanceTimersByTime(50)
      expect(list.map(([ms]) => ms)).toEqual([10, 33])
      for (const [ms, at] of list) expect(at - ms).toBeGreaterThanOrEqual(0)
      for (const [ms, at] of list) expect(at - ms).toBeLessThanOrEqual(10)
    }
  })

  test('in the order of their times, whatever the order in which they were set', () => {
    const wheel = new TimerWheel(10)
    const list = fired(wheel, [5_000, 30, 2_600, 10, 40, 2_560, 100])
    jest.advanceTimersByTime(6_000)
    expect(list.map(([ms]) => ms)).toEqual([10, 30, 40, 100, 2_560, 2_600, 5_000])
  })

  test('once', () => {
    const wheel = new TimerWheel(10)
    const fire = jest.fn()
    wheel.set(20, fire)
    jest.advanceTimersByTime(60_000)
    expect(fire).toHaveBeenCalledTimes(1)
  })

  test('beyond the size of the wheel not a round too early, with other timers in the same slot', () => {
    const wheel = new TimerWheel(10)
    const round = 256 * 10
    const list = fired(wheel, [50, 50 + round, 50 + 2 * round, 50 + 7 * round])
    jest.advanceTimersByTime(60_000)
    expect(list.map(([ms]) => ms)).toEqual([50, 50 + round, 50 + 2 * round, 50 + 7 * round])
    for (const [ms, at] of list) expect(at - ms).toBeLessThanOrEqual(10)
  })
})

test('an object that waits itself is told as a function is', () => {
  const wheel = new TimerWheel(10)
  const waiting = {
    times: 0,
    expired() {
      this.times++
    },
  }
  wheel.set(10, waiting)
  wheel.set(10, waiting).clear()
  jest.advanceTimersByTime(100)
  expect([waiting.times, wheel.size]).toEqual([1, 0])
})

describe('a busy loop', () => {
  test('late turns are caught up with: every timer that is due fires, in order, and no other', () => {
    const wheel = new TimerWheel(10)
    const list = fired(wheel, [20, 40, 3_000, 4_000])
    // The loop is blocked for three seconds: time passes, and no callback runs.
    const real = performance.now()
    const now = jest.spyOn(performance, 'now').mockImplementation(() => real + 3_010)
    jest.advanceTimersToNextTimer()
    now.mockRestore()
    expect(list.map(([ms]) => ms)).toEqual([20, 40, 3_000])
    expect(wheel.size).toBe(1)
  })

  test('a timer that is set in a late turn still has its whole time', () => {
    const wheel = new TimerWheel(10)
    const start = performance.now()
    let late: number | undefined
    wheel.set(10, () => void wheel.set(100, () => (late = performance.now() - start)))
    const now = jest.spyOn(performance, 'now').mockImplementation(() => start + 505)
    jest.advanceTimersToNextTimer()
    now.mockRestore()
    // In the spied time it was 505 when the second was set, so nothing may fire before 605.
    jest.advanceTimersByTime(595 - (performance.now() - start))
    expect(late).toBeUndefined()
    jest.advanceTimersByTime(30)
    expect(late).toBeGreaterThanOrEqual(605)
  })
})

describe('clearing', () => {
  test('a timer that is cleared does not fire, and clearing it again does nothing', () => {
    const wheel = new TimerWheel(10)
    const fire = jest.fn()
    const timer = wheel.set(20, fire)
    wheel.set(20, () => {})
    timer.clear()
    timer.clear()
    expect(wheel.size).toBe(1)
    jest.advanceTimersByTime(100)
    expect(fire).not.toHaveBeenCalled()
    expect(wheel.size).toBe(0)
  })

  test('after it has fired does nothing to the timers that are set since', () => {
    const wheel = new TimerWheel(10)
    const timer = wheel.set(10, () => {})
    jest.advanceTimersByTime(20)
    wheel.set(10, () => {})
    timer.clear()
    expect(wheel.size).toBe(1)
  })

  test('inside a callback takes back timers of the same tick, wherever they stand in it', () => {
    const wheel = new TimerWheel(10)
    const told: string[] = []
    const timers = new Map(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [
        name,
        wheel.set(10, () => {
          told.push(name)
          for (const [other, timer] of timers) if (other !== name) timer.clear()
        }),
      ]),
    )
    jest.advanceTimersByTime(5_000)
    expect(told).toHaveLength(1)
    expect(wheel.size).toBe(0)
  })

  test('of some neighbours inside a callback leaves the others alone', () => {
    const wheel = new TimerWheel(10)
    const told = new Set<number>()
    const timers = Array.from({ length: 9 }, (_, index) =>
      wheel.set(10, () => {
        told.add(index)
        if (index === 4) for (const neighbour of [3, 5]) timers[neighbour]?.clear()
      }),
    )
    jest.advanceTimersByTime(5_000)
    // One neighbour had fired already, the other one is taken back; the rest fires.
    expect([...told].filter((index) => index !== 3 && index !== 5)).toHaveLength(7)
    expect(told.size).toBe(8)
    expect(wheel.size).toBe(0)
  })
})
