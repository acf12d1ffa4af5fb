import { type CacheRecord, type CacheState, channels } from '../channels.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { failureAgain, isOutage, keptFailure } from './failure.ts'
import { type Flight, Flights } from './flights.ts'
import type { CachePolicy } from './policy.ts'
import type { Entry, Purge, Store } from './store.ts'

/** How long a value may be used, and what can take it away before. */
export interface Freshness extends CachePolicy {
  readonly tags: readonly string[]
}

/** What a load gives: its value, how large it is, and how long it may be kept. */
export interface Loaded<T> {
  readonly value: T
  /** Bytes. */
  readonly size: number
  /** False for what must not be kept at all. */
  readonly store: boolean
  /** It is fresh until then at the most: what it was made of may be older than itself. Milliseconds since the epoch. */
  readonly fresh?: number | undefined
  /** How long it may be sent after that, where it says so itself: as `stale` and `staleIfError` of the policy. Milliseconds. */
  readonly stale?: number
  readonly staleIfError?: number
  /** It must not be sent when it is no longer fresh, nor take the place of an old value that is whole: a partial one. */
  readonly isMakeshift?: boolean
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

/**
 * The caching algorithm: look up, join a load under way, or load and keep. One caller loads, the others wait for it
 * (single flight); a load is aborted only when its last waiter has left; a stale value is served at once and renewed
 * behind the scenes, or where a load fails; a purge during a load wins over the load.
 */
export class Cache {
  readonly #store: Store
  readonly #flights = new Flights<Cached<unknown>>()
  readonly #listeners = new Set<() => void>()

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
    if (entry === undefined || entry instanceof Promise || entry.fresh <= Date.now() || entry.failure) return undefined
    tell('hit', key, entry.size)
    return entry as Entry<T>
  }

  /**
   * The value under a key, loaded if need be.
   *
   * @param token the caller's: when it is cancelled the caller stops waiting, and the load is aborted if nobody else waits
   * @param load must reject when its token is cancelled
   * @throws what the load throws (every waiter gets it), or the reason of the caller's cancellation; a 404 again while it is
   *   kept that there is nothing
   */
  async get<T>(key: string, freshness: Freshness, token: CancelToken, load: Load<T>): Promise<Cached<T>> {
    let old: Entry | undefined
    if (freshness.ttl > 0) {
      const found = this.#look(key)
      old = found instanceof Promise ? await found : found
      const now = Date.now()
      if (old && old.fresh > now) {
        tell('hit', key, old.size)
        if (old.failure) throw failureAgain(old.failure)
        return cached(old as Entry<T>, 'hit', now)
      }
      if (old && old.usable > now && !old.failure) {
        if (!this.#flights.has(key)) this.#refresh(key, freshness, load, old)
        tell('stale', key, old.size)
        return cached(old as Entry<T>, 'stale', now)
      }
    }
    const running = this.#flights.find(key)
    const flight = running ?? this.#start(key, freshness, load, old, false)
    const outcome = (await this.#flights.join(key, flight, token)) as Cached<T>
    const state = running && outcome.state === 'miss' ? 'collapsed' : outcome.state
    tell(state, key, 0)
    return state === outcome.state ? outcome : { ...outcome, state }
  }

  /** Calls back before anything is purged: what is being loaded elsewhere may be old as well. */
  onPurge(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Makes entries old, and keeps what is being loaded in their place from being stored. */
  async purge(purge: Purge): Promise<void> {
    for (const listener of this.#listeners) listener()
    if (purge.all) this.#flights.orphanAll()
    else this.#flights.orphan(purge.tags ?? [], purge.keys)
    await this.#store.purge(purge)
  }

  /** Forgets everything. */
  clear(): Promise<void> {
    return this.purge({ all: true })
  }

  /** A store that fails makes a miss: at once or later, and also where nobody waits for what it says. */
  #look(key: string): ReturnType<Store['get']> {
    try {
      const found = this.#store.get(key)
      return found instanceof Promise ? found.catch((error: unknown) => passedOver(key, error)) : found
    } catch (error) {
      return passedOver(key, error)
    }
  }

  #start<T>(
    key: string,
    freshness: Freshness,
    load: Load<T>,
    old: Entry | undefined,
    background: boolean,
  ): Flight<Cached<unknown>> {
    return this.#flights.start(key, freshness.tags, async (flight) => {
      try {
        const loaded = await load(flight.token, background)
        const entry = flight.purged ? undefined : entryOf(loaded, freshness, old, Date.now())
        if (entry) await this.#keep(key, entry)
        else if (loaded.size > freshness.maxBytes) tell('rejected', key, loaded.size)
        if (background && entry) tell('refresh', key, entry.size)
        const { ttl } = freshness
        const left = entry ? entry.fresh - entry.stored : ttl
        return { value: loaded.value, state: 'miss', age: 0, ttl: left, stored: entry !== undefined }
      } catch (error) {
        return this.#instead(key, freshness, background || flight.purged ? undefined : old, flight, error)
      }
    })
  }

