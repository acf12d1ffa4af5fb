import { LRUCache } from 'lru-cache'
import { channels } from '../channels.ts'
import { softened } from './entry.ts'
import type { Entry, Purge, Store } from './store.ts'

/** The bounds of a memory store. */
export interface MemoryBounds {
  /** Bytes in all, keys and bookkeeping included. */
  readonly maxBytes: number
  readonly maxEntries: number
}

/** What an entry costs besides its key and value: the entry object, lru-cache's slots, the tag index. Measured on Node 26. */
const OVERHEAD = 400

/** What is known of one entry, for operators. Times in milliseconds. */
export interface Listed {
  readonly key: string
  readonly age: number
  /** Below 0 where it is stale. */
  readonly ttl: number
  readonly hits: number
  readonly bytes: number
  readonly tags: readonly string[]
}

/** A memory store, with what operators see of it. */
export interface MemoryStore extends Store {
  get(key: string): Entry | undefined
  near(key: string): Entry | undefined
  set(key: string, entry: Entry): void
  amend(key: string, old: Entry, entry: Entry): boolean
  purge(purge: Purge): void
  readonly bytes: number
  readonly entries: number
  /** Some of the entries, the most recently used first. */
  list(from: number, count: number): Listed[]
  /** Entries and bytes of each level: what keys begin with. */
  totals(): Record<string, { entries: number; bytes: number }>
}

interface Held {
  readonly entry: Entry
  hits: number
}

/** Entries in this process, the least recently used of them dropped when a bound is reached (lru-cache). */
export function memoryStore(bounds: MemoryBounds): MemoryStore {
  const keysByTag = new Map<string, Set<string>>()
  const entries = new LRUCache<string, Held>({
    max: bounds.maxEntries,
    maxSize: bounds.maxBytes,
    sizeCalculation: ({ entry }, key) => bytesOf(entry, key),
    // Whatever removes an entry (room, a purge, a newer value) takes it out of the tag index too.
    dispose: ({ entry: { tags, size } }, key, reason) => {
      if (reason === 'evict' && channels.cache.hasSubscribers)
        channels.cache.publish({ event: 'evicted', key, bytes: size })
      for (const tag of tags) {
        const keys = keysByTag.get(tag)
        keys?.delete(key)
        if (keys?.size === 0) keysByTag.delete(tag)
      }
    },
  })
  const get = (key: string): Entry | undefined => {
    const held = entries.get(key)
    if (held === undefined) return undefined
    if (held.entry.kept <= Date.now()) {
      entries.delete(key)
      return undefined
    }
    held.hits++
    return held.entry
  }
  return {
    get bytes() {
      return entries.calculatedSize
    },
    get entries() {
      return entries.size
    },
    get,
    near: get,
    set: (key, entry) => {
      entries.set(key, { entry, hits: 0 })
      // An entry larger than the whole store is refused by lru-cache without a word.
      if (entry.tags.length === 0 || !entries.has(key)) return
      for (const tag of entry.tags) {
        const keys = keysByTag.get(tag)
        if (keys) keys.add(key)
        else keysByTag.set(tag, new Set([key]))
      }
    },
    amend: (key, old, entry) => {
      const held = entries.peek(key)
      // One larger than the whole store would take the old one with it.
      if (held?.entry !== old || bytesOf(entry, key) > bounds.maxBytes) return false
      // It becomes the most recently used, which its last hit has made it a moment ago. Its tags stay, and so its place in their index.
      entries.set(key, { entry, hits: held.hits }, { noDisposeOnSet: true })
      return true
    },
    purge: ({ tags = [], keys = [], all = false, soft = false }) => {
      const old = new Set(all ? entries.keys() : keys)
      for (const tag of tags) for (const key of keysByTag.get(tag) ?? []) old.add(key)
      for (const key of old) {
        const held = soft ? entries.peek(key) : undefined
        const entry = held && softened(held.entry, Date.now())
        if (held && entry) entries.set(key, { entry, hits: held.hits }, { noDisposeOnSet: true })
        else entries.delete(key)
      }
    },
    list: (from, count) => {
      const now = Date.now()
      return [...entries.entries()].slice(from, from + count).map(([key, { entry, hits }]) => ({
        ...{ key, age: now - entry.stored, ttl: entry.fresh - now, hits },
        ...{ bytes: bytesOf(entry, key), tags: entry.tags },
      }))
    },
    totals: () => {
      const totals: Record<string, { entries: number; bytes: number }> = {
        call: NONE,
        data: NONE,
        reply: NONE,
        http: NONE,
      }
      for (const [key, { entry }] of entries.entries()) {
        const level = key.slice(0, key.indexOf(' '))
        const { entries: count, bytes } = totals[level] ?? NONE
        totals[level] = { entries: count + 1, bytes: bytes + bytesOf(entry, key) }
      }
      return totals
    },
  }
}

const NONE = { entries: 0, bytes: 0 }

function bytesOf({ size, tags }: Entry, key: string): number {
  return size + 2 * key.length + OVERHEAD + 100 * tags.length
}
