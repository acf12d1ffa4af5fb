/** How many durations are kept. */
const KEPT = 128
/** Fewer say nothing of the slowest of twenty. */
const MINIMUM = 20
/** After how many new ones the percentile is found anew. */
const EVERY = 16
const PERCENTILE = 0.95

/**
 * How long answers take: the 95th percentile of the last 128 durations, by the nearest rank. It is found anew after every sixteen,
 * since sorting for each call would cost more than it tells.
 */
export class Latency {
  readonly #durations = new Float64Array(KEPT)
  #count = 0
  #stale = 0
  #p95: number | undefined

  /** @param ms what one answer took, in milliseconds */
  record(ms: number): void {
    this.#durations[this.#count++ % KEPT] = ms
    this.#stale++
  }

  /** Milliseconds; undefined before there are twenty. */
  get p95(): number | undefined {
    if (this.#count < MINIMUM) return undefined
    if (this.#p95 === undefined || this.#stale >= EVERY) {
      const sorted = this.#durations.slice(0, Math.min(this.#count, KEPT)).sort()
      this.#p95 = sorted[Math.ceil(PERCENTILE * sorted.length) - 1] as number
      this.#stale = 0
    }
    return this.#p95
  }
}
