import { CancelToken } from '../lib/cancel.ts'

/** A load under way, with those who wait for it. */
export interface Flight<T> {
  /** The load's own: cancelled when nobody waits any more. */
  readonly token: CancelToken
  readonly tags: readonly string[]
  readonly result: Promise<T>
  waiters: number
  /** A purge came while the load ran: what it brings is old already and is not kept. */
  purged: boolean
  /** Tags that were purged while the load ran, and of which it will only tell at its end whether it bears them. */
  readonly missed: string[]
  /** Tags that the load told of, before it failed. */
  noted: readonly string[]
  /** Called when it is purged: nobody else is to wait for it. */
  onPurged?: () => void
}

const NONE: readonly string[] = []

/** So many purges during one load are not told apart any more: it may be old by any of them. */
const MOST_MISSED = 10_000

/** Loads under way by key: whoever asks for what is being loaded waits for that load (single flight). */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>()

  get size(): number {
    return this.#flights.size
  }

  has(key: string): boolean {
    return this.#flights.has(key)
  }

  find(key: string): Flight<T> | undefined {
    return this.#flights.get(key)
  }

  start(key: string, tags: readonly string[], load: (flight: Flight<T>) => Promise<T>): Flight<T> {
    const run = async () => {
      try {
        return await load(flight)
      } finally {
        this.#land(key, flight)
      }
    }
    const flight: Flight<T> = {
      token: new CancelToken(),
      tags,
      waiters: 0,
      purged: false,
      missed: [],
      noted: NONE,
      // Begins a microtask later, so that `flight` is there when the load ends at once.
      result: Promise.resolve().then(run),
    }
    this.#flights.set(key, flight)
    return flight
  }

  /** Waits for a flight; whoever leaves early is counted off, and the last one to leave aborts it. */
  join(key: string, flight: Flight<T>, token: CancelToken): Promise<T> {
    flight.waiters++
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        reject(reason)
        if (--flight.waiters > 0) return
        this.#land(key, flight)
        flight.token.cancel(reason)
      }
      const stay =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          token.off(leave)
          settle(value)
        }
      flight.result.then(stay(resolve), stay(reject))
      token.on(leave)
    })
  }

  /** Keeps what is being loaded under some tags or keys from being kept. */
  orphan(tags: readonly string[], keys: readonly string[] = []): void {
    const wanted = new Set(tags)
    for (const [key, flight] of this.#flights) {
      if (keys.includes(key) || flight.tags.some((tag) => wanted.has(tag))) this.#orphan(key, flight)
      else if (flight.missed.length + tags.length > MOST_MISSED) this.#orphan(key, flight)
      else flight.missed.push(...tags)
    }
  }

  orphanAll(): void {
    for (const [key, flight] of this.#flights) this.#orphan(key, flight)
  }

  /** Who comes after the purge must not join a load that began before it. */
  #orphan(key: string, flight: Flight<T>): void {
    flight.purged = true
    flight.onPurged?.()
    this.#flights.delete(key)
  }

  #land(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}
