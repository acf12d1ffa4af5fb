import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { AdaptiveLimit, type AdaptiveSettings } from '../../../src/call/adaptive-limit.ts'
import { Limit, limit } from '../../../src/call/limit.ts'
import { FacetError } from '../../../src/errors.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { testContext } from '../support/calls.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** How long a step of the simulation is, in milliseconds. */
const STEP = 5

/** A backend that serves `capacity` calls at once, in `latency` milliseconds each; the others wait within it. */
interface Simulated {
  capacity: number
  latency: number
  /** How many callers there are, each of which asks again as soon as it is answered. */
  callers: number
  /** Which of its calls fail since there is too much to do: every so manieth. */
  dropsEvery: number
  /** Every so manieth call takes ten times as long. */
  lagsEvery: number
  /** By which part of `latency` calls differ to either side, 0 to 1. */
  spread: number
}

/** Numbers between 0 and 1 that look random and are the same each time: Lehmer's generator with Park and Miller's figures. */
function* numbers(): Generator<number, never> {
  for (let state = 42; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647
}

/** Lets callers ask a simulated backend through an adaptive limit. `run` gives the limits that there were, one a step. */
function simulation(settings: Partial<AdaptiveSettings> = {}, initial: Partial<Simulated> = {}) {
  const adaptive = new AdaptiveLimit(settings)
  const backend: Simulated = {
    capacity: 20,
    latency: 50,
    callers: 200,
    dropsEvery: Number.POSITIVE_INFINITY,
    lagsEvery: Number.POSITIVE_INFINITY,
    spread: 0,
    ...initial,
  }
  let inside: { readonly began: number; readonly inFlight: number; left: number }[] = []
  let calls = 0
  const random = numbers()
  const step = () => {
    jest.advanceTimersByTime(STEP)
    const now = performance.now()
    for (const call of inside.slice(0, backend.capacity)) call.left -= STEP
    const done = inside.filter(({ left }) => left <= 0)
    inside = inside.filter(({ left }) => left > 0)
    for (const { began, inFlight } of done) adaptive.sample(now - began, inFlight, ++calls % backend.dropsEvery === 0)
    while (inside.length < Math.min(backend.callers, adaptive.limit)) {
      const lags = (calls + inside.length) % backend.lagsEvery === backend.lagsEvery - 1
      const factor = (lags ? 10 : 1) * (1 + backend.spread * (2 * random.next().value - 1))
      inside.push({ began: now, inFlight: inside.length + 1, left: backend.latency * factor })
    }
  }
  const run = (seconds: number) =>
    Array.from({ length: (seconds * 1_000) / STEP }, () => {
      step()
      return adaptive.limit
    })
  return { adaptive, backend, run }
}

/** The median of the limits there were in the last thirty seconds: a measurement in between does not count. */
const usual = (limits: readonly number[]) =>
  limits
    .slice(-30_000 / STEP)
    .toSorted((a, b) => a - b)
    .at(15_000 / STEP) as number

describe('a backend that serves 20 calls at once and is asked for more', () => {
  // Where latency grows with each call beyond the capacity, the limit rests where it is as much longer as is tolerated, and its
  // square root beyond: at 36 for 1.5, or a little lower, since latencies come in steps.
  test.each<[string, Partial<AdaptiveSettings>, number, number, Partial<Simulated>?]>([
    ['as by default', {}, 25, 40],
    ['with calls of 10 to 90 ms', {}, 25, 40, { spread: 0.8 }],
    ['with little tolerance', { tolerance: 1.1 }, 22, 30],
    ['from the top', { initial: 256 }, 25, 40],
    ['from the bottom', { initial: 4 }, 25, 40],
  ])('%s: within a minute the limit is near its capacity', (_, settings, least, most, backend = {}) => {
    const found = usual(simulation(settings, backend).run(60))
    expect(found).toBeGreaterThanOrEqual(least)
    expect(found).toBeLessThanOrEqual(most)
  })

  test('has the same limit after a quarter of an hour: overload does not become normal', () => {
    const { run } = simulation()
    let limits: number[] = []
    for (let minute = 0; minute < 15; minute += 5) limits = run(300)
    expect(usual(limits)).toBeLessThanOrEqual(40)
    expect(usual(limits)).toBeGreaterThanOrEqual(25)
  })

  test('is followed: at 60 s its capacity halves, at 120 s it comes back', () => {
    const { backend, run } = simulation()
    const before = usual(run(60))
    backend.capacity = 10
    const halved = usual(run(60))
    backend.capacity = 20
    const after = usual(run(60))
    expect(before).toBeGreaterThanOrEqual(25)
    expect(halved).toBeLessThanOrEqual(22)
    expect(halved).toBeGreaterThanOrEqual(10)
    expect(after).toBeGreaterThanOrEqual(25)
    expect(after).toBeLessThanOrEqual(40)
  })

  test('is held to the least and the most that is said', () => {
    expect(usual(simulation({ max: 15 }).run(60))).toBe(15)
    expect(Math.min(...simulation({ min: 50, initial: 60 }, { dropsEvery: 2 }).run(60))).toBe(50)
  })
})

describe('at light load', () => {
  test('the limit stays where it is, for ten minutes', () => {
    const { run } = simulation({}, { callers: 3 })
    run(1)
    expect(new Set(run(600))).toEqual(new Set([20]))
  })

  test('a new latency is learnt without a word', () => {
    const { adaptive, backend, run } = simulation({}, { callers: 3 })
    run(10)
    expect(adaptive.baseline).toBe(50)
    backend.latency = 150
    expect(new Set(run(120))).toEqual(new Set([20]))
    expect(adaptive.baseline).toBeGreaterThan(140)
  })

  test('it does not grow either, since nothing is known of more', () => {
    const { run } = simulation({}, { callers: 9 })
    run(1)
    expect(new Set(run(300))).toEqual(new Set([20]))
  })

  test('it grows as soon as half of it is used', () => {
    expect(usual(simulation({}, { callers: 14 }).run(60))).toBeGreaterThan(24)
  })
})

describe('a backend that is asked for as much as it serves', () => {
  test('at 60 s takes twice as long for good: the limit falls, and has come back two minutes later', () => {
    const { adaptive, backend, run } = simulation({}, { capacity: 1_000 })
    const before = usual(run(60))
    backend.latency = 100
    const limits = run(120)
    expect(before).toBe(256)
    expect(Math.min(...limits)).toBeLessThan(200)
    expect(usual(limits)).toBe(256)
    expect(adaptive.baseline).toBeGreaterThan(60)
  })

  test('and becomes faster is known to be so', () => {
    const { adaptive, backend, run } = simulation({}, { capacity: 1_000, latency: 100 })
    run(30)
    expect(adaptive.baseline).toBe(100)
    backend.latency = 20
    run(120)
    expect(adaptive.baseline).toBeLessThan(30)
  })

  test('keeps its limit where one call in ten takes ten times as long', () => {
    const { run } = simulation({ max: 50, initial: 50 }, { capacity: 1_000, lagsEvery: 10 })
    run(1)
    expect(Math.min(...run(25))).toBe(50)
  })
})

describe('the measurement of the baseline', () => {
  test('goes on while less load makes it faster: a backend that has become faster, and serves less, is followed within three minutes', () => {
    const { adaptive, backend, run } = simulation({}, { capacity: 1_000, latency: 200 })
    expect(usual(run(60))).toBeGreaterThan(200)
    backend.latency = 50
    backend.capacity = 20
    expect(usual(run(180))).toBeLessThanOrEqual(45)
    expect(adaptive.baseline).toBeLessThan(65)
  })

  test('waits for the slow answers too: calls of 0.2 to 1.8 s are no reason to shrink', () => {
    const { adaptive, run } = simulation({ initial: 100, max: 100 }, { capacity: 1_000, latency: 1_000, spread: 0.8 })
    run(60)
    const limits = run(120)
    expect(usual(limits)).toBe(100)
    expect(adaptive.baseline).toBeGreaterThan(600)
    expect(adaptive.baseline).toBeLessThan(1_300)
  })

  test('hears only what began under half of the limit, and is given up where nothing does', () => {
    const bound = new AdaptiveLimit({ max: 40, initial: 40 })
    /** A quarter of a second with ten calls. */
    const window = (ms: number, inFlight: number) => {
      jest.advanceTimersByTime(250)
      for (let call = 0; call < 10; call++) bound.sample(ms, inFlight, false)
    }
    // At 0.25 s the first measurement is over. For 30 s the limit is used up, at a latency that is tolerated.
    window(50, 4)
    for (let nth = 0; nth < 120; nth++) window(60, 40)
    expect([bound.limit, bound.baseline]).toEqual([20, 50])
    // What comes for nearly a second are calls that began before.
    for (let nth = 0; nth < 3; nth++) window(30, 40)
    expect([bound.limit, bound.baseline]).toEqual([20, 50])
    // At one second it is given up; what comes is an ordinary window again.
    window(60, 40)
    expect([bound.limit, bound.baseline]).toEqual([40, 50])
    // 30 s later it is measured again: under half of the limit answers are faster, so the half of that is tried; there they are not.
    while (bound.limit === 40) window(60, 40)
    window(30, 20)
    expect(bound.limit).toBe(10)
    window(30, 10)
    expect(bound.limit).toBe(40)
    expect(bound.baseline).toBeCloseTo(40, 0)
  })
})

describe('calls that the backend drops', () => {
  test.each([
    ['all', 1, 4, 4],
    ['one in five', 5, 4, 6],
    ['one in twenty', 20, 10, 25],
    ['one in a thousand', 1_000, 90, 100],
  ])('%s: the limit rests where the growth outweighs them', (_, dropsEvery, least, most) => {
    const found = usual(simulation({ max: 100, initial: 100 }, { capacity: 1_000, dropsEvery }).run(120))
    expect(found).toBeGreaterThanOrEqual(least)
    expect(found).toBeLessThanOrEqual(most)
  })

  test('that are all dropped shrink the limit to the least within two seconds; it comes back within thirty', () => {
    const { backend, run } = simulation({ max: 100, initial: 100 }, { capacity: 1_000 })
    run(5)
    backend.dropsEvery = 1
    expect(run(2).at(-1)).toBe(4)
    backend.dropsEvery = Number.POSITIVE_INFINITY
    expect(run(30).at(-1)).toBeGreaterThanOrEqual(99)
  })
})

describe('an app that starts while its backend drops everything', () => {
  test('for ten seconds: has the least limit, and half a minute later the usual one', () => {
    const { backend, run } = simulation({}, { dropsEvery: 1 })
    expect(run(10).at(-1)).toBe(4)
    backend.dropsEvery = Number.POSITIVE_INFINITY
    run(30)
    expect(usual(run(30))).toBeGreaterThanOrEqual(25)
  })

  test('for its first calls alone: learns the latency from the next ones, and hardly shrinks', () => {
    const { backend, run } = simulation({ initial: 100, max: 100 }, { capacity: 1_000, dropsEvery: 1 })
    run(0.3)
    backend.dropsEvery = Number.POSITIVE_INFINITY
    expect(Math.min(...run(20))).toBeGreaterThan(60)
  })
})

describe('as the bound of a limit', () => {
  test('it says how many calls may be in flight, never more than `concurrency`: at 0 ms the least, at 250 ms what it begins with', () => {
    const bound = new AdaptiveLimit({ initial: 30 })
    const limits = [7, 100].map((concurrency) => new Limit({ concurrency }, new TimerWheel(1), bound))
    expect(limits.map(({ limit }) => limit)).toEqual([4, 4])
    jest.advanceTimersByTime(250)
    for (let call = 0; call < 10; call++) bound.sample(20, 1, false)
    expect(limits.map(({ limit }) => limit)).toEqual([7, 30])
  })

  test('it is told how each call went, and nothing of those that say nothing', async () => {
    const samples: unknown[] = []
    const bound = { limit: 10, sample: (...sample: unknown[]) => void samples.push(sample.slice(0, 3)) }
    const ends: readonly [ms: number, error: unknown][] = [
      [30, undefined],
      [20, new FacetError('resource-unknown', { upstream: 404 })],
      [5_000, new FacetError('backend-timeout')],
      [3, new FacetError('backend-status', { upstream: 429 })],
      [3, new FacetError('backend-status', { upstream: 503 })],
      [900, new FacetError('deadline')],
      [1_000, new FacetError('deadline')],
      [1, new FacetError('backend-unreachable')],
      [7, new FacetError('backend-status', { upstream: 500 })],
      [8, new TypeError('x is not a function')],
    ]
    const run = limit(new Limit({}, new TimerWheel(1), bound))(async ([ms, error]: (typeof ends)[number]) => {
      jest.advanceTimersByTime(ms)
      if (error) throw error
    })
    for (const end of ends) await run(end, testContext()).catch(() => {})
    const given = testContext()
    await limit(new Limit({}, new TimerWheel(1), bound))(async () => {
      given.token.cancel('client left')
      throw new FacetError('backend-timeout')
    })('x', given).catch(() => {})
    expect(samples).toEqual([
      [30, 1, false],
      [20, 1, false],
      [5_000, 1, true],
      [3, 1, true],
      [3, 1, true],
      [1_000, 1, true],
    ])
  })
})
