import { Cache, type Cached, type Freshness, type Loaded } from '../../../src/cache/cache.ts'
import { memoryStore } from '../../../src/cache/memory.ts'
import type { Store } from '../../../src/cache/store.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { type Deferred, deferred } from './deferred.ts'

/** A cache whose loads the test answers. */
export interface CacheBench {
  readonly cache: Cache
  readonly store: Store
  /** Every load so far; each waits until the test settles it. */
  readonly loads: readonly (Deferred<Loaded<unknown>> & { readonly token: CancelToken })[]
  get(key: string, freshness?: Partial<Freshness>, token?: CancelToken): Promise<Cached<unknown>>
  /** Settles the last load. */
  answer(value: unknown, store?: boolean): void
}

/** @param store the memory store if not said */
export function cacheBench(store: Store = memoryStore({ maxBytes: 1_000_000, maxEntries: 100 })): CacheBench {
  const cache = new Cache(store)
  const loads: (Deferred<Loaded<unknown>> & { token: CancelToken })[] = []
  return {
    cache,
    store,
    loads,
    get: (key, { ttl = 1_000, stale = 0, tags = [] } = {}, token = new CancelToken()) =>
      cache.get(key, { ttl, stale, tags }, token, (own) => {
        const load = { ...deferred<Loaded<unknown>>(), token: own }
        // As a load must: it ends when it is cancelled.
        own.on(load.reject)
        loads.push(load)
        return load.promise
      }),
    answer: (value, keep = true) => loads.at(-1)?.resolve({ value, size: 10, store: keep }),
  }
}
