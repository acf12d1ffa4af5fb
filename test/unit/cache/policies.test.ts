// Each policy of a cache on a line of time.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Freshness } from '../../../src/cache/entry.ts'
import { type ErrorCode, FacetError } from '../../../src/errors.ts'
import { cacheBench } from '../support/cache.ts'
import { settled } from '../support/deferred.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }))
afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

const outage = new FacetError('backend-unreachable')
const missing = new FacetError('resource-unknown', { upstream: 404 })

/** A bench and one policy; `at` asks at a moment, and answers the load that it makes, if it makes one. */
function line(policy: Partial<Freshness>) {
  const bench = cacheBench()
  const start = Date.now()
  const at = async (moment: number, answer?: unknown, loaded = {}) => {
    jest.setSystemTime(start + moment)
    const before = bench.loads.length
    const found = bench.get('k', policy).catch((error: FacetError) => ({ failed: error.code, kept: error !== answer }))
    await settled()
    const isLoaded = bench.loads.length > before
    if (isLoaded) {
      if (answer instanceof Error) bench.loads.at(-1)?.reject(answer)
      else bench.answer(answer, loaded)
    }
    const outcome = await found
    await settled()
    return { ...outcome, isLoaded }
  }
  return { ...bench, at }
}

describe('staleIfError', () => {
  test('gives the old value while no new one can be had, and fails when it has become too old', async () => {
    const { at } = line({ ttl: 1_000, staleIfError: 5_000 })
    await at(0, 'old')
    expect(await at(1_500, outage)).toMatchObject({ value: 'old', state: 'stale-if-error', age: 1_500, ttl: -500 })
    expect(await at(5_999, outage)).toMatchObject({ value: 'old', state: 'stale-if-error' })
    expect(await at(6_000, outage)).toEqual({ failed: 'backend-unreachable', kept: false, isLoaded: true })
  })

  test('asks again each time, and keeps what then comes', async () => {
    const { at } = line({ ttl: 1_000, staleIfError: 5_000 })
    await at(0, 'old')
    expect(await at(1_500, outage)).toMatchObject({ value: 'old', isLoaded: true })
    expect(await at(1_600, 'new')).toMatchObject({ value: 'new', state: 'miss' })
    expect(await at(1_700)).toMatchObject({ value: 'new', state: 'hit', isLoaded: false })
  })

  test('begins where stale ends, and is no shorter than that', async () => {
    const { at } = line({ ttl: 1_000, stale: 1_000, staleIfError: 3_000 })
    await at(0, 'old')
    expect(await at(1_500, outage)).toMatchObject({ value: 'old', state: 'stale' })
    expect(await at(2_500, outage)).toMatchObject({ value: 'old', state: 'stale-if-error' })
    expect(await at(4_000, outage)).toMatchObject({ failed: 'backend-unreachable' })
  })

  test.each<[ErrorCode, object, boolean]>([
    ['backend-unreachable', {}, true],
    ['backend-timeout', {}, true],
    ['backend-malformed', {}, true],
    ['backend-shape', {}, true],
    ['deadline', {}, true],
    ['overloaded', {}, true],
    ['backend-status', { upstream: 503 }, true],
    ['backend-status', { upstream: 403 }, false],
    ['backend-fault', { fault: { name: undefined, codes: [], detail: undefined } }, false],
    ['resource-unknown', { upstream: 404 }, false],
    ['input-invalid', {}, false],
    ['auth-forbidden', {}, false],
    ['internal', {}, false],
  ])('stands in for %s %j: %s', async (code, details, covers) => {
    const { at } = line({ ttl: 1_000, staleIfError: 5_000 })
    await at(0, 'old')
    expect(await at(1_500, new FacetError(code, details))).toMatchObject(covers ? { value: 'old' } : { failed: code })
  })

  test('does not stand in for a mistake in the program', async () => {
    const { at } = line({ ttl: 1_000, staleIfError: 5_000 })
    await at(0, 'old')
    expect(await at(1_500, new TypeError('x'))).toMatchObject({ failed: undefined, isLoaded: true })
  })

  test('is for everyone who waits', async () => {
    const bench = cacheBench()
    const policy = { ttl: 1_000, staleIfError: 5_000 }
    const first = bench.get('k', policy)
    await settled()
    bench.answer('old')
    await first
    jest.advanceTimersByTime(2_000)
    const waiters = [bench.get('k', policy), bench.get('k', policy), bench.get('k', policy)]
    await settled()
    bench.loads.at(-1)?.reject(outage)
    for (const found of await Promise.all(waiters))
      expect(found).toMatchObject({ value: 'old', state: 'stale-if-error' })
    expect(bench.loads).toHaveLength(2)
  })

  test('gives nothing that was purged while the new one was asked for', async () => {
    const bench = cacheBench()
    const policy = { ttl: 1_000, staleIfError: 5_000, tags: ['t'] }
    const first = bench.get('k', policy)
    await settled()
    bench.answer('old')
    await first
    jest.advanceTimersByTime(2_000)
    const second = bench.get('k', policy)
    await settled()
    await bench.cache.purge({ tags: ['t'] })
    bench.loads.at(-1)?.reject(outage)
    await expect(second).rejects.toBe(outage)
  })
})

