import { Cache } from '../../../src/cache/cache.ts'
import type { Cached, Freshness, Loaded } from '../../../src/cache/entry.ts'
import { memoryStore } from '../../../src/cache/memory.ts'
import type { Store } from '../../../src/cache/store.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { type Deferred, deferred } from './deferred.ts'

/** A second, and nothing else, unless something else is said. */
export function freshness<T>(said: T): Omit<Freshness, keyof T | 'patience'> & T {
  return {
    ...{ ttl: 1_000, stale: 0, staleIfError: 0, negative: 0, jitter: 0, maxBytes: Number.POSITIVE_INFINITY, tags: [] },
    ...said,
  }
}

/** A cache whose loads the test answers. */
export interface CacheBench {
  readonly cache: Cache
  readonly store: Store
  /** Every load so far; each waits until the test settles it. */
  readonly loads: readonly (Deferred<Loaded<unknown>> & { readonly token: CancelToken })[]
  get(key: string, freshness?: Partial<Freshness>, token?: CancelToken): Promise<Cached<unknown>>
  /** Settles the last load. */
  answer(value: unknown, loaded?: Partial<Loaded<unknown>>): void
}

/** @param store the memory store if not said */
export function cacheBench(store: Store = memoryStore({ maxBytes: 1_000_000, maxEntries: 100 })): CacheBench {
  const cache = new Cache(store)
  const loads: (Deferred<Loaded<unknown>> & { token: CancelToken })[] = []
  return {
    cache,
    store,
    loads,
    get: (key, said = {}, token = new CancelToken()) =>
      cache.get(key, { ...freshness({}), ...said }, token, (own) => {
        const load = { ...deferred<Loaded<unknown>>(), token: own }
        // As a load must: it ends when it is cancelled.
        own.on(load.reject)
        loads.push(load)
        return load.promise
      }),
    answer: (value, loaded = {}) => loads.at(-1)?.resolve({ value, size: 10, store: true, ...loaded }),
  }
}
