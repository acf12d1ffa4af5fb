import { SlidingWindow } from './window.ts'

/** Seconds that the window has, a bucket each. */
const SECONDS = 10
/** Retries a request, at the most. */
const SHARE = 0.2
/** Retries a second that are always allowed: of a quiet backend a fifth is nothing. */
const FLOOR = 3

/** What is counted. */
const REQUESTS = 0
const RETRIES = 1

/**
 * How often one backend's calls may be asked again: over the last ten seconds a fifth as often as they were asked, or three times
 * a second where that is more. Each caller's own bound does not protect a backend that fails everything: with three retries each
 * it would have four times its load, just when it can bear the least.
 */
export class RetryBudget {
  readonly #window = new SlidingWindow(SECONDS * 1_000, SECONDS, 2)

  /** A request that is no retry. */
  count(): void {
    this.#window.add(REQUESTS)
  }

  /** Whether there may be one more retry, which is then counted. */
  take(): boolean {
    const now = performance.now()
    const allowed = Math.max(FLOOR * SECONDS, SHARE * this.#window.total(REQUESTS, now))
    if (this.#window.total(RETRIES, now) >= allowed) return false
    this.#window.add(RETRIES, now)
    return true
  }
}
