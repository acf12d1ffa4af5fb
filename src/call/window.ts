/**
 * Counts of several kinds of event over a sliding window of time: a ring of buckets, each a share of the window, and the totals over
 * all of them. A bucket is emptied when its time comes round again, so nothing runs in between, and adding and asking take the
 * same time whatever has been counted. The window is exact to one bucket: of what is about to leave it up to one bucket goes early.
 */
export class SlidingWindow {
  readonly #kinds: number
  readonly #buckets: number
  readonly #width: number
  /** The kinds of a bucket stand together. */
  readonly #counts: Float64Array
  readonly #totals: Float64Array
  /** The bucket that was counted in last, numbered from the clock's zero. */
  #newest = 0

  /**
   * @param ms how long the window is, in milliseconds
   * @param buckets how many parts it has
   * @param kinds how many kinds of event are counted; they go by their numbers, from 0
   */
  constructor(ms: number, buckets: number, kinds: number) {
    this.#kinds = kinds
    this.#buckets = buckets
    this.#width = ms / buckets
    this.#counts = new Float64Array(buckets * kinds)
    this.#totals = new Float64Array(kinds)
  }

  /** Counts one event. @param now as `performance.now()` counts */
  add(kind: number, now = performance.now()): void {
    this.#roll(now)
    const at = (this.#newest % this.#buckets) * this.#kinds + kind
    this.#counts[at] = (this.#counts[at] as number) + 1
    this.#totals[kind] = (this.#totals[kind] as number) + 1
  }

  /** How many events of a kind there have been within the window. @param now as `performance.now()` counts */
  total(kind: number, now = performance.now()): number {
    this.#roll(now)
    return this.#totals[kind] as number
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.fill(0)
    this.#totals.fill(0)
  }

  /** Empties the buckets that have gone by. */
  #roll(now: number): void {
    const bucket = Math.floor(now / this.#width)
    if (bucket <= this.#newest) return
    const first = Math.max(this.#newest + 1, bucket - this.#buckets + 1)
    for (let past = first; past <= bucket; past++) {
      const start = (past % this.#buckets) * this.#kinds
      for (let kind = 0; kind < this.#kinds; kind++) {
        this.#totals[kind] = (this.#totals[kind] as number) - (this.#counts[start + kind] as number)
        this.#counts[start + kind] = 0
      }
    }
    this.#newest = bucket
  }
}
