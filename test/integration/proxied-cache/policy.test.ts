// A proxied route whose team says how long answers are kept of which the backend says nothing, over connections; the date is the test's.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, type ScriptedReply, scriptedBackend } from 'facet/testing'
import { type Clock, fakeDate } from '../support/clock.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
let clock: Clock
let page = 0
/** A path that nothing has been kept of. */
let path = ''

beforeAll(async () => {
  backend = await scriptedBackend()
  const shop = rest('shop', { url: backend.url, breaker: false })
  facet = await harness({
    routes: {
      origin: proxy('ANY /origin/*path', shop, { cache: 'origin' }),
      settled: proxy('ANY /settled/*path', shop, {
        cache: { ttl: '10s', stale: '30s', staleIfError: '1h', negative: '5s' },
      }),
      short: proxy('ANY /short/*path', shop, { cache: { ttl: '10s' } }),
      tenant: proxy('ANY /by-tenant/*path', shop, {
        cache: { ttl: '10s' },
        headers: { request: { set: { 'x-tenant': ({ header }) => header('x-tenant') } } },
      }),
      shared: proxy('ANY /shared/*path', shop, { cache: { ttl: '10s', share: 'everyone' } }),
      jittered: proxy('ANY /jittered/*path', shop, { cache: { ttl: '1h', jitter: 0.5 } }),
      both: proxy('ANY /both/*path', shop, { cache: { ttl: 'origin', stale: '30s' } }),
      small: proxy('ANY /small/*path', shop, { cache: { ttl: '10s', maxBytes: 4 } }),
    },
  })
})
beforeEach(() => {
  clock = fakeDate()
  path = `/page${page++}`
})
afterEach(() => clock.restore())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const asked = () => backend.received(`GET ${path}`).length
/** Each answer of the backend says which one it is. */
function answers(headers: Record<string, string> = {}, more: ScriptedReply = {}): void {
  backend.on(`GET ${path}`, (_, nth) => ({
    body: `answer ${nth}`,
    headers: { date: new Date().toUTCString(), ...headers },
    ...more,
  }))
}
const get = (route = 'settled', headers: Record<string, string> = {}) => facet.get(`/${route}${path}`, headers)
const said = async (route?: string) => {
  const { text, headers } = await get(route)
  return [text, headers.get('cache-status')]
}

describe('a response of which its backend says nothing', () => {
  test('is kept for as long as the route says', async () => {
    answers()
    expect(await said()).toEqual(['answer 1', 'Facet; fwd=uri-miss; stored; ttl=10'])
    clock.advance(9_999)
    expect(await said()).toEqual(['answer 1', 'Facet; hit; ttl=0'])
  })

  test('is sent for a while after that, and a new one fetched meanwhile', async () => {
    answers()
    await get()
    clock.advance(39_000)
    expect(await said()).toEqual(['answer 1', 'Facet; hit; ttl=-29'])
    await until('there is a new one', async () => (await get()).text === 'answer 2')
    expect(asked()).toBe(2)
    clock.advance(40_000)
    expect(await said()).toEqual(['answer 3', 'Facet; fwd=stale; stored; ttl=10'])
  })

  test.each<[string, ScriptedReply, RegExp]>([
    ['an error', { status: 503, body: 'no' }, /; fwd-status=503; ttl=-3599$/],
    ['no answer at all', { reset: true }, /; detail=unreachable; ttl=-3599$/],
    ['half an answer', { body: 'half of it', cutAfter: 4 }, /; detail=unreachable; ttl=-3599$/],
  ])('stands in for %s, for as long as the route says', async (_, failure, how) => {
    answers()
    await get()
    answers({}, failure)
    clock.advance(3_609_000)
    const { status, text, headers } = await get()
    expect([status, text]).toEqual([200, 'answer 1'])
    expect(headers.get('cache-status')).toMatch(how)
    clock.advance(1_000)
    expect((await get()).status).toBe(failure.status ?? 502)
  })

  test.each<[string, ScriptedReply]>([
    ['an error', { status: 503, body: 'no' }],
    ['no answer at all', { reset: true }],
    ['half an answer', { body: 'half of it', cutAfter: 4 }],
  ])('stands in for %s on no route that does not say so', async (_, failure) => {
    answers()
    await get('short')
    answers({}, failure)
    clock.advance(10_001)
    expect((await get('short')).status).toBe(failure.status ?? 504)
  })

  test('is confirmed where it can be, and is as good as new', async () => {
    answers({ etag: '"a"' })
    await get('short')
    clock.advance(11_000)
    answers({ etag: '"a"' }, { status: 304, body: '' })
    expect(await said('short')).toEqual(['answer 1', 'Facet; fwd=stale; fwd-status=304; stored; ttl=10'])
    expect(await said('short')).toEqual(['answer 1', 'Facet; hit; ttl=10'])
  })

  test('and that says that there is none is kept for as long as the route says that', async () => {
    answers({}, { status: 404 })
    expect((await get()).status).toBe(404)
    clock.advance(4_999)
    expect((await get()).headers.get('cache-status')).toContain('hit')
    answers({}, { status: 404 })
    await get('short')
    expect((await get('short')).headers.get('cache-status')).toContain('fwd=')
    expect(asked()).toBe(3)
  })

  test('is kept by one route’s word for that route alone, and made old for all by a write', async () => {
    answers()
    expect((await get()).text).toBe('answer 1')
    expect((await get('origin')).text).toBe('answer 2')
    expect((await get('short')).text).toBe('answer 3')
    expect([(await get()).text, (await get('short')).text]).toEqual(['answer 1', 'answer 3'])
    backend.on(`POST ${path}`, { status: 204 })
    await facet.request(`/origin${path}`, { method: 'POST' })
    expect([(await get()).text, (await get('short')).text]).toEqual(['answer 4', 'answer 5'])
  })

  test('is kept by one fetch where many ask at once', async () => {
    answers({}, { body: 'one', delay: 30 })
    const replies = await Promise.all(Array.from({ length: 5 }, () => get()))
    expect([new Set(replies.map(({ text }) => text)), asked()]).toEqual([new Set(['one']), 1])
  })

  test('is kept no longer than a share less, each one differently, and each one as it was', async () => {
    const ttlOf = async () => Number(/ttl=(\d+)/.exec((await get('jittered')).headers.get('cache-status') ?? '')?.[1])
    const drawn: number[] = []
    for (let nth = 0; nth < 10; nth++) {
      path = `/page${page++}`
      answers()
      drawn.push(await ttlOf())
      expect(await ttlOf()).toBe(drawn.at(-1))
    }
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1_799)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(3_600)
    expect(new Set(drawn).size).toBeGreaterThan(5)
  })

  test('and that is larger than the route says is passed on whole, and not kept', async () => {
    answers()
    expect([(await get('small')).text, (await get('small')).text]).toEqual(['answer 1', 'answer 2'])
  })
})

