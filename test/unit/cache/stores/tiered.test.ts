import { expect, test } from '@jest/globals'
import { memoryStore } from '../../../../src/cache/memory.ts'
import type { Entry, Store } from '../../../../src/cache/store.ts'
import { tieredStore } from '../../../../src/cache/tiered.ts'
import { type Deferred, deferred } from '../../support/deferred.ts'
import { entry } from './store-suite.ts'

/** A tier over a store whose answers the test gives. */
function bench() {
  const memory = memoryStore({ maxBytes: 1_000_000, maxEntries: 100 })
  const looked: Deferred<Entry | undefined>[] = []
  const purged: Deferred<void>[] = []
  const shared: Store = {
    get: () => {
      const look = deferred<Entry | undefined>()
      looked.push(look)
      return look.promise
    },
    set: () => {},
    purge: () => {
      const purge = deferred<void>()
      purged.push(purge)
      return purge.promise
    },
  }
  return { memory, looked, purged, tiered: tieredStore(memory, shared) }
}

test('what comes from elsewhere stays near', async () => {
  const { memory, looked, tiered } = bench()
  const found = tiered.get('a')
  looked[0]?.resolve(entry(1))
  expect(await found).toMatchObject({ value: 1 })
  expect(memory.near('a')).toMatchObject({ value: 1 })
})

test('what was on its way when it was purged elsewhere does not stay', async () => {
  const { memory, looked, tiered } = bench()
  const found = tiered.get('a')
  await tiered.purge({ tags: ['x'] }, true)
  looked[0]?.resolve(entry(1, { tags: ['x'] }))
  await found
  expect(memory.near('a')).toBeUndefined()
})

test('what was found elsewhere before a purge was noted there does not stay', async () => {
  const { memory, looked, purged, tiered } = bench()
  const purging = tiered.purge({ tags: ['x'] })
  const found = tiered.get('a')
  looked[0]?.resolve(entry(1, { tags: ['x'] }))
  await found
  purged[0]?.resolve()
  await purging
  expect(memory.near('a')).toBeUndefined()
})

test('the newer one of two counts', async () => {
  const { memory, looked, tiered } = bench()
  const now = Date.now()
  const old = { stored: now - 100, fresh: now - 50, usable: now - 50, covers: now + 1_000 }
  memory.set('a', entry('near', old))
  const found = tiered.get('a')
  looked[0]?.resolve(entry('far', { ...old, stored: now - 200 }))
  expect(await found).toMatchObject({ value: 'near' })
  const again = tiered.get('a')
  looked[1]?.resolve(entry('far', { stored: now }))
  expect(await again).toMatchObject({ value: 'far' })
})