describe('negative', () => {
  test('keeps for its time that there is nothing', async () => {
    const { at } = line({ ttl: 60_000, negative: 1_000 })
    expect(await at(0, missing)).toEqual({ failed: 'resource-unknown', kept: false, isLoaded: true })
    expect(await at(999)).toEqual({ failed: 'resource-unknown', kept: true, isLoaded: false })
    expect(await at(1_000, 'there now')).toMatchObject({ value: 'there now', state: 'miss' })
    expect(await at(1_001)).toMatchObject({ value: 'there now', state: 'hit' })
  })

  test('keeps no other failure', async () => {
    const { at } = line({ ttl: 60_000, negative: 1_000 })
    await at(0, outage)
    expect(await at(1, outage)).toMatchObject({ failed: 'backend-unreachable', isLoaded: true })
  })

  test('takes the place of an old value, which then is no longer there for an outage', async () => {
    const { at } = line({ ttl: 1_000, negative: 1_000, staleIfError: 60_000 })
    await at(0, 'old')
    expect(await at(1_500, missing)).toMatchObject({ failed: 'resource-unknown' })
    expect(await at(3_000, outage)).toMatchObject({ failed: 'backend-unreachable' })
  })

  test('is off unless it is said', async () => {
    const { at } = line({ ttl: 60_000 })
    await at(0, missing)
    expect(await at(1, missing)).toMatchObject({ isLoaded: true })
  })

  test('gives the same failure again: status, and what a Fault said', async () => {
    const fault = { name: 'UnknownCustomer', codes: ['soap:Client'], detail: { CustomerNo: '1' } }
    const bench = cacheBench()
    const first = bench.get('k', { negative: 1_000 })
    await settled()
    bench.loads[0]?.reject(new FacetError('resource-unknown', { fault }))
    await expect(first).rejects.toMatchObject({ fault })
    await expect(bench.get('k', { negative: 1_000 })).rejects.toMatchObject({
      code: 'resource-unknown',
      status: 404,
      fault,
    })
  })

  test('goes with a purge, like a value', async () => {
    const { at, cache } = line({ ttl: 60_000, negative: 60_000, tags: ['t'] })
    await at(0, missing)
    await cache.purge({ tags: ['t'] })
    expect(await at(1, 'there')).toMatchObject({ value: 'there' })
  })
})

describe('jitter', () => {
  test.each([
    [0, 1_000],
    [0.5, 950],
    [0.999, 900],
  ])('takes up to its share from a lifetime: with %d of it %d', async (random, lifetime) => {
    jest.spyOn(Math, 'random').mockReturnValue(random)
    const { at } = line({ ttl: 1_000, jitter: 0.1 })
    expect(Math.round(((await at(0, 'v')) as unknown as { ttl: number }).ttl)).toBe(lifetime)
    expect(await at(lifetime - 1)).toMatchObject({ state: 'hit' })
    expect(await at(lifetime + 1, 'w')).toMatchObject({ state: 'miss' })
  })
})

describe('maxBytes', () => {
  test('keeps nothing that is larger', async () => {
    const { at } = line({ ttl: 1_000, maxBytes: 100 })
    expect(await at(0, 'v', { size: 101 })).toMatchObject({ value: 'v', stored: false })
    expect(await at(1, 'w', { size: 100 })).toMatchObject({ value: 'w', stored: true })
    expect(await at(2)).toMatchObject({ value: 'w', state: 'hit' })
  })
})

describe('what a value is made of', () => {
  test('bounds how long it is fresh', async () => {
    const { at } = line({ ttl: 60_000 })
    expect(await at(0, 'v', { fresh: 1_000_000 + 500 })).toMatchObject({ ttl: 500, stored: true })
    expect(await at(499)).toMatchObject({ state: 'hit', ttl: 1 })
    expect(await at(500, 'w')).toMatchObject({ state: 'miss', ttl: 60_000 })
  })

  test('and that was stale already, makes it stale from the start', async () => {
    const { at } = line({ ttl: 60_000, stale: 1_000 })
    expect(await at(0, 'v', { fresh: 999_000 })).toMatchObject({ ttl: 0, stored: true })
    expect(await at(1, 'w')).toMatchObject({ value: 'v', state: 'stale' })
    const without = line({ ttl: 60_000 })
    expect(await without.at(0, 'v', { fresh: 900_000 })).toMatchObject({ stored: false })
  })
})

describe('what is only a makeshift', () => {
  test('is kept for its own time, and never stale', async () => {
    const { at } = line({ ttl: 60_000, stale: 60_000, staleIfError: 60_000 })
    await at(0, 'partial', { isMakeshift: true, fresh: 1_000_500 })
    expect(await at(499)).toMatchObject({ value: 'partial', state: 'hit' })
    expect(await at(500, outage)).toMatchObject({ failed: 'backend-unreachable' })
  })

  test('does not take the place of an old value that may still be needed', async () => {
    const { at } = line({ ttl: 1_000, staleIfError: 60_000 })
    await at(0, 'whole')
    expect(await at(1_500, 'partial', { isMakeshift: true, fresh: 1_010_000 })).toMatchObject({ stored: false })
    expect(await at(1_600, outage)).toMatchObject({ value: 'whole', state: 'stale-if-error' })
  })
})
