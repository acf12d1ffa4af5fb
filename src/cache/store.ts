/** One stored value. Times are milliseconds since the epoch, so that entries can leave the process. */
export interface Entry<T = unknown> {
  readonly value: T
  readonly stored: number
  /** Fresh until then. */
  readonly fresh: number
  /** May be served stale, while it is renewed in the background, until then; never before `fresh`. */
  readonly usable: number
  readonly tags: readonly string[]
  /** Bytes of the value, as near as the one who stored it knows; the store adds its own cost. */
  readonly size: number
}

/**
 * Where entries are kept. A store may answer at once or later: the memory store answers at once, and then a hit costs no
 * promise. A store that fails makes a miss, never a failed request; that is the business of `Cache`, not of the store.
 */
export interface Store {
  get(key: string): Entry | undefined | Promise<Entry | undefined>
  set(key: string, entry: Entry): void | Promise<void>
  delete(key: string): void | Promise<void>
  /** Removes every entry that bears one of the tags. */
  purge(tags: readonly string[]): void | Promise<void>
  clear(): void | Promise<void>
}
