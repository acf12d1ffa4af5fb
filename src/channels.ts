import { type Channel, channel } from 'node:diagnostics_channel'
import type { ErrorCode } from './errors.ts'

/** What a cache said of one look-up. */
export type CacheState = 'hit' | 'stale' | 'stale-if-error' | 'miss' | 'collapsed' | 'bypass'

/** How one source of an endpoint fared within one request. */
export interface SourceRecord {
  readonly name: string
  /** Milliseconds from the source's start to its end; 0 while it has not started. */
  duration: number
  /** `skipped`: its input was undefined. `aborted`: given up, since something else failed. `idle`: never started. */
  outcome: 'ok' | 'failed' | 'fallback' | 'skipped' | 'aborted' | 'idle'
  code: ErrorCode | undefined
  /** What its last cache said. */
  cache: CacheState | undefined
  /** What each of its caches said: the level and the state, for example `call hit`. */
  told: readonly string[] | undefined
}

/** One request, from its first byte to its last: published on `facet:request` when the answer is out. */
export interface RequestRecord {
  readonly id: string
  readonly method: string
  readonly path: string
  /** `performance.now()` when the request was seen. */
  readonly started: number
  /** The route's text, for example `GET /customers/:id/overview`; undefined where none matched. */
  route: string | undefined
  client: string | undefined
  status: number
  /** Milliseconds until the answer was handed to the socket, or the client left. */
  duration: number
  /** What the reply cache said; undefined where there is none. */
  cache: CacheState | undefined
  code: ErrorCode | undefined
  /** The failure, for the log: it may carry what a backend said. */
  error: unknown
  sources: readonly SourceRecord[]
}

/** One call to a backend, with all its attempts: published on `facet:call`. */
export interface CallRecord {
  readonly request: string
  readonly backend: string
  readonly call: string
  readonly source: string
  readonly duration: number
  readonly error: unknown
}

/** A background refresh that failed while its old answer was served: published on `facet:refresh`. */
export interface RefreshRecord {
  readonly key: string
  readonly error: unknown
}

/** What has become of one look-up, or of one entry: published on `facet:cache`. */
export interface CacheRecord {
  /**
   * A state of a look-up; or `refresh`: a new value has been kept behind the scenes, `rejected`: it is larger than may be kept,
   * `evicted`: it made room for others, `failure`: the store failed, and was passed over.
   */
  readonly event: CacheState | 'refresh' | 'rejected' | 'evicted' | 'failure'
  /** Begins with the level: `call`, `data`, `reply`, `http`, or `last` for a last good answer. */
  readonly key: string
  /** Of the value, as near as it is known; 0 where there is none. */
  readonly bytes: number
  /** Of a failure. */
  readonly error?: unknown
}

/** How a store outside the process fares: published on `facet:store`. */
export interface StoreRecord {
  /** `down`: it is passed over from now on, `up`: it works (again), `failure`: something else has gone wrong with it. */
  readonly event: 'down' | 'up' | 'failure'
  /** The entry that it was about. */
  readonly key?: string
  readonly error?: unknown
}

/** Something has changed with a backend: published on `facet:backend`. */
export interface BackendRecord {
  readonly backend: string
  /**
   * Its breaker: `open`, `half-open`, `closed`. One of its instances: `ejected` because of its answers and `returned`, `unhealthy` by its
   * checks and `healthy`, `added` and `removed` by DNS. `unresolved`: DNS does not know its URL, `resolved`: it does again.
   */
  readonly event:
    | 'open'
    | 'half-open'
    | 'closed'
    | 'ejected'
    | 'returned'
    | 'unhealthy'
    | 'healthy'
    | 'added'
    | 'removed'
    | 'unresolved'
    | 'resolved'
  /** The instance, or the URL; undefined where it is the backend as a whole. */
  readonly instance?: string | undefined
  /** Of an ejection. */
  readonly reason?: string | undefined
  readonly error?: unknown
}

/** What the core tells; `ops/` listens. Nothing is made or published that nobody subscribes to. */
export const channels: {
  readonly request: Channel<RequestRecord>
  readonly call: Channel<CallRecord>
  readonly refresh: Channel<RefreshRecord>
  readonly cache: Channel<CacheRecord>
  readonly store: Channel<StoreRecord>
  readonly backend: Channel<BackendRecord>
} = {
  request: channel('facet:request'),
  call: channel('facet:call'),
  refresh: channel('facet:refresh'),
  cache: channel('facet:cache'),
  store: channel('facet:store'),
  backend: channel('facet:backend'),
}
