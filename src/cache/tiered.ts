import { isPromise } from '../lib/promise.ts'
import type { MemoryStore } from './memory.ts'
import type { Entry, Look, Purge, Store } from './store.ts'

/**
 * Memory in front of a store that others share: what is near and may be used is not asked for elsewhere, and what comes from
 * there stays near. Entries that others purge must be purged here too: see `RemoteStore.onPurge`.
 */
export function tieredStore(memory: MemoryStore, shared: Store): Store {
  // What was on its way when something was purged may be old, and must not stay.
  let purges = 0
  const keep = (key: string, entry: Entry | undefined, before: number) => {
    const near = memory.get(key)
    if (!entry) return near
    if (near && near.stored >= entry.stored) return near
    if (purges === before) memory.set(key, entry)
    return entry
  }
  return {
    near: memory.near,
    get: (key: string, look?: Look) => {
      const near = memory.get(key)
      if (near && near.usable > Date.now()) return near
      const before = purges
      const found = shared.get(key, look)
      return isPromise(found) ? found.then((entry) => keep(key, entry, before)) : keep(key, found, before)
    },
    set: (key, entry, mark) => {
      memory.set(key, entry)
      return shared.set(key, entry, mark)
    },
    // What is near alone: the others make their own forms of it.
    amend: memory.amend,
    purge: (purge: Purge, isTold = false) => {
      const forget = () => {
        purges++
        memory.purge(purge)
      }
      forget()
      if (isTold) return
      // Again, since until it was noted there the old entry could come back from there.
      const noted = shared.purge(purge)
      return isPromise(noted) ? noted.then(forget) : forget()
    },
    mark: () => shared.mark?.(),
    claim: async (key, look) => {
      const before = purges
      const claim = await shared.claim?.(key, look)
      if (claim?.entry) keep(key, claim.entry, before)
      return claim
    },
  }
}
