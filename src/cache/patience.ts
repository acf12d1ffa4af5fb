/**
 * How long one request waits for stores, in all: several levels may ask them one after the other, or at once, and it is the
 * request that must not be slowed down. Time in which several wait counts once.
 */
export class Patience {
  #left: number
  #waiting = 0
  #since = 0

  /** @param most milliseconds */
  constructor(most: number) {
    this.#left = most
  }

  /** Milliseconds. */
  get left(): number {
    return this.#waiting === 0 ? this.#left : this.#left - (performance.now() - this.#since)
  }

  begin(): void {
    if (this.#waiting++ === 0) this.#since = performance.now()
  }

  end(): void {
    if (--this.#waiting === 0) this.#left -= performance.now() - this.#since
  }
}
