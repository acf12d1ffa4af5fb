import { type CacheRecord, channels } from '../channels.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { isPromise } from '../lib/promise.ts'
import { claimed } from './claiming.ts'
import {
  allTags,
  type Cached,
  cached,
  entryOf,
  type Freshness,
  failureEntryOf,
  type Loaded,
  standIn,
  taken,
} from './entry.ts'
import { failureAgain } from './failure.ts'
import { type Flight, Flights } from './flights.ts'
import type { Claim, Entry, Look, Mark, Purge, Store } from './store.ts'

/**
 * Fetches a value.
 *
 * @param token the load's own, cancelled when nobody waits for it any more
 * @param old what has been kept and is no longer fresh: it may still hold
 * @param note takes the tags of what fails: that it is kept that there is nothing goes with them, too
 * @param background whether nobody waits for it to begin with: the old value has been served already
 */
export type Load<T> = (
  token: CancelToken,
  background: boolean,
  old: Entry<T> | undefined,
  note: (tags: readonly string[]) => void,
) => Promise<Loaded<T>>

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
    const entry = this.#store.near?.(key)
    if (entry === undefined || entry.fresh <= Date.now() || entry.failure) return undefined
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
      const found = this.#look(key, freshness)
      old = isPromise(found) ? await found : found
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
    const missed = flight.missed.length
    const outcome = (await this.#flights.join(key, flight, token)) as Cached<T>
    // It bears a tag that was purged after it had begun and before this one came.
    if (flight.missed.slice(0, missed).some((tag) => outcome.tags.includes(tag)))
      return this.get(key, freshness, token, load)
    const state = running && outcome.state === 'miss' ? 'collapsed' : outcome.state
    tell(state, key, 0)
    return state === outcome.state ? outcome : { ...outcome, state }
  }

  /** Calls back before anything is purged: what is being loaded elsewhere may be old as well. */
  onPurge(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /**
   * Makes entries old, and keeps what is being loaded in their place from being stored.
   *
   * @param isTold whether others who share the store have been told already
   */
  async purge(purge: Purge, isTold = false): Promise<void> {
    this.#orphan(purge)
    const purged = this.#store.purge(purge, isTold)
    if (!isPromise(purged)) return
    await purged
    // What began in the meantime may have found old entries that were still there.
    this.#orphan(purge)
  }

  #orphan({ tags = [], keys, all }: Purge): void {
    for (const listener of this.#listeners) listener()
    if (all) this.#flights.orphanAll()
    else this.#flights.orphan(tags, keys)
  }

  /** Forgets everything. */
  clear(): Promise<void> {
    return this.purge({ all: true })
  }

  /** A store that fails makes a miss: at once or later, and also where nobody waits for what it says. */
  #look(key: string, look: Look): ReturnType<Store['get']> {
    try {
      const found = this.#store.get(key, look)
      return isPromise(found) ? found.catch((error: unknown) => passedOver(key, error)) : found
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
      const claim = this.#store.claim && freshness.ttl > 0 ? await this.#claim(key, freshness, flight) : undefined
      if (claim?.entry) return taken(claim.entry)
      flight.onPurged = () => claim?.release?.(false)
      const mark = this.#store.mark?.()
      let entry: Entry | undefined
      try {
        const known = old?.failure ? undefined : (old as Entry<T> | undefined)
        const note = (tags: readonly string[]) => {
          flight.noted = tags
        }
        const loaded = await load(flight.token, background, known, note)
        const tags = allTags(freshness.tags, loaded.tags)
        if (hasMissed(flight, tags)) flight.purged = true
        if (!flight.purged) entry = entryOf(loaded, freshness, old, Date.now())
        if (!entry && loaded.size > freshness.maxBytes) tell('rejected', key, loaded.size)
        if (entry && background) tell('refresh', key, entry.size)
        const left = entry ? entry.fresh - entry.stored : freshness.ttl
        return { value: loaded.value, state: 'miss', age: 0, ttl: left, stored: entry !== undefined, tags }
      } catch (error) {
        const tags = allTags(freshness.tags, flight.noted)
        if (hasMissed(flight, tags) || hasMissed(flight, old?.tags ?? [])) flight.purged = true
        const instead = background || flight.purged ? undefined : standIn(old, error)
        if (instead) return instead
        if (!flight.purged) entry = failureEntryOf(error, freshness, tags)
        throw error
      } finally {
        this.#settle(key, entry, mark, claim)
      }
    })
  }

  /** The right to load for all processes, where the store is shared; a store that cannot say leaves it to each. */
  async #claim(key: string, { tags, patience }: Freshness, { token }: Flight<unknown>): Promise<Claim | undefined> {
    try {
      return await claimed(this.#store, key, { tags, patience }, token)
    } catch (error) {
      if (token.aborted) throw error
      return passedOver(key, error)
    }
  }

  /** Keeps what there is to keep, and lets others load; nobody waits for that, and a store that fails costs the next one a load. */
  #settle(key: string, entry: Entry | undefined, mark: Mark, claim: Claim | undefined): void {
    const release = () => claim?.release?.(entry !== undefined)
    try {
      const kept = entry && this.#store.set(key, entry, mark)
      if (!isPromise(kept)) return release()
      kept.catch((error: unknown) => passedOver(key, error)).then(release)
    } catch (error) {
      passedOver(key, error)
      release()
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

/** Whether one of the tags was purged while the load ran. */
function hasMissed({ missed }: Flight<unknown>, tags: readonly string[]): boolean {
  return missed.some((tag) => tags.includes(tag))
}

/** A store that failed, as if it were empty. */
function passedOver(key: string, error: unknown): undefined {
  tell('failure', key, 0, error)
}

function tell(event: CacheRecord['event'], key: string, bytes: number, error?: unknown): void {
  if (channels.cache.hasSubscribers) channels.cache.publish({ event, key, bytes, error })
}
