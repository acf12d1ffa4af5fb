/** Seconds that the window has, a bucket each. */
const WINDOW = 10
/** Retries a request, at the most. */
const SHARE = 0.2
/** Retries a second that are always allowed: of a quiet backend a fifth is nothing. */
const FLOOR = 3

/**
 * How often one backend's calls may be asked again: over the last ten seconds a fifth as often as they were asked, or three times
 * a second where that is more. Each caller's own bound does not protect a backend that fails everything: with three retries each
 * it would have four times its load, just when it can bear the least.
 */
export class RetryBudget {
  readonly #requests = new Float64Array(WINDOW)
  readonly #retries = new Float64Array(WINDOW)
  /** The second that the last bucket is of. */
  #second = 0

  /** A request that is no retry. */
  count(): void {
    const bucket = this.#bucket()
    this.#requests[bucket] = (this.#requests[bucket] as number) + 1
  }

  /** Whether there may be one more retry, which is then counted. */
  take(): boolean {
    const bucket = this.#bucket()
    const allowed = Math.max(FLOOR * WINDOW, SHARE * sum(this.#requests))
    if (sum(this.#retries) >= allowed) return false
    this.#retries[bucket] = (this.#retries[bucket] as number) + 1
    return true
  }

  /** The bucket of this second; those that have gone by in the meantime are empty. */
  #bucket(): number {
    const second = Math.floor(performance.now() / 1000)
    const first = Math.max(this.#second + 1, second - WINDOW + 1)
    for (let past = first; past <= second; past++) {
      this.#requests[past % WINDOW] = 0
      this.#retries[past % WINDOW] = 0
    }
    this.#second = Math.max(this.#second, second)
    return second % WINDOW
  }
}

function sum(counts: Float64Array): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
