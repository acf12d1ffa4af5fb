import { afterEach, describe, expect, test } from '@jest/globals'
import { type GuardedStore, guarded } from '../../../../src/cache/guarded.ts'
import { memoryStore } from '../../../../src/cache/memory.ts'
import { Patience } from '../../../../src/cache/patience.ts'
import type { Purge, RemoteStore } from '../../../../src/cache/store.ts'
import { channels, type StoreRecord } from '../../../../src/channels.ts'
import { cacheBench } from '../../support/cache.ts'
import { entry } from './store-suite.ts'

/** A store that misbehaves as it is told to: each look-up, write and check does what `mood` says. */
function chaos() {
  const memory = memoryStore({ maxBytes: 1_000_000, maxEntries: 1_000 })
  const purges: Purge[] = []
  const store = {
    mood: 'well' as 'well' | 'hangs' | 'fails' | 'full',
    delay: 0,
    asked: 0,
    purges,
  }
  const answer = async <T>(value: () => T): Promise<T> => {
    store.asked++
    if (store.delay > 0) await new Promise((resolve) => setTimeout(resolve, store.delay))
    if (store.mood === 'hangs') return new Promise(() => {})
    if (store.mood === 'fails') throw new Error('the connection is gone')
    return value()
  }
  const remote: RemoteStore = {
    get: (key) => answer(() => memory.get(key)),
    set: (key, given) =>
      answer(() => {
        if (store.mood === 'full') throw new Error('OOM')
        memory.set(key, given)
      }),
    purge: (purge) =>
      answer(() => {
        purges.push(purge)
        memory.purge(purge)
      }),
    mark: () => 1,
    check: () => answer(() => undefined),
    onPurge: () => {},
    close: () => {},
  }
  return { ...store, store, remote, memory }
}

let open: GuardedStore[] = []
afterEach(() => {
  for (const guard of open) guard.close()
  open = []
})

async function guardOf({ remote }: ReturnType<typeof chaos>): Promise<GuardedStore> {
  const guard = guarded(remote, { wait: 50, check: 40 })
  open.push(guard)
  await until(() => guard.isUp)
  return guard
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it has not come about')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function heard(run: () => Promise<void>): Promise<StoreRecord['event'][]> {
  const events: StoreRecord['event'][] = []
  const hear = ({ event }: StoreRecord) => void events.push(event)
  channels.store.subscribe(hear as never)
  await run()
  channels.store.unsubscribe(hear as never)
  return events
}

describe.each(['hangs', 'fails'] as const)('a store that %s', (mood) => {
  test('is passed over, and taken back when it works again', async () => {
    const bad = chaos()
    const guard = await guardOf(bad)
    await guard.set('a', entry(1))
    const events = await heard(async () => {
      bad.store.mood = mood
      expect(await guard.get('a')).toBeUndefined()
      expect(guard.isUp).toBe(false)
      // From now on nobody waits for it, and it is not even asked.
      expect(guard.get('a')).toBeUndefined()
      expect(guard.mark?.()).toBeUndefined()
      await guard.set('b', entry(2))
      expect(await guard.claim?.('a', { tags: [] })).toBeUndefined()
      bad.store.mood = 'well'
      await until(() => guard.isUp)
    })
    expect(events).toEqual(['down', 'up'])
    expect(await guard.get('a')).toMatchObject({ value: 1 })
    expect(await guard.get('b')).toBeUndefined()
  })

  test('is found out by itself, before anybody asks it', async () => {
    const bad = chaos()
    const guard = await guardOf(bad)
    bad.store.mood = mood
    await until(() => !guard.isUp)
    bad.store.mood = 'well'
    await until(() => guard.isUp)
  })

  test('is told of what was purged before anybody asks it again', async () => {
    const bad = chaos()
    const guard = await guardOf(bad)
    for (const key of ['a', 'b', 'c']) await guard.set(key, entry(key, { tags: [`tag ${key}`] }))
    bad.store.mood = mood
    await guard.purge({ tags: ['tag a'] })
    await guard.purge({ keys: ['b'] })
    await guard.purge({ tags: ['tag c'], soft: true })
    bad.store.mood = 'well'
    await until(() => guard.isUp)
    expect([await guard.get('a'), await guard.get('b')]).toEqual([undefined, undefined])
    expect(await guard.get('c')).toMatchObject({ value: 'c' })
    expect(((await guard.get('c'))?.fresh ?? 0) <= Date.now()).toBe(true)
  })

  test('fails no request, and the cache works without it', async () => {
    const bad = chaos()
    const guard = await guardOf(bad)
    const bench = cacheBench(guard)
    bad.store.mood = mood
    const loading = bench.get('k')
    await until(() => bench.loads.length === 1)
    bench.answer('v')
    expect(await loading).toMatchObject({ value: 'v', state: 'miss' })
  })
})

