import { type CacheState, channels } from '../channels.ts'
import { CancelToken } from '../lib/cancel.ts'
import type { Entry, Store } from './store.ts'

/** How long a value may be used, and what can take it away before. */
export interface Freshness {
  /** Milliseconds that it is fresh; 0 keeps nothing and only lets equal loads share one flight. */
  readonly ttl: number
  /** Milliseconds after that in which it is served while a new one is fetched (RFC 5861, section 3). */
  readonly stale: number
  readonly tags: readonly string[]
}

/** What a load gives: its value, how large it is, and whether it may be kept. */
export interface Loaded<T> {
  readonly value: T
  readonly size: number
  /** False for what must not stand in for a whole answer: a partial one. */
  readonly store: boolean
}

/**
 * Fetches a value.
 *
 * @param token the load's own, cancelled when nobody waits for it any more
 * @param background whether nobody waits for it to begin with: the old value has been served already
 */
export type Load<T> = (token: CancelToken, background: boolean) => Promise<Loaded<T>>

/** A value and where it came from. Times in milliseconds. */
export interface Cached<T> {
  readonly value: T
  readonly state: CacheState
  readonly age: number
  /** How much longer it is fresh; negative when it is served stale. */
  readonly ttl: number
  readonly stored: boolean
}

/** A load under way, with those who wait for it. */
interface Flight {
  readonly token: CancelToken
  readonly tags: readonly string[]
  readonly result: Promise<{ readonly loaded: Loaded<unknown>; readonly stored: boolean }>
  waiters: number
  /** A purge came while the load ran: what it brings is old already and is not kept. */
  purged: boolean
}

/**
 * The caching algorithm: look up, join a load under way, or load and keep. One caller loads, the others wait for it
 * (single flight); a load is aborted only when its last waiter has left; a stale value is served at once and renewed
 * behind the scenes; a purge during a load wins over the load.
 */
export class Cache {
  readonly #store: Store
  readonly #flights = new Map<string, Flight>()

  constructor(store: Store) {
    this.#store = store
  }

  /** How many loads are under way: for tests. */
  get loading(): number {
    return this.#flights.size
  }

  /** The entry under a key when the store has it at once and it is fresh: the path of a hit, without a promise. */
  peek<T>(key: string): Entry<T> | undefined {
    const entry = this.#look(key)
    return entry === undefined || entry instanceof Promise || entry.fresh <= Date.now()
      ? undefined
      : (entry as Entry<T>)
  }

  /**
   * The value under a key, loaded if need be.
   *
   * @param token the caller's: when it is cancelled the caller stops waiting, and the load is aborted if nobody else waits
   * @param load must reject when its token is cancelled
   * @throws what the load throws (every waiter gets it, nothing is kept), or the reason of the caller's cancellation
   */
  async get<T>(key: string, freshness: Freshness, token: CancelToken, load: Load<T>): Promise<Cached<T>> {
    if (freshness.ttl > 0) {
      const found = this.#look(key)
      const entry = (found instanceof Promise ? await found : found) as Entry<T> | undefined
      const now = Date.now()
      if (entry && entry.fresh > now) return cached(entry, 'hit', now)
      if (entry && entry.usable > now) {
        if (!this.#flights.has(key)) this.#refresh(key, freshness, load)
        return cached(entry, 'stale', now)
      }
    }
    const running = this.#flights.get(key)
    const flight = running ?? this.#start(key, freshness, load, false)
    const { loaded, stored } = await this.#join(key, flight, token)
    return { value: loaded.value as T, state: running ? 'collapsed' : 'miss', age: 0, ttl: freshness.ttl, stored }
  }

  /** Removes every entry that bears one of the tags, and keeps what is being loaded under them from being stored. */
  async purge(tags: readonly string[]): Promise<void> {
    const wanted = new Set(tags)
    for (const [key, flight] of this.#flights) if (flight.tags.some((tag) => wanted.has(tag))) this.#orphan(key, flight)
    await this.#store.purge(tags)
  }

  async clear(): Promise<void> {
    for (const [key, flight] of this.#flights) this.#orphan(key, flight)
    await this.#store.clear()
  }

  /** Who comes after the purge must not join a load that began before it. */
  #orphan(key: string, flight: Flight): void {
    flight.purged = true
    this.#flights.delete(key)
  }

  /** A store that fails makes a miss: at once or later, and also where nobody waits for what it says. */
  #look(key: string): ReturnType<Store['get']> {
    try {
      const found = this.#store.get(key)
      return found instanceof Promise ? found.catch(() => undefined) : found
    } catch {
      return undefined
    }
  }

  #start<T>(key: string, freshness: Freshness, load: Load<T>, background: boolean): Flight {
    const token = new CancelToken()
    const run = async () => {
      try {
        const loaded = await load(token, background)
        const keep = freshness.ttl > 0 && loaded.store && !flight.purged
        if (keep) await this.#keep(key, freshness, loaded)
        return { loaded, stored: keep }
      } finally {
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
      }
    }
    const flight: Flight = {
      token,
      tags: freshness.tags,
      waiters: 0,
      purged: false,
      // Begins a microtask later, so that `flight` is there when the load ends at once.
      result: Promise.resolve().then(run),
    }
    this.#flights.set(key, flight)
    return flight
  }

  /** A store that fails costs the next caller a load, and this one nothing. */
  async #keep(key: string, { ttl, stale, tags }: Freshness, { value, size }: Loaded<unknown>): Promise<void> {
    const now = Date.now()
    try {
      await this.#store.set(key, { value, size, tags, stored: now, fresh: now + ttl, usable: now + ttl + stale })
    } catch {}
  }

  /** Waits for a flight; whoever leaves early is counted off, and the last one to leave aborts it. */
  #join(key: string, flight: Flight, token: CancelToken): Flight['result'] {
    flight.waiters++
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        reject(reason)
        if (--flight.waiters > 0) return
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
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

  /** Nobody waits for a refresh, so nobody can abort it, and its failure goes to the log alone: the old value has been served. */
  #refresh<T>(key: string, freshness: Freshness, load: Load<T>): void {
    const flight = this.#start(key, freshness, load, true)
    flight.waiters++
    flight.result.catch((error: unknown) => {
      if (channels.refresh.hasSubscribers) channels.refresh.publish({ key, error })
    })
  }
}

/** A stored entry as an answer of the cache. */
export function cached<T>(entry: Entry<T>, state: CacheState, now: number): Cached<T> {
  return { value: entry.value, state, age: now - entry.stored, ttl: entry.fresh - now, stored: true }
}