describe('what the backend says counts first', () => {
  test.each<[string, Record<string, string>]>([
    ['no-store', { 'cache-control': 'no-store' }],
    ['private', { 'cache-control': 'private' }],
    ['no-cache', { 'cache-control': 'no-cache' }],
    ['that it is old at once', { 'cache-control': 'max-age=0' }],
    ['that it was old before it came', { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['that it is no longer so young', { age: '10' }],
    ['that everything matters', { vary: '*' }],
    ['a cookie', { 'set-cookie': 'a=b' }],
    ['that it is a stream of events', { 'content-type': 'text/event-stream' }],
  ])('%s', async (_, headers) => {
    answers(headers)
    expect([(await get('short')).text, (await get('short')).text]).toEqual(['answer 1', 'answer 2'])
  })

  test('for how long it is fresh', async () => {
    answers({ 'cache-control': 'max-age=60' })
    expect(await said('short')).toEqual(['answer 1', 'Facet; fwd=uri-miss; stored; ttl=60'])
    clock.advance(59_000)
    expect(await said('short')).toEqual(['answer 1', 'Facet; hit; ttl=1'])
  })

  test('for how long it is sent when it no longer is', async () => {
    answers({ 'cache-control': 'max-age=10, stale-while-revalidate=1, stale-if-error=2' })
    await get()
    clock.advance(11_500)
    answers({}, { status: 503, body: 'no' })
    expect((await get()).text).toBe('answer 1')
    clock.advance(1_000)
    expect((await get()).status).toBe(503)
  })

  test('that it must be asked for when it is old, also where it is broken', async () => {
    answers({ 'cache-control': 'must-revalidate' })
    expect(await said()).toEqual(['answer 1', 'Facet; fwd=uri-miss; stored; ttl=10'])
    clock.advance(10_001)
    answers({}, { reset: true })
    expect((await get()).status).toBe(504)
  })

  test.each(['origin', 'both'])('of route /%s, which leaves how long it is fresh to that', async (route) => {
    answers()
    expect([(await get(route)).text, (await get(route)).text]).toEqual(['answer 1', 'answer 2'])
    answers({ 'cache-control': 'max-age=10' })
    expect([(await get(route)).text, (await get(route)).text]).toEqual(['answer 3', 'answer 3'])
    clock.advance(11_000)
    expect((await get(route)).text).toBe(route === 'both' ? 'answer 3' : 'answer 4')
  })
})

describe('credentials', () => {
  const ask = async (route: string, who: string, name = 'authorization') => (await get(route, { [name]: who })).text

  test.each([
    ['short', 'authorization'],
    ['short', 'cookie'],
    ['shared', 'authorization'],
    ['short', 'x-api-key'],
    ['origin', 'x-auth-token'],
    ['by-tenant', 'x-tenant'],
  ])('on /%s in %s never share an answer of which the backend says nothing', async (route, name) => {
    backend.on(`GET ${path}`, ({ headers }) => ({ body: `for ${headers[name] ?? 'all'}` }))
    const heard = []
    for (const who of ['a=1', 'b=2', 'a=1']) heard.push(await ask(route, who, name))
    expect([heard, (await get(route)).text]).toEqual([['for a=1', 'for b=2', 'for a=1'], 'for all'])
    // What only tells answers apart is kept for those who say the same.
    expect([await ask(route, 'c=3', name), asked()]).toEqual(['for c=3', route === 'by-tenant' ? 4 : 5])
  })

  test('share one where the backend says that it is for all, and the route that it means that', async () => {
    answers({ 'cache-control': 'public' })
    expect([await ask('shared', 'one'), await ask('shared', 'two')]).toEqual(['answer 1', 'answer 1'])
    expect([await ask('short', 'one'), await ask('short', 'two')]).toEqual(['answer 2', 'answer 3'])
  })
})
