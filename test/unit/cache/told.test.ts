// What a cache says of itself on the channel `facet:cache`.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { memoryStore } from '../../../src/cache/memory.ts'
import { type CacheRecord, channels } from '../../../src/channels.ts'
import { FacetError } from '../../../src/errors.ts'
import { cacheBench } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

let told: CacheRecord[] = []
const listen = (record: unknown) => void told.push(record as CacheRecord)
beforeEach(() => {
  told = []
  channels.cache.subscribe(listen)
  jest.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  channels.cache.unsubscribe(listen)
  jest.useRealTimers()
})

const events = () => told.map(({ event }) => event)

test('each look-up, and a refresh behind one', async () => {
  const bench = cacheBench()
  const policy = { ttl: 1_000, stale: 1_000, staleIfError: 10_000 }
  const first = bench.get('k', policy)
  const joined = bench.get('k', policy)
  await settled()
  bench.answer('v')
  await Promise.all([first, joined])
  await bench.get('k', policy)
  jest.advanceTimersByTime(1_500)
  await bench.get('k', policy)
  await settled()
  bench.answer('w')
  await settled()
  jest.advanceTimersByTime(5_000)
  const late = bench.get('k', policy)
  await settled()
  bench.loads.at(-1)?.reject(new FacetError('backend-timeout'))
  await late
  expect(events()).toEqual(['miss', 'collapsed', 'hit', 'stale', 'refresh', 'stale-if-error'])
  expect(told.every(({ key }) => key === 'k')).toBe(true)
  expect(told[2]?.bytes).toBe(10)
})

test('a hit that is there at once', async () => {
  const bench = cacheBench()
  const first = bench.get('k')
  await settled()
  bench.answer('v')
  await first
  bench.cache.peek('k')
  bench.cache.peek('another')
  expect(events()).toEqual(['miss', 'hit'])
})

test('what is too large, and what makes room', async () => {
  const bench = cacheBench(memoryStore({ maxBytes: 100_000, maxEntries: 1 }))
  for (const [key, size] of [
    ['a', 10],
    ['b', 10],
    ['c', 200],
  ] as const) {
    const load = bench.get(key, { maxBytes: 100 })
    await settled()
    bench.answer('v', { size })
    await load
  }
  expect(told.map(({ event, key, bytes }) => [event, key, bytes])).toEqual([
    ['miss', 'a', 0],
    ['evicted', 'a', 10],
    ['miss', 'b', 0],
    ['rejected', 'c', 200],
    ['miss', 'c', 0],
  ])
})

test.each([
  [
    'at once',
    () => {
      throw new Error('down')
    },
  ],
  [
    'later',
    async () => {
      throw new Error('down')
    },
  ],
])('a store that fails %s', async (_, fail) => {
  const bench = cacheBench({ ...memoryStore({ maxBytes: 1_000, maxEntries: 1 }), get: fail, set: fail })
  const load = bench.get('k')
  await settled()
  bench.answer('v')
  await load
  expect(told.map(({ event, error }) => [event, String(error)])).toEqual([
    ['failure', 'Error: down'],
    ['failure', 'Error: down'],
    ['miss', 'undefined'],
  ])
})
