import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { cacheBench, freshness } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void jest.useRealTimers())

/** A bench with `old` under `k`, just stored. */
async function filled(stale = 0) {
  const bench = cacheBench()
  const first = bench.get('k', { stale, tags: ['t'] })
  await settled()
  bench.answer('old')
  await first
  return bench
}

describe('a value', () => {
  test('is loaded once and then served, with its age and what is left of its freshness', async () => {
    const bench = cacheBench()
    const first = bench.get('k')
    await settled()
    bench.answer('v')
    expect(await first).toEqual({ value: 'v', state: 'miss', age: 0, ttl: 1_000, stored: true, tags: [] })
    jest.advanceTimersByTime(400)
    expect(await bench.get('k')).toEqual({ value: 'v', state: 'hit', age: 400, ttl: 600, stored: true, tags: [] })
    expect(bench.loads).toHaveLength(1)
  })

  test('is loaded anew the moment its freshness has ended', async () => {
    const bench = await filled()
    jest.advanceTimersByTime(999)
    expect(await bench.get('k')).toMatchObject({ state: 'hit', ttl: 1 })
    jest.advanceTimersByTime(1)
    const again = bench.get('k')
    await settled()
    bench.answer('new')
    expect(await again).toMatchObject({ value: 'new', state: 'miss' })
  })

  test('is its key’s alone', async () => {
    const bench = await filled()
    const other = bench.get('K')
    await settled()
    bench.answer('other')
    expect(await other).toMatchObject({ value: 'other', state: 'miss' })
    expect(await bench.get('k')).toMatchObject({ value: 'old', state: 'hit' })
  })

  test('is not kept where it must not be: a partial one', async () => {
    const bench = cacheBench()
    const first = bench.get('k')
    await settled()
    bench.answer('partial', { store: false })
    expect(await first).toMatchObject({ value: 'partial', state: 'miss', stored: false })
    void bench.get('k').catch(() => {})
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.answer('whole')
  })

  test('may be undefined, null or false and is still a hit', async () => {
    for (const value of [undefined, null, false, 0]) {
      const bench = cacheBench()
      const first = bench.get('k')
      await settled()
      bench.answer(value)
      await first
      expect(await bench.get('k')).toMatchObject({ value, state: 'hit' })
    }
  })
})

test('a load knows whether somebody waits for it', async () => {
  const { cache } = cacheBench()
  const seen: boolean[] = []
  const get = () =>
    cache.get('k', freshness({ stale: 1_000 }), new CancelToken(), async (_, background) => {
      seen.push(background)
      return { value: 'v', size: 1, store: true }
    })
  await get()
  jest.advanceTimersByTime(1_500)
  await get()
  await settled()
  expect(seen).toEqual([false, true])
})

describe('a look at what is there at once', () => {
  test('gives a fresh entry, and neither a stale one nor none', async () => {
    const bench = await filled(5_000)
    expect(bench.cache.peek('k')).toMatchObject({ value: 'old' })
    expect(bench.cache.peek('other')).toBeUndefined()
    jest.advanceTimersByTime(1_000)
    expect(bench.cache.peek('k')).toBeUndefined()
    expect(bench.loads).toHaveLength(1)
  })
})

describe('a stale value', () => {
  test('is served at once while one new one is loaded behind the scenes', async () => {
    const bench = await filled(5_000)
    jest.advanceTimersByTime(1_500)
    const [a, b] = await Promise.all([bench.get('k', { stale: 5_000 }), bench.get('k', { stale: 5_000 })])
    expect([a, b]).toMatchObject([
      { value: 'old', state: 'stale', age: 1_500, ttl: -500 },
      { value: 'old', state: 'stale', age: 1_500, ttl: -500 },
    ])
    await settled()
    expect(bench.loads).toHaveLength(2)
    expect(await bench.get('k', { stale: 5_000 })).toMatchObject({ value: 'old', state: 'stale' })
    expect(bench.loads).toHaveLength(2)
    bench.answer('new')
    await settled()
    expect(await bench.get('k', { stale: 5_000 })).toMatchObject({ value: 'new', state: 'hit', age: 0 })
    expect(bench.cache.loading).toBe(0)
  })

  test('is served no longer than it may be', async () => {
    const bench = await filled(5_000)
    jest.advanceTimersByTime(6_000)
    const late = bench.get('k')
    await settled()
    bench.answer('new')
    expect(await late).toMatchObject({ value: 'new', state: 'miss' })
  })

  test('stays where its renewal fails, and the next caller tries again', async () => {
    const bench = await filled(5_000)
    jest.advanceTimersByTime(1_500)
    await bench.get('k', { stale: 5_000 })
    await settled()
    bench.loads[1]?.reject(new Error('backend down'))
    await settled()
    expect(bench.cache.loading).toBe(0)
    expect(await bench.get('k', { stale: 5_000 })).toMatchObject({ value: 'old', state: 'stale' })
    await settled()
    expect(bench.loads).toHaveLength(3)
    bench.answer('new')
    await settled()
  })

  test('stays where its renewal is only partial', async () => {
    const bench = await filled(5_000)
    jest.advanceTimersByTime(1_500)
    await bench.get('k', { stale: 5_000 })
    await settled()
    bench.answer('partial', { store: false })
    await settled()
    expect(await bench.get('k', { stale: 5_000 })).toMatchObject({ value: 'old', state: 'stale' })
    await settled()
    bench.answer('new')
    await settled()
  })

  test('whose time runs out during its renewal makes callers wait for that', async () => {
    const bench = await filled(5_000)
    jest.advanceTimersByTime(5_900)
    await bench.get('k', { stale: 5_000 })
    await settled()
    jest.advanceTimersByTime(200)
    const waiting = bench.get('k', { stale: 5_000 })
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.answer('new')
    expect(await waiting).toMatchObject({ value: 'new', state: 'collapsed' })
  })
})