test('more purges than can be remembered become one of everything', async () => {
  const bad = chaos()
  const guard = await guardOf(bad)
  bad.store.mood = 'hangs'
  await guard.get('a')
  for (let tag = 0; tag < 10_010; tag++) await guard.purge({ tags: [`tag ${tag}`] })
  bad.store.mood = 'well'
  await until(() => guard.isUp)
  expect(bad.purges).toEqual([{ tags: [], keys: [], all: true, soft: false }])
})

test('a store that is full still answers', async () => {
  const bad = chaos()
  const guard = await guardOf(bad)
  await guard.set('a', entry(1))
  bad.store.mood = 'full'
  await guard.set('b', entry(2))
  expect(guard.isUp).toBe(true)
  expect(await guard.get('a')).toMatchObject({ value: 1 })
})

test('a late answer is nobody’s, and nothing of it is left unheard', async () => {
  const bad = chaos()
  const guard = await guardOf(bad)
  const unheard: unknown[] = []
  const hear = (reason: unknown) => void unheard.push(reason)
  process.on('unhandledRejection', hear)
  bad.store.delay = 100
  bad.store.mood = 'fails'
  expect(await guard.get('a')).toBeUndefined()
  await new Promise((resolve) => setTimeout(resolve, 120))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})

test('a claim that comes late is let go, so that it holds up nobody', async () => {
  const bad = chaos()
  const released: boolean[] = []
  const claim = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { state: 'mine' as const, release: (isKept: boolean) => void released.push(isKept) }
  }
  const guard = guarded({ ...bad.remote, claim }, { wait: 50, check: 40 })
  open.push(guard)
  await until(() => guard.isUp)
  expect(await guard.claim?.('a', { tags: [] })).toBeUndefined()
  await until(() => released.length === 1)
  expect(released).toEqual([false])
})

test('what is purged while the store is told what it has missed is told as well', async () => {
  const bad = chaos()
  const guard = await guardOf(bad)
  bad.store.mood = 'hangs'
  await guard.get('a')
  await guard.purge({ tags: ['first'] })
  bad.store.delay = 10
  bad.store.mood = 'well'
  for (let nth = 0; !guard.isUp; nth++) {
    await guard.purge({ tags: [`tag ${nth}`] })
    await new Promise((resolve) => setTimeout(resolve, 2))
    if (nth > 20) bad.store.delay = 0
  }
  const told = new Set(bad.purges.flatMap(({ tags = [] }) => tags))
  expect(told.has('first')).toBe(true)
  const last = Math.max(...[...told].map((tag) => Number(tag.split(' ')[1] ?? 0)))
  for (let nth = 0; nth <= last; nth++) expect([nth, told.has(`tag ${nth}`)]).toEqual([nth, true])
  expect(last).toBeGreaterThan(5)
})

describe('a request', () => {
  test('waits for a slow store no longer than it has patience, in all', async () => {
    const bad = chaos()
    const guard = await guardOf(bad)
    await guard.set('a', entry(1))
    bad.store.delay = 30
    const patience = new Patience(50)
    const started = performance.now()
    const found = []
    for (let look = 0; look < 5; look++) found.push(await guard.get('a', { tags: [], patience }))
    // Twice 50: the timers of a busy machine are late, and without a bound it would be 150.
    expect(performance.now() - started).toBeLessThan(100)
    expect(found[0]).toMatchObject({ value: 1 })
    expect(found.at(-1)).toBeUndefined()
    // It is slow, and not gone.
    expect(guard.isUp).toBe(true)
  })

  test('that asks for several things at once waits once', async () => {
    const patience = new Patience(50)
    patience.begin()
    patience.begin()
    await new Promise((resolve) => setTimeout(resolve, 20))
    patience.end()
    patience.end()
    expect(patience.left).toBeLessThan(50 - 15)
    expect(patience.left).toBeGreaterThan(50 - 40)
  })
})
