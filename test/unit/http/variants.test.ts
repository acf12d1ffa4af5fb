import { expect, test } from '@jest/globals'
import { type MemoryBounds, memoryStore } from '../../../src/cache/memory.ts'
import type { Entry, Store } from '../../../src/cache/store.ts'
import { channels } from '../../../src/channels.ts'
import type { Coding } from '../../../src/http/coding.ts'
import { type Representation, representation } from '../../../src/http/reply.ts'
import { Variants } from '../../../src/http/variants.ts'
import { type Deferred, deferred } from '../support/deferred.ts'

type Reply = Entry<Representation>
const text = 'text '.repeat(300)
const replyOf = (text: string): Reply => {
  const until = Date.now() + 60_000
  return {
    value: representation(text, []),
    size: text.length,
    tags: [],
    stored: 0,
    fresh: until,
    usable: until,
    covers: until,
    kept: until,
  }
}

/** Variants of one memory store; the test says what each compression makes. */
function setUp(bounds: Partial<MemoryBounds> = {}) {
  const store = memoryStore({ maxBytes: 1_000_000, maxEntries: 100, ...bounds })
  const asked: (Deferred<string> & { coding: Coding })[] = []
  const variants = new Variants(store, (_, coding) => {
    const answer = { ...deferred<string>(), coding }
    asked.push(answer)
    return answer.promise
  })
  const entry = (key = 'a') => store.get(key) as Reply
  store.set('a', replyOf(text))
  const idle = async () => {
    while (variants.underway > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    ...{ store, variants, asked, entry, idle },
    hit: (codings: readonly Coding[], key = 'a') => variants.make(key, entry(key), codings),
    /** Ends the last compression. */
    made: async (bytes: string) => {
      asked.at(-1)?.resolve(bytes)
      await idle()
    },
  }
}

test('a variant is made at the first hit, and once', async () => {
  const { asked, hit, made, entry } = setUp()
  for (let i = 0; i < 5; i++) hit(['br', 'gzip'])
  expect(asked.map(({ coding }) => coding)).toEqual(['br'])
  await made('small')
  expect(entry()).toMatchObject({ value: { bytes: text, encoded: { br: 'small' } }, size: text.length + 5 })
  hit(['br', 'gzip'])
  expect(asked).toHaveLength(1)
})

test('another coding is made when the first one is done, next to it', async () => {
  const { asked, hit, made, entry } = setUp()
  hit(['br'])
  hit(['gzip'])
  expect(asked).toHaveLength(1)
  await made('small')
  hit(['gzip'])
  await made('larger')
  expect(entry()).toMatchObject({ value: { encoded: { br: 'small', gzip: 'larger' } }, size: text.length + 11 })
})

test('what is not smaller is not kept, and not tried again', async () => {
  const { asked, hit, made, entry } = setUp()
  hit(['br', 'gzip'])
  await made(text)
  expect(entry()).toMatchObject({ value: { encoded: { br: null } }, size: text.length })
  hit(['br'])
  expect(asked).toHaveLength(1)
  hit(['br', 'gzip'])
  await made('small')
  expect(entry().value.encoded).toEqual({ br: null, gzip: 'small' })
})

test('a failure leaves the reply as it is, is told, and is not tried again', async () => {
  const { asked, hit, idle, entry } = setUp()
  const told: unknown[] = []
  const listen = (record: unknown) => void told.push(record)
  channels.refresh.subscribe(listen)
  hit(['br'])
  const error = new Error('no memory')
  asked[0]?.reject(error)
  await idle()
  channels.refresh.unsubscribe(listen)
  expect(told).toEqual([{ key: 'a', error }])
  hit(['br'])
  expect([asked.length, entry().value.encoded, entry().size]).toEqual([1, { br: null }, text.length])
})

test('what finds no room in the store is not made again and again', async () => {
  const { asked, hit, made, entry, store } = setUp({ maxBytes: 2_200 })
  hit(['br'])
  await made('x'.repeat(1_000))
  hit(['br'])
  expect([asked.length, entry().value.encoded, store.entries]).toEqual([1, { br: null }, 1])
})

test.each<[string, (store: Store) => unknown, string | undefined]>([
  ['purged', (store) => store.purge({ all: true }), undefined],
  ['made anew', (store) => store.set('a', replyOf('new')), 'new'],
  ['made anew, with the same bytes', (store) => store.set('a', replyOf(text)), text],
  ['made stale', (store) => store.purge({ keys: ['a'], soft: true }), text],
])('what has been %s in the meantime stays so', async (_, happen, bytes) => {
  const { hit, made, store } = setUp()
  hit(['br'])
  happen(store)
  const before = store.bytes
  await made('small')
  const now = store.get('a') as Reply | undefined
  expect([now?.value.bytes, now?.value.encoded, store.bytes]).toEqual([bytes, undefined, before])
})

test('no more than a few are made at a time; the others at a later hit', async () => {
  const { asked, hit, made, store, variants } = setUp()
  const keys = ['b', 'c', 'd', 'e', 'f']
  for (const key of keys) {
    store.set(key, replyOf(text))
    hit(['br'], key)
  }
  expect([asked.length, variants.underway]).toEqual([3, 3])
  for (const one of asked) one.resolve('small')
  await made('small')
  for (const key of keys) hit(['br'], key)
  expect(asked).toHaveLength(5)
  for (const one of asked) one.resolve('small')
  await made('small')
})

test('a store that cannot amend what it holds goes without', async () => {
  const { amend: _, ...store } = memoryStore({ maxBytes: 1_000_000, maxEntries: 100 })
  const variants = new Variants(store, async () => 'small')
  variants.make('a', replyOf(text), ['br'])
  while (variants.underway > 0) await new Promise((resolve) => setImmediate(resolve))
})
