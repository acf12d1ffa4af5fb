import { describe, expect, test } from '@jest/globals'
import { cacheInfo } from '../../../../src/cache/http/response.ts'
import { lifetimeOf, mayBeStale, mayCoverError, reuseOf } from '../../../../src/cache/http/reuse.ts'
import { NOTHING_SETTLED, type Unsaid } from '../../../../src/cache/http/unsaid.ts'
import { CacheControl } from '../../../../src/lib/cache-control.ts'
import { Fields } from '../../../../src/lib/fields.ts'

const CAME = Date.parse('2026-11-20T12:00:00Z')
const DATE = new Date(CAME).toUTCString()
const CHANGED = new Date(CAME - 600_000).toUTCString()
const POLICY: Unsaid = { ttl: 10_000, negative: 0, jitter: 0, stale: 30_000, staleIfError: 60_000 }

type Head = Readonly<Record<string, string>>
const info = (headers: Head, unsaid: Unsaid = POLICY, status = 200, luck = 0) => {
  const fields = new Fields(Object.entries({ date: DATE, ...headers }).flat())
  return cacheInfo({ status, fields, requested: CAME, received: CAME, luck }, unsaid)
}

describe('how long a response is fresh', () => {
  test.each<[string, Head, number]>([
    ['nothing', {}, 10_000],
    ['when it was changed last, which is no more a guess', { 'last-modified': CHANGED }, 10_000],
    ['that it is public', { 'cache-control': 'public' }, 10_000],
    ['that it must be asked for when it is old', { 'cache-control': 'must-revalidate' }, 10_000],
    ['max-age', { 'cache-control': 'max-age=3' }, 3_000],
    ['a max-age of nothing', { 'cache-control': 'max-age=0' }, 0],
    ['a max-age that cannot be read', { 'cache-control': 'max-age=soon' }, 0],
    ['s-maxage', { 'cache-control': 's-maxage=4, max-age=3' }, 4_000],
    ['Expires', { expires: new Date(CAME + 5_000).toUTCString() }, 5_000],
    ['an Expires that is no date', { expires: '0' }, 0],
    ['Surrogate-Control', { 'surrogate-control': 'max-age=6', 'cache-control': 'max-age=3' }, 6_000],
    [
      'CDN-Cache-Control, and in it nothing of that',
      { 'cdn-cache-control': 'public', 'cache-control': 'max-age=3' },
      10_000,
    ],
  ])('that says %s', (_, headers, expected) => {
    expect(lifetimeOf(info(headers))).toBe(expected)
  })

  test.each<[number, Partial<Unsaid>, number]>([
    [204, {}, 10_000],
    [301, {}, 10_000],
    [302, {}, 0],
    [404, {}, 0],
    [404, { negative: 2_000 }, 2_000],
    [404, { negative: 2_000, ttl: undefined }, 2_000],
    [404, { negative: undefined, ttl: undefined }, 60_000],
    [410, { negative: 2_000 }, 0],
    [500, {}, 0],
    [501, {}, 0],
  ])('with status %d, and %j', (status, unsaid, expected) => {
    expect(lifetimeOf(info({ 'last-modified': CHANGED }, { ...POLICY, ...unsaid }, status))).toBe(expected)
  })

  test('differs by no more than its share, and only where it is not said', () => {
    const jittered = { ...POLICY, jitter: 0.5, negative: 2_000 }
    expect([0, 0.5, 1].map((luck) => lifetimeOf(info({}, jittered, 200, luck)))).toEqual([10_000, 7_500, 5_000])
    expect(lifetimeOf(info({ 'cache-control': 'max-age=3' }, jittered, 200, 1))).toBe(3_000)
    expect(lifetimeOf(info({}, jittered, 404, 1))).toBe(2_000)
  })

  test('is guessed where nothing is settled', () => {
    expect(lifetimeOf(info({ 'last-modified': CHANGED }, NOTHING_SETTLED))).toBe(60_000)
    expect(lifetimeOf(info({}, NOTHING_SETTLED))).toBe(0)
  })
})

/** Until how many milliseconds after its lifetime something holds; -1 for never. */
function until(headers: Head, unsaid: Unsaid, holds: (of: ReturnType<typeof info>, now: number) => boolean): number {
  const of = info(headers, unsaid)
  const end = CAME + lifetimeOf(of)
  const times = [1, 5_000, 6_000, 30_000, 31_000, 60_000, 61_000, 3_600_000]
  return times.filter((ms) => holds(of, end + ms - 1)).at(-1) ?? -1
}

describe('how long an old response is sent', () => {
  const NONE = CacheControl.NONE
  const refreshed = (headers: Head, unsaid = POLICY) =>
    until(headers, unsaid, (of, now) => reuseOf(of, now, NONE) === 'stale')
  const covering = (headers: Head, unsaid = POLICY) => until(headers, unsaid, (of, now) => mayCoverError(of, now, NONE))
  const unreachable = (headers: Head, unsaid = POLICY) => until(headers, unsaid, (of, now) => mayBeStale(of, now))
  const all = (headers: Head, unsaid = POLICY) => [
    refreshed(headers, unsaid),
    covering(headers, unsaid),
    unreachable(headers, unsaid),
  ]

  test.each<[string, Head, number[]]>([
    ['nothing', {}, [30_000, 60_000, 60_000]],
    ['only how long it is fresh', { 'cache-control': 'max-age=3' }, [30_000, 60_000, 60_000]],
    ['how long while it is asked for', { 'cache-control': 'stale-while-revalidate=5' }, [5_000, 60_000, 60_000]],
    ['how long in the place of errors', { 'cache-control': 'stale-if-error=5' }, [30_000, 5_000, 5_000]],
    ['that it must not be', { 'cache-control': 'must-revalidate' }, [-1, -1, -1]],
    ['that no proxy may', { 'cache-control': 'max-age=3, proxy-revalidate' }, [-1, -1, -1]],
    ['that it is asked for each time', { 'cache-control': 'no-cache' }, [-1, -1, -1]],
    ['how long shared caches may have it', { 'cache-control': 's-maxage=3' }, [-1, -1, -1]],
    ['that it is never fresh', { 'cache-control': 'max-age=0' }, [-1, -1, 1]],
  ])('that says %s', (_, headers, expected) => {
    expect(all(headers)).toEqual(expected)
  })

  test('is as long as it is kept where nothing is settled, and only where its origin cannot be reached', () => {
    expect(all({ 'cache-control': 'max-age=3' }, NOTHING_SETTLED)).toEqual([-1, -1, 3_600_000])
    expect(all({ 'cache-control': 'max-age=3, stale-if-error=5' }, NOTHING_SETTLED)).toEqual([-1, 5_000, 3_600_000])
  })

  test('is settled for one of them alone', () => {
    const unsaid = { ...NOTHING_SETTLED, staleIfError: 5_000 }
    expect(all({ 'cache-control': 'max-age=3' }, unsaid)).toEqual([-1, 5_000, 5_000])
  })
})
