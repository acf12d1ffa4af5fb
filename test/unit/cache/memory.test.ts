import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { memoryStore } from '../../../src/cache/memory.ts'
import type { Entry } from '../../../src/cache/store.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void jest.useRealTimers())

const entry = (value: unknown, { size = 10, tags = [] as string[], usable = 60_000 } = {}): Entry => {
  const now = Date.now()
  return {
    value,
    size,
    tags,
    stored: now,
    fresh: now + usable / 2,
    usable: now + usable,
    covers: Number.MAX_SAFE_INTEGER,
    kept: now + usable,
  }
}
const large = { maxBytes: 1_000_000, maxEntries: 1_000 }

describe('a memory store', () => {
  test('gives what was set, at once, until it is deleted or cleared', () => {
    const store = memoryStore(large)
    store.set('a', entry(1))
    store.set('b', entry(2))
    expect(['a', 'b', 'c'].map((key) => (store.get(key) as Entry | undefined)?.value)).toEqual([1, 2, undefined])
    store.purge({ keys: ['a', 'never'] })
    expect([store.get('a'), store.entries]).toEqual([undefined, 1])
    store.purge({ all: true })
    expect([store.get('b'), store.entries, store.bytes]).toEqual([undefined, 0, 0])
  })

  test('gives a stale entry as long as it is usable, and forgets it then', () => {
    const store = memoryStore(large)
    store.set('a', entry(1, { usable: 1_000 }))
    jest.advanceTimersByTime(999)
    expect(store.get('a')).toMatchObject({ value: 1 })
    jest.advanceTimersByTime(1)
    expect(store.get('a')).toBeUndefined()
    expect([store.entries, store.bytes]).toEqual([0, 0])
  })

  test('takes a newer value for an older one, with its size', () => {
    const store = memoryStore(large)
    store.set('a', entry(1, { size: 50_000 }))
    const before = store.bytes
    store.set('a', entry(2, { size: 10 }))
    expect(store.get('a')).toMatchObject({ value: 2 })
    expect([store.entries, before - store.bytes]).toEqual([1, 49_990])
  })
})

describe('an entry that is amended', () => {
  const setUp = (bounds = large) => {
    const store = memoryStore(bounds)
    const old = entry('old', { tags: ['t'] })
    store.set('a', old)
    const amend = (key: string, from: Entry, to: Entry) => store.amend?.(key, from, to)
    return { store, old, amend }
  }

  test('stands in the place of the old one, with its size, its hits and its tags', () => {
    const { store, old, amend } = setUp()
    store.get('a')
    const before = store.bytes
    const more = { ...old, value: 'more', size: old.size + 500 }
    expect([amend('a', old, more), store.get('a'), store.bytes - before]).toEqual([true, more, 500])
    expect(store.list(0, 1)).toMatchObject([{ hits: 2 }])
    store.purge({ tags: ['t'] })
    expect([store.entries, store.bytes]).toEqual([0, 0])
  })

  test('is not put where the old one is not any more', () => {
    const { store, old, amend } = setUp()
    const more = { ...old, size: 500 }
    expect(amend('b', old, more)).toBe(false)
    expect(amend('a', { ...old }, more)).toBe(false)
    store.purge({ all: true, soft: true })
    expect([amend('a', old, more), store.get('a')]).toMatchObject([false, { value: 'old', size: 10 }])
    store.set('a', entry('new'))
    expect([amend('a', old, more), store.get('a')]).toMatchObject([false, { value: 'new' }])
    store.purge({ keys: ['a'] })
    expect([amend('a', old, more), store.get('a'), store.entries]).toEqual([false, undefined, 0])
  })

  test('makes others leave where it needs their room, and is refused, not dropped, where all is too little', () => {
    const { store, old, amend } = setUp({ maxBytes: 10_000, maxEntries: 10 })
    store.set('b', entry('b', { size: 5_000 }))
    expect([amend('a', old, { ...old, size: 10_000 }), store.get('a'), store.entries]).toEqual([false, old, 2])
    expect([amend('a', old, { ...old, size: 8_000 }), store.get('b'), store.entries]).toEqual([true, undefined, 1])
    expect(store.bytes).toBeLessThanOrEqual(10_000)
  })
})

