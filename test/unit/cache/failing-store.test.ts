import { describe, expect, test } from '@jest/globals'
import { memoryStore } from '../../../src/cache/memory.ts'
import type { Store } from '../../../src/cache/store.ts'
import { cacheBench } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

const memory = () => memoryStore({ maxBytes: 100_000, maxEntries: 10 })
const broken = () => {
  throw new Error('the store is down')
}
const brokenLater = async () => broken()

/** The memory store, answering later, as one over the network does. */
function remote(): Store {
  const store = memory()
  return {
    get: async (key) => store.get(key),
    set: async (key, entry) => store.set(key, entry),
    purge: async (purge) => store.purge(purge),
  }
}

describe.each<[string, Partial<Store>]>([
  ['fails to read, at once', { get: broken }],
  ['fails to read, later', { get: brokenLater }],
  ['fails to write, at once', { set: broken }],
  ['fails to write, later', { set: brokenLater }],
  ['fails at all, later', { get: brokenLater, set: brokenLater }],
])('a store that %s', (_, failing) => {
  test('makes misses, and no request fails for it', async () => {
    const bench = cacheBench({ ...remote(), ...failing })
    for (const value of ['a', 'b']) {
      const loading = bench.get('k')
      await settled()
      bench.answer(value)
      expect(await loading).toMatchObject({ value, state: 'miss' })
    }
    expect([bench.loads.length, bench.cache.loading]).toEqual([2, 0])
  })

  test('still lets callers at the same time share one load', async () => {
    const bench = cacheBench({ ...remote(), ...failing })
    const both = Promise.all([bench.get('k'), bench.get('k')])
    await settled()
    bench.answer('v')
    expect((await both).map(({ state }) => state)).toEqual(['miss', 'collapsed'])
  })

  test('has nothing at once, and nothing of it is left unheard', async () => {
    const bench = cacheBench({ ...remote(), ...failing })
    const unheard: unknown[] = []
    const hear = (reason: unknown) => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    expect(bench.cache.peek('k')).toBeUndefined()
    // Node tells of a rejection that nobody hears once the microtasks are through.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })
})

describe('a store that answers later', () => {
  test('serves hits, stale ones too, though not at once', async () => {
    const bench = cacheBench(remote())
    const first = bench.get('k', { ttl: 60_000 })
    await settled()
    bench.answer('v')
    await first
    expect(bench.cache.peek('k')).toBeUndefined()
    expect(await bench.get('k', { ttl: 60_000 })).toMatchObject({ value: 'v', state: 'hit' })
    expect(bench.loads).toHaveLength(1)
  })

  test('is purged', async () => {
    const bench = cacheBench(remote())
    const first = bench.get('k', { tags: ['t'] })
    await settled()
    bench.answer('v')
    await first
    await bench.cache.purge({ tags: ['t'] })
    void bench.get('k')
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.answer('w')
  })
})

test('a purge that the store fails to do is told to who asked for it', async () => {
  const bench = cacheBench({ ...remote(), purge: brokenLater })
  await expect(bench.cache.purge({ tags: ['t'] })).rejects.toThrow('the store is down')
})
