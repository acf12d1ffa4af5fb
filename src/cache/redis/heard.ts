/** What a clock that was read says of what has been heard. */
export type Verdict = 'well' | 'missed' | 'back'

/**
 * Up to which time all purges have been heard of, without a gap. A value whose load began then is younger than all of them,
 * whatever it is made of: what has been heard of is gone from memory, and noted in Redis before it is told.
 */
export class Heard {
  #upTo: number | undefined
  /** Later ones, before which some are missing yet: purges at the same time may be told in any order. */
  readonly #ahead = new Set<number>()
  /** What the clock said the last time, where that had not been heard of. */
  #doubt: number | undefined
  readonly #waiting = new Set<() => void>()

  get upTo(): number | undefined {
    return this.#upTo
  }

  /** @param isAll whether everything was purged, so that what was told before it no longer matters */
  hear(time: number, isAll: boolean): void {
    if (this.#upTo === undefined || time <= this.#upTo) return
    this.#ahead.add(time)
    this.#advance(isAll ? time : this.#upTo)
  }

  /** Compares what has been heard with the clock: `missed` where it is still not heard what the clock said the last time. */
  compare(now: number): Verdict {
    if (this.#upTo === undefined) this.#upTo = now
    if (now < this.#upTo) return 'back'
    const isMissed = this.#doubt !== undefined && this.#upTo < this.#doubt
    this.#advance(isMissed ? (this.#doubt as number) : this.#upTo)
    this.#doubt = this.#upTo < now ? now : undefined
    return isMissed ? 'missed' : 'well'
  }

  /** Waits until a time has been heard of, or for so many milliseconds. */
  async until(time: number, most: number): Promise<void> {
    if ((this.#upTo ?? 0) >= time) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(late)
        this.#waiting.delete(look)
        resolve()
      }
      const look = () => {
        if ((this.#upTo ?? 0) >= time) done()
      }
      const late = setTimeout(done, most)
      this.#waiting.add(look)
    })
  }

  #advance(from: number): void {
    let upTo = from
    if (from !== this.#upTo) for (const time of this.#ahead) if (time <= from) this.#ahead.delete(time)
    while (this.#ahead.delete(upTo + 1)) upTo++
    this.#upTo = upTo
    for (const look of this.#waiting) look()
  }
}
