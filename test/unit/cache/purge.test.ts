import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { cacheBench } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void jest.useRealTimers())

const tags = ['customer:1', 'all']

describe('a purge', () => {
  test('removes what is stored under the tag, and leaves the rest', async () => {
    const bench = cacheBench()
    for (const [key, tag] of [
      ['a', 'x'],
      ['b', 'y'],
    ] as const) {
      const loading = bench.get(key, { tags: [tag] })
      await settled()
      bench.answer(key)
      await loading
    }
    await bench.cache.purge({ tags: ['x'] })
    expect([bench.cache.peek('a'), bench.cache.peek('b')]).toMatchObject([undefined, { value: 'b' }] as object[])
  })

  test('during a load wins: who waits gets what was loaded, and it is not kept', async () => {
    const bench = cacheBench()
    const before = bench.get('k', { tags })
    await settled()
    await bench.cache.purge({ tags: ['customer:1'] })
    bench.answer('read before the purge')
    expect(await before).toMatchObject({ value: 'read before the purge', state: 'miss', stored: false })
    expect(bench.cache.peek('k')).toBeUndefined()
  })

  test('during a load makes who comes then start anew, and the old load does not get in its way', async () => {
    const bench = cacheBench()
    const before = bench.get('k', { tags })
    await settled()
    await bench.cache.purge({ tags: ['all'] })
    const after = bench.get('k', { tags })
    const beside = bench.get('k', { tags })
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.loads[1]?.resolve({ value: 'new', size: 1, store: true })
    expect(await after).toMatchObject({ value: 'new', state: 'miss', stored: true })
    expect(await beside).toMatchObject({ value: 'new', state: 'collapsed' })
    bench.loads[0]?.resolve({ value: 'old', size: 1, store: true })
    expect(await before).toMatchObject({ value: 'old', stored: false })
    expect(await bench.get('k')).toMatchObject({ value: 'new', state: 'hit' })
  })

  test('during a load lets the old one end while the new one is under way, without forgetting the new one', async () => {
    const bench = cacheBench()
    const before = bench.get('k', { tags })
    await settled()
    await bench.cache.purge({ tags: ['all'] })
    const after = bench.get('k', { tags })
    await settled()
    bench.loads[0]?.resolve({ value: 'old', size: 1, store: true })
    await before
    const beside = bench.get('k', { tags })
    await settled()
    expect([bench.loads.length, bench.cache.loading]).toEqual([2, 1])
    bench.answer('new')
    expect([await after, await beside]).toMatchObject([{ value: 'new' }, { value: 'new', state: 'collapsed' }])
  })

  test('during a load still lets its last waiter abort it, and that load alone', async () => {
    const bench = cacheBench()
    const token = new CancelToken()
    const before = bench.get('k', { tags }, token)
    await settled()
    await bench.cache.purge({ tags: ['all'] })
    const after = bench.get('k', { tags })
    await settled()
    token.cancel('left')
    await expect(before).rejects.toBe('left')
    expect(bench.loads.map((load) => load.token.aborted)).toEqual([true, false])
    expect(bench.cache.loading).toBe(1)
    bench.answer('new')
    await after
  })

  test('of other tags does nothing to a load', async () => {
    const bench = cacheBench()
    const loading = bench.get('k', { tags })
    await settled()
    await bench.cache.purge({ tags: ['customer:2'] })
    await bench.cache.purge({ tags: [] })
    bench.answer('v')
    expect(await loading).toMatchObject({ stored: true })
    expect(bench.cache.peek('k')).toMatchObject({ value: 'v' })
  })

  test('during a renewal takes the old value away, and the new one is not kept either', async () => {
    const bench = cacheBench()
    const first = bench.get('k', { tags, stale: 5_000 })
    await settled()
    bench.answer('old')
    await first
    jest.advanceTimersByTime(2_000)
    await bench.get('k', { tags, stale: 5_000 })
    await settled()
    await bench.cache.purge({ tags: ['all'] })
    bench.answer('renewed from before the purge')
    await settled()
    const next = bench.get('k', { tags })
    await settled()
    expect(bench.loads).toHaveLength(3)
    bench.answer('new')
    expect(await next).toMatchObject({ value: 'new', state: 'miss' })
  })
})

test('clearing does the same to everything, tagged or not', async () => {
  const bench = cacheBench()
  const stored = bench.get('a')
  await settled()
  bench.answer('a')
  await stored
  const loading = bench.get('b')
  await settled()
  await bench.cache.clear()
  bench.answer('b')
  expect(await loading).toMatchObject({ value: 'b', stored: false })
  expect([bench.cache.peek('a'), bench.cache.peek('b'), bench.cache.loading]).toEqual([undefined, undefined, 0])
})
