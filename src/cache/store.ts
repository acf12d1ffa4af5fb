import type { BackendFault, ErrorCode } from '../errors.ts'
import type { Patience } from './patience.ts'

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
  readonly covers: number
  /** Until then it is kept at all, perhaps for no more than to be confirmed by its backend; never before `covers`. */
  readonly kept: number
  /** What its backend said with it, names and values in turn, where that can be asked to confirm it. */
  readonly head?: readonly string[] | undefined
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
  get(key: string, look?: Look): Entry | undefined | Promise<Entry | undefined>
  /** What it has within this process; undefined where it would have to ask elsewhere. Left out where it never has. */
  near?(key: string): Entry | undefined
  /** @param mark what `mark` said before the value was loaded: a purge since then wins */
  set(key: string, entry: Entry, mark?: Mark): void | Promise<void>
  /**
   * Puts an entry in the place of one that has the same value in other forms; false where that very one is not there any
   * more, or the new one finds no room. Where a store does not have it, its entries stay as they were set.
   */
  amend?(key: string, old: Entry, entry: Entry): boolean
  /**
   * Removes entries, or makes them stale.
   *
   * @param isTold whether others who share the entries have been told already
   */
  purge(purge: Purge, isTold?: boolean): void | Promise<void>
  /** How many purges there have been, as far as is known: of a store whose entries others purge as well. */
  mark?(): Mark
  /** Asks for the right to load what is missing, so that of several processes one does; left out where nobody shares it. */
  claim?(key: string, look: Look): Promise<Claim | undefined>
}

/** What helps a look-up. */
export interface Look {
  /** Tags that the entry has if it is there, and perhaps more. */
  readonly tags: readonly string[]
  /** How long the one who asks will wait for stores, in all. */
  readonly patience?: Patience | undefined
}

/** A moment among purges; undefined where it is not known, and then nothing can be kept. */
export type Mark = number | undefined

/** What was said to who wanted to load something. */
export interface Claim {
  /** `mine`: load it, and release the claim. `busy`: somebody else loads it. `free`: load it, nobody waits for that. */
  readonly state: 'mine' | 'busy' | 'free'
  /** What somebody else has kept in the meantime. */
  readonly entry?: Entry | undefined
  /** Whether somebody else's load was waited for. */
  readonly hasWaited?: boolean
  /** Ends a claim. @param isKept whether there is an entry now that others may wait for */
  release?(isKept: boolean): void
}

/** Which entries are old: those that bear one of the tags, those with one of the keys, or all. */
export interface Purge {
  readonly tags?: readonly string[]
  readonly keys?: readonly string[]
  readonly all?: boolean
  /** They are only no longer fresh: sent once more while a new one is fetched, or where none can be had, as their policy allows. */
  readonly soft?: boolean
}

/** A store outside this process: it can be slow, down or full, and others share its entries. Ask it through `guarded`. */
export interface RemoteStore extends Store {
  /** Resolves where it works. Asked again and again, also to find what has not been heard of others. */
  check(): Promise<void>
  /** Calls back when others have purged; with `all` where it is not known what. */
  onPurge(listener: (purge: Purge) => void): void
  close(): void
}
