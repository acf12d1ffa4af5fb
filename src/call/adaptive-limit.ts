import type { Bound } from './limit.ts'

/** How a limit finds its place. */
export interface AdaptiveSettings {
  /** It never falls below this, so that a backend that recovers is noticed. */
  readonly min: number
  /** It never rises above this. */
  readonly max: number
  /** Where it begins. */
  readonly initial: number
  /** How much slower than at light load answers may be until there are too many calls: 1.5 is half as slow again. */
  readonly tolerance: number
  /** How far it goes with each window towards what that window shows, 0 to 1. */
  readonly smoothing: number
  /** How long calls are watched before it moves, in milliseconds. */
  readonly window: number
}

/** What holds where nobody says otherwise. */
export const ADAPTIVE_DEFAULTS: AdaptiveSettings = {
  min: 4,
  max: 256,
  initial: 20,
  tolerance: 1.5,
  smoothing: 0.2,
  window: 250,
}

/** A window with fewer calls goes on: the median of a few says little. */
const MINIMUM = 10
/** The median is that of the last so many of a window. */
const SAMPLES = 128
/** How much of the baseline is a window that was lightly loaded, or clearly faster than it; and a measurement. */
const LEARNT = 0.02
const MEASURED = 0.5
/** How long the limit may hold calls back until the baseline is measured. Milliseconds. */
const UNMEASURED = 30_000
/** How long one step of that takes at the most: in milliseconds, or in latencies where that is longer. */
const MEASURING = 1_000
const MEASURING_LATENCIES = 8
/** How many latencies it takes at the least: the answers that come first are the fast ones. */
const SETTLING_LATENCIES = 4
/** What differs by less is the same. */
const NOISE = 0.2
/** A measurement ends at once where it is as near as this to the baseline: were it more, latencies that halving lowers might pass. */
const CONFIRMED = 0.05
/** One window never shrinks the limit further, by what is slow or by what is dropped. */
const STEEPEST = 0.5

/**
 * A limit of calls in flight that follows what the backend can do: the gradient of its latency. Where the median of a window is longer
 * than the baseline, the long-term exponential average, allows, calls queue up in the backend and the limit shrinks in proportion;
 * else it grows by its square root, the queue allowed for. It is judged only by windows in which at least half of it was used, and
 * calls that the backend drops (timeouts, 429, 503) shrink it by their share.
 *
 * After Gradient2 of Netflix's concurrency-limits, whose average learns from every window and so takes a lasting overload for normal
 * in the end. Here it learns from windows under half of the limit only, and where there are none for 30 s it is measured: the limit is
 * halved for a moment, and again while that makes answers faster, much as Envoy's adaptive concurrency finds its minRTT. Calls that are
 * as slow with fewer at once are slow by nature.
 */
export class AdaptiveLimit implements Bound {
  readonly #settings: AdaptiveSettings
  readonly #samples = new Float64Array(SAMPLES)
  #limit: number
  /** Milliseconds; 0 while nothing is known. */
  #baseline = 0
  #begun = performance.now()
  #answered = 0
  #dropped = 0
  /** The most calls in flight when one of this window's began. */
  #peak = 0
  /** When the baseline was last learnt at light load. */
  #learnt = performance.now()
  /** What the limit is divided by so that the baseline can be measured, until a time; else 1. It begins with that, at the least. */
  #divisor = Number.POSITIVE_INFINITY
  #until = Number.POSITIVE_INFINITY
  /** The latency of the window before, in milliseconds; 0 where there is none. */
  #before = 0

  constructor(settings: Partial<AdaptiveSettings> = {}) {
    this.#settings = { ...ADAPTIVE_DEFAULTS, ...settings }
    this.#limit = this.#within(this.#settings.initial)
  }

  /** How many calls may be in flight, a whole number. */
  get limit(): number {
    return Math.floor(this.#within(this.#limit / this.#divisor))
  }

  /** What answers take at light load, in milliseconds; 0 while nothing is known. */
  get baseline(): number {
    return this.#baseline
  }

  sample(ms: number, inFlight: number, dropped: boolean, now = performance.now()): void {
    if (this.#divisor > 1) {
      if (now >= this.#until) this.#restart(now, 1)
      // What began before the limit was divided says what the latency is under full load.
      else if (inFlight > this.limit) return
    }
    if (inFlight > this.#peak) this.#peak = inFlight
    if (dropped) this.#dropped++
    else this.#samples[this.#answered++ % SAMPLES] = ms
    if (this.#answered + this.#dropped >= MINIMUM && now - this.#begun >= this.#settings.window) this.#settle(now)
  }

  /** The end of a window. */
  #settle(now: number): void {
    const latency = this.#median()
    const before = this.#before
    if (this.#divisor > 1) {
      if (now - this.#begun < SETTLING_LATENCIES * latency) return
      this.#before = latency
      const isConfirmed = Math.abs(latency - this.#baseline) <= CONFIRMED * this.#baseline
      const hasFallen = latency < before * (1 - NOISE)
      // As long as less load makes it faster, calls still queue up.
      if (hasFallen && !isConfirmed && this.limit > this.#settings.min) return this.#restart(now, this.#divisor * 2)
      this.#learn(latency, MEASURED)
      return this.#restart(now, 1)
    }
    this.#before = latency
    const isLight = this.#peak <= Math.max(this.#limit / 2, this.#settings.min)
    if (isLight) this.#learnt = now
    // What is clearly faster than at light load is a better baseline, however it was loaded; and any is better than none.
    const isBetter = this.#baseline === 0 || latency < this.#baseline * (1 - NOISE)
    if (isLight || isBetter) this.#learn(latency, LEARNT)
    this.#move(latency)
    const isDue = this.#peak >= this.limit && now - this.#learnt >= UNMEASURED
    this.#restart(now, isDue ? 2 : 1)
  }

  #learn(latency: number, weight: number): void {
    if (this.#baseline === 0) this.#baseline = latency
    else if (latency > 0) this.#baseline += weight * (latency - this.#baseline)
  }

  #move(latency: number): void {
    const { tolerance, smoothing } = this.#settings
    const limit = this.#limit
    let next = limit
    if (latency > 0 && this.#peak >= limit / 2) {
      const gradient = Math.max(STEEPEST, Math.min(1, (tolerance * this.#baseline) / latency))
      next += smoothing * (limit * gradient + Math.sqrt(limit) - limit)
    }
    // By their share, so that a call in a thousand that times out is outweighed by the growth.
    const dropped = this.#dropped / (this.#answered + this.#dropped)
    this.#limit = this.#within(next * Math.max(STEEPEST, 1 - dropped))
  }

  #restart(now: number, divisor: number): void {
    if (this.#divisor > 1) this.#learnt = now
    this.#divisor = divisor
    this.#until = now + Math.max(MEASURING, MEASURING_LATENCIES * this.#before)
    this.#begun = now
    this.#answered = 0
    this.#dropped = 0
    this.#peak = 0
  }

  /** 0 where every call was dropped. */
  #median(): number {
    const count = Math.min(this.#answered, SAMPLES)
    return count === 0 ? 0 : (this.#samples.slice(0, count).sort()[count >> 1] as number)
  }

  #within(limit: number): number {
    return Math.max(this.#settings.min, Math.min(this.#settings.max, limit))
  }
}