  /** What there is when a load has failed: the old value, or that there is none. */
  async #instead(
    key: string,
    { negative, tags }: Freshness,
    old: Entry | undefined,
    flight: Flight<Cached<unknown>>,
    error: unknown,
  ): Promise<Cached<unknown>> {
    const now = Date.now()
    if (old && old.kept > now && !old.failure && isOutage(error)) return cached(old, 'stale-if-error', now)
    const failure = negative > 0 && !flight.purged ? keptFailure(error) : undefined
    if (failure) {
      const until = now + negative
      await this.#keep(key, {
        value: undefined,
        failure,
        size: 0,
        tags,
        stored: now,
        fresh: until,
        usable: until,
        kept: until,
      })
    }
    throw error
  }

  /** A store that fails costs the next caller a load, and this one nothing. */
  async #keep(key: string, entry: Entry): Promise<void> {
    try {
      await this.#store.set(key, entry)
    } catch (error) {
      passedOver(key, error)
    }
  }

  /** Nobody waits for a refresh, so nobody can abort it, and its failure goes to the log alone: the old value has been served. */
  #refresh<T>(key: string, freshness: Freshness, load: Load<T>, old: Entry): void {
    const flight = this.#start(key, freshness, load, old, true)
    flight.waiters++
    flight.result.catch((error: unknown) => {
      if (channels.refresh.hasSubscribers) channels.refresh.publish({ key, error })
    })
  }
}

/** A store that failed, as if it were empty. */
function passedOver(key: string, error: unknown): undefined {
  tell('failure', key, 0, error)
}

function tell(event: CacheRecord['event'], key: string, bytes: number, error?: unknown): void {
  if (channels.cache.hasSubscribers) channels.cache.publish({ event, key, bytes, error })
}

/** What is kept of a load; undefined where nothing is. */
function entryOf(loaded: Loaded<unknown>, policy: Freshness, old: Entry | undefined, now: number): Entry | undefined {
  const { value, size, store, fresh: atMost = Number.POSITIVE_INFINITY, isMakeshift = false } = loaded
  const { ttl, jitter, maxBytes, tags } = policy
  const { stale = policy.stale, staleIfError = policy.staleIfError } = loaded
  if (!store || ttl <= 0 || size > maxBytes) return undefined
  if (isMakeshift && old && old.kept > now && !old.failure) return undefined
  const fresh = Math.max(now, Math.min(now + ttl * (1 - jitter * Math.random()), atMost))
  const usable = isMakeshift ? fresh : fresh + stale
  const kept = isMakeshift ? fresh : Math.max(usable, fresh + staleIfError)
  return kept > now ? { value, size, tags, stored: now, fresh, usable, kept } : undefined
}

/** A stored entry as an answer of the cache. */
export function cached<T>(entry: Entry<T>, state: CacheState, now: number): Cached<T> {
  return { value: entry.value, state, age: now - entry.stored, ttl: entry.fresh - now, stored: true }
}