describe('its bounds', () => {
  test('hold the number of entries, and drop what was not used for longest', () => {
    const store = memoryStore({ maxBytes: 1_000_000, maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) store.set(key, entry(key))
    store.get('a')
    store.set('d', entry('d'))
    expect(['a', 'b', 'c', 'd'].map((key) => store.get(key) !== undefined)).toEqual([true, false, true, true])
    expect(store.entries).toBe(3)
  })

  test('hold the bytes, with the cost of keys, tags and bookkeeping', () => {
    const store = memoryStore({ maxBytes: 100_000, maxEntries: 100_000 })
    for (let i = 0; i < 5_000; i++) {
      store.set(`key ${i}`, entry(i, { size: 1_000, tags: [`tag ${i}`] }))
      expect(store.bytes).toBeLessThanOrEqual(100_000)
    }
    expect(store.entries).toBeGreaterThan(10)
    expect(store.entries).toBeLessThan(100)
  })

  test('hold many tiny entries too: none is free', () => {
    const store = memoryStore({ maxBytes: 100_000, maxEntries: 100_000 })
    for (let i = 0; i < 5_000; i++) store.set(`${i}`, entry(i, { size: 0 }))
    expect(store.entries).toBeLessThan(1_000)
  })

  test('refuse an entry that is larger than the store, without emptying it', () => {
    const store = memoryStore({ maxBytes: 10_000, maxEntries: 100 })
    store.set('a', entry(1))
    store.set('huge', entry('huge', { size: 10_001, tags: ['t'] }))
    expect(['huge', 'a'].map((key) => (store.get(key) as Entry | undefined)?.value)).toEqual([undefined, 1])
    store.purge({ tags: ['t'] })
    expect(store.entries).toBe(1)
  })

  test('let go of the old value where the new one is too large: it must not be served instead', () => {
    const store = memoryStore({ maxBytes: 10_000, maxEntries: 100 })
    store.set('a', entry('old', { tags: ['t'] }))
    store.set('a', entry('new', { size: 10_001, tags: ['t'] }))
    expect(store.get('a')).toBeUndefined()
    expect([store.entries, store.bytes]).toEqual([0, 0])
  })
})

describe('a purge', () => {
  test('removes every entry that bears one of the tags, and no other', () => {
    const store = memoryStore(large)
    store.set('a', entry(1, { tags: ['x'] }))
    store.set('b', entry(2, { tags: ['x', 'y'] }))
    store.set('c', entry(3, { tags: ['y'] }))
    store.set('d', entry(4, { tags: ['z', 'z'] }))
    store.set('e', entry(5))
    store.purge({ tags: ['x', 'unknown', 'z'] })
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => store.get(key) !== undefined)).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
    store.purge({ tags: [] })
    expect(store.entries).toBe(2)
  })

  test('does not know an entry by the tags that its key had before', () => {
    const store = memoryStore(large)
    store.set('a', entry(1, { tags: ['old'] }))
    store.set('a', entry(2, { tags: ['new'] }))
    store.purge({ tags: ['old'] })
    expect(store.get('a')).toMatchObject({ value: 2 })
    store.purge({ tags: ['new'] })
    expect(store.get('a')).toBeUndefined()
  })

  test.each<[string, (store: ReturnType<typeof memoryStore>) => void]>([
    ['was dropped for room', (store) => ['b', 'c'].forEach((key) => void store.set(key, entry(0)))],
    ['was deleted', (store) => void store.purge({ keys: ['a'] })],
    ['was cleared', (store) => void store.purge({ all: true })],
    ['was purged', (store) => void store.purge({ tags: ['old'] })],
    [
      'has expired',
      (store) => {
        jest.advanceTimersByTime(60_000)
        store.get('a')
      },
    ],
  ])('does not know an entry by the tags of one that %s', (_, lose) => {
    const store = memoryStore({ maxBytes: 1_000_000, maxEntries: 2 })
    store.set('a', entry(1, { tags: ['old'] }))
    lose(store)
    expect(store.get('a')).toBeUndefined()
    store.set('a', entry(2, { tags: ['new'] }))
    store.purge({ tags: ['old'] })
    expect(store.get('a')).toMatchObject({ value: 2 })
  })

  test('of names that every object has removes nothing', () => {
    const store = memoryStore(large)
    store.set('__proto__', entry(1, { tags: ['constructor'] }))
    store.purge({ tags: ['__proto__', 'toString'] })
    expect(store.get('__proto__')).toMatchObject({ value: 1 })
    store.purge({ tags: ['constructor'] })
    expect(store.get('__proto__')).toBeUndefined()
  })
})

describe('a soft purge', () => {
  test('makes stale what it would have removed, which stays purgeable', () => {
    const store = memoryStore({ maxBytes: 100_000, maxEntries: 10 })
    store.set('a', entry('v', { tags: ['t'] }))
    store.purge({ tags: ['t'], soft: true })
    const { fresh, usable } = store.get('a') as Entry
    expect([fresh <= Date.now(), usable > Date.now()]).toEqual([true, true])
    store.purge({ tags: ['t'] })
    expect(store.get('a')).toBeUndefined()
  })

  test('removes what says that there is nothing', () => {
    const store = memoryStore({ maxBytes: 100_000, maxEntries: 10 })
    const failure = {
      code: 'resource-unknown',
      status: 404,
      upstream: 404,
      fault: undefined,
      source: undefined,
    } as const
    store.set('a', { ...entry(undefined), failure })
    store.purge({ all: true, soft: true })
    expect(store.get('a')).toBeUndefined()
  })
})

test('entries are purged by their keys', () => {
  const store = memoryStore({ maxBytes: 100_000, maxEntries: 10 })
  for (const key of ['a', 'b', 'c']) store.set(key, entry(key))
  store.purge({ keys: ['a', 'c', 'nothing'] })
  expect(['a', 'b', 'c'].map((key) => (store.get(key) as Entry | undefined)?.value)).toEqual([
    undefined,
    'b',
    undefined,
  ])
})

test('entries are listed by page, the most recently used first, and added up by level', () => {
  const store = memoryStore({ maxBytes: 100_000, maxEntries: 10 })
  for (const key of ['call a', 'reply b', 'call c']) store.set(key, entry(key, { tags: ['t'], size: 50 }))
  store.get('call a')
  store.get('call a')
  expect(store.list(0, 2).map(({ key, hits, tags }) => [key, hits, tags])).toEqual([
    ['call a', 2, ['t']],
    ['call c', 0, ['t']],
  ])
  expect(store.list(2, 5).map(({ key }) => key)).toEqual(['reply b'])
  const { call, reply, http } = store.totals()
  expect([call?.entries, reply?.entries, http?.entries]).toEqual([2, 1, 0])
  expect((call?.bytes ?? 0) + (reply?.bytes ?? 0)).toBe(store.bytes)
  expect(store.list(0, 1)[0]?.bytes).toBeGreaterThan(50)
})
