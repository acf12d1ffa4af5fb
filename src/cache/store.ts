import type { BackendFault, ErrorCode } from '../errors.ts'

/** One stored value. Times are milliseconds since the epoch, so that entries can leave the process. */
export interface Entry<T = unknown> {
  readonly value: T
  /** That there is no value: what the caller is told instead, until `fresh`. */
  readonly failure?: KeptFailure
  readonly stored: number
  /** Fresh until then. */
  readonly fresh: number
  /** May be served stale, while it is renewed in the background, until then; never before `fresh`. */
  readonly usable: number
  /** Until then it is there for when no new value can be had; never before `usable`. */
  readonly kept: number
  readonly tags: readonly string[]
  /** Bytes of the value, as near as the one who stored it knows; the store adds its own cost. */
  readonly size: number
}

/** A failure that is as good as an answer: that what was asked for is not there. */
export interface KeptFailure {
  readonly code: ErrorCode
  readonly status: number
  readonly upstream: number | undefined
  readonly fault: BackendFault | undefined
  /** The source of the endpoint that failed. */
  readonly source: string | undefined
}

/**
 * Where entries are kept. A store may answer at once or later: the memory store answers at once, and then a hit costs no
 * promise. A store that fails makes a miss, never a failed request; that is the business of `Cache`, not of the store.
 */
export interface Store {
  get(key: string): Entry | undefined | Promise<Entry | undefined>
  set(key: string, entry: Entry): void | Promise<void>
  delete(key: string): void | Promise<void>
  /** Removes entries, or makes them stale. */
  purge(purge: Purge): void | Promise<void>
}

/** Which entries are old: those that bear one of the tags, those with one of the keys, or all. */
export interface Purge {
  readonly tags?: readonly string[]
  readonly keys?: readonly string[]
  readonly all?: boolean
  /** They are only no longer fresh: sent once more while a new one is fetched, or where none can be had, as their policy allows. */
  readonly soft?: boolean
}
