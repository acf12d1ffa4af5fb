import { LRUCache } from 'lru-cache'
import type { Entry, Store } from './store.ts'

/** The bounds of a memory store. */
export interface MemoryBounds {
  /** Bytes in all, keys and bookkeeping included. */
  readonly maxBytes: number
  readonly maxEntries: number
}

/** What an entry costs besides its key and value: the entry object, lru-cache's slots, the tag index. Measured on Node 26. */
const OVERHEAD = 400

/** Entries in this process, the least recently used of them dropped when a bound is reached (lru-cache). */
export function memoryStore(bounds: MemoryBounds): Store & { readonly bytes: number; readonly entries: number } {
  const keysByTag = new Map<string, Set<string>>()
  const entries = new LRUCache<string, Entry>({
    max: bounds.maxEntries,
    maxSize: bounds.maxBytes,
    sizeCalculation: ({ size, tags }, key) => size + 2 * key.length + OVERHEAD + 100 * tags.length,
    // Whatever removes an entry (room, a purge, a newer value) takes it out of the tag index too.
    dispose: ({ tags }, key) => {
      for (const tag of tags) {
        const keys = keysByTag.get(tag)
        keys?.delete(key)
        if (keys?.size === 0) keysByTag.delete(tag)
      }
    },
  })
  return {
    get bytes() {
      return entries.calculatedSize
    },
    get entries() {
      return entries.size
    },
    get: (key) => {
      const entry = entries.get(key)
      if (entry && entry.kept <= Date.now()) {
        entries.delete(key)
        return undefined
      }
      return entry
    },
    set: (key, entry) => {
      entries.set(key, entry)
      // An entry larger than the whole store is refused by lru-cache without a word.
      if (entry.tags.length === 0 || !entries.has(key)) return
      for (const tag of entry.tags) {
        const keys = keysByTag.get(tag)
        if (keys) keys.add(key)
        else keysByTag.set(tag, new Set([key]))
      }
    },
    delete: (key) => void entries.delete(key),
    purge: (tags) => {
      for (const tag of tags) for (const key of [...(keysByTag.get(tag) ?? [])]) entries.delete(key)
    },
    clear: () => entries.clear(),
  }
}
