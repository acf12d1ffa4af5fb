import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Cache } from '../../../src/cache/cache.ts'
import { memoryStore } from '../../../src/cache/memory.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { timeline } from '../../../src/testing/timeline.ts'
import { cacheBench, freshness } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void jest.useRealTimers())

describe('callers at the same time', () => {
  test('share one load: the first misses, the others collapse', async () => {
    const bench = cacheBench()
    const all = Promise.all(Array.from({ length: 100 }, () => bench.get('k')))
    await settled()
    expect([bench.loads.length, bench.cache.loading]).toEqual([1, 1])
    bench.answer('v')
    const states = (await all).map(({ state, value }) => `${state} ${value}`)
    expect([states[0], ...new Set(states.slice(1))]).toEqual(['miss v', 'collapsed v'])
    expect(bench.cache.loading).toBe(0)
  })

  test('share one load with ttl 0 too, which is not kept', async () => {
    const bench = cacheBench()
    const both = Promise.all([bench.get('k', { ttl: 0 }), bench.get('k', { ttl: 0 })])
    await settled()
    bench.answer('v')
    expect(await both).toMatchObject([
      { state: 'miss', stored: false },
      { state: 'collapsed', stored: false },
    ])
    const next = bench.get('k', { ttl: 0 })
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.answer('w')
    expect(await next).toMatchObject({ value: 'w', state: 'miss' })
  })

  test('get the failure of the load, all of them, and it is not kept', async () => {
    const bench = cacheBench()
    const both = Promise.allSettled([bench.get('k'), bench.get('k')])
    await settled()
    const failure = new Error('backend down')
    bench.loads[0]?.reject(failure)
    expect(await both).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ])
    expect(bench.cache.loading).toBe(0)
    const next = bench.get('k')
    await settled()
    bench.answer('v')
    expect(await next).toMatchObject({ value: 'v', state: 'miss' })
  })

  test('get the failure of a load that throws at once', async () => {
    const cache = new Cache(memoryStore({ maxBytes: 1_000, maxEntries: 1 }))
    const load = () => {
      throw new TypeError('a mistake')
    }
    await expect(cache.get('k', freshness({ ttl: 1 }), new CancelToken(), load)).rejects.toThrow('a mistake')
    expect(cache.loading).toBe(0)
  })
})

describe('a caller that leaves', () => {
  test('is told why at once, and the load goes on for the others', async () => {
    const bench = cacheBench()
    const token = new CancelToken()
    const leaving = bench.get('k', {}, token)
    const staying = bench.get('k')
    await settled()
    token.cancel('client left')
    await expect(leaving).rejects.toBe('client left')
    expect(bench.loads[0]?.token.aborted).toBe(false)
    bench.answer('v')
    expect(await staying).toMatchObject({ value: 'v' })
    expect(await bench.get('k')).toMatchObject({ state: 'hit' })
  })

  test('as the last one aborts the load, for its own reason; who comes then starts anew', async () => {
    const bench = cacheBench()
    const tokens = [new CancelToken(), new CancelToken()]
    const leaving = Promise.allSettled(tokens.map((token) => bench.get('k', {}, token)))
    await settled()
    tokens[0]?.cancel('first')
    expect(bench.loads[0]?.token.aborted).toBe(false)
    tokens[1]?.cancel('second')
    expect(bench.loads[0]?.token.reason).toBe('second')
    const next = bench.get('k')
    expect((await leaving).map((result) => result.status === 'rejected' && result.reason)).toEqual(['first', 'second'])
    await settled()
    expect(bench.loads).toHaveLength(2)
    bench.answer('v')
    expect(await next).toMatchObject({ value: 'v', state: 'miss' })
    expect(bench.cache.loading).toBe(0)
  })

  test('before it came has its reason, and nothing stays behind', async () => {
    const bench = cacheBench()
    const token = new CancelToken()
    token.cancel('gone')
    await expect(bench.get('k', {}, token)).rejects.toBe('gone')
    await settled()
    expect(bench.cache.loading).toBe(0)
    expect(bench.loads.every((load) => load.token.aborted)).toBe(true)
  })

  test('leaves no listener on its token, nor does one that was answered', async () => {
    const bench = cacheBench()
    const [token, failing] = [new CancelToken(), new CancelToken()]
    const first = bench.get('k', {}, token)
    await settled()
    bench.answer('v')
    await first
    const second = bench.get('other', {}, failing)
    await settled()
    bench.loads[1]?.reject(new Error('x'))
    await expect(second).rejects.toThrow('x')
    expect([token.waiting, failing.waiting]).toEqual([0, 0])
  })

  test('after it was answered does nothing to the load that others started since', async () => {
    const bench = cacheBench()
    const token = new CancelToken()
    const first = bench.get('k', { ttl: 0 }, token)
    await settled()
    bench.answer('v')
    await first
    const second = bench.get('k', { ttl: 0 })
    await settled()
    token.cancel('late')
    expect(bench.loads[1]?.token.aborted).toBe(false)
    bench.answer('w')
    expect(await second).toMatchObject({ value: 'w' })
  })

  test('does not end a renewal behind the scenes, even as the only one who waits for it', async () => {
    const bench = cacheBench()
    const first = bench.get('k', { stale: 1_000 })
    await settled()
    bench.answer('old')
    await first
    jest.advanceTimersByTime(1_900)
    await bench.get('k', { stale: 1_000 })
    await settled()
    jest.advanceTimersByTime(200)
    const token = new CancelToken()
    const waiting = bench.get('k', { stale: 1_000 }, token)
    await settled()
    token.cancel('left')
    await expect(waiting).rejects.toBe('left')
    expect(bench.loads[1]?.token.aborted).toBe(false)
    bench.answer('new')
    await settled()
    expect(await bench.get('k')).toMatchObject({ value: 'new', state: 'hit' })
  })
})

test('a renewal that fails is told on its channel, with its key, and nowhere else', async () => {
  const seen = timeline()
  const bench = cacheBench()
  const first = bench.get('k', { stale: 1_000 })
  await settled()
  bench.answer('old')
  await first
  jest.advanceTimersByTime(1_500)
  await bench.get('k', { stale: 1_000 })
  await settled()
  const error = new Error('backend down')
  bench.loads[1]?.reject(error)
  await settled()
  seen.close()
  expect(seen.refreshes).toEqual([{ key: 'k', error }])
})
