// A proxied route that keeps what its backend says may be kept (RFC 9111), over connections; the date is the test's.
import { request } from 'node:http'
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
  const shop = rest('shop', { url: backend.url })
  const keyed = rest('keyed', { url: backend.url, headers: { 'x-api-key': 'k' } })
  const cache = { ttl: 'origin' } as const
  facet = await harness({
    routes: {
      plain: proxy('ANY /plain/*path', shop, { cache }),
      keyed: proxy('ANY /keyed/*path', keyed, { cache }),
      shared: proxy('ANY /shared/*path', shop, { cache: { ...cache, share: 'everyone' } }),
      obeyed: proxy('ANY /obeyed/*path', shop, { cache: { ...cache, requestDirectives: true } }),
      small: proxy('ANY /small/*path', shop, { cache: { ...cache, maxBytes: 100 } }),
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
function answers(headers: Record<string, string>, more: ScriptedReply = {}): void {
  backend.on(`GET ${path}`, (_, nth) => ({
    body: `answer ${nth}`,
    headers: { date: new Date().toUTCString(), ...headers },
    ...more,
  }))
}
const get = (headers: Record<string, string> = {}, route = 'plain') => facet.get(`/${route}${path}`, headers)
const told = async (headers?: Record<string, string>, route?: string) =>
  (await get(headers, route)).headers.get('cache-status')

describe('a response', () => {
  test('is kept for as long as its backend says, and says how old it is', async () => {
    answers({ 'cache-control': 'max-age=60', 'content-type': 'text/plain' })
    const first = await get()
    expect([first.text, first.headers.get('cache-status'), first.headers.get('content-type')]).toEqual([
      ...['answer 1', 'Facet; fwd=uri-miss; stored; ttl=60', 'text/plain'],
    ])
    clock.advance(59_000)
    const second = await get()
    expect([second.text, second.headers.get('cache-status'), second.headers.get('age')]).toEqual([
      ...['answer 1', 'Facet; hit; ttl=1', '59'],
    ])
    clock.advance(2_000)
    expect((await get()).text).toBe('answer 2')
  })

  test.each<[string, Record<string, string>]>([
    ['no-store', { 'cache-control': 'no-store, max-age=60' }],
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['nothing at all', {}],
    ['a lifetime that cannot be read', { 'cache-control': 'max-age=soon' }],
    ['a date of expiry that is none', { expires: '0', 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }],
    ['that everything matters', { 'cache-control': 'max-age=60', vary: '*' }],
    ['a cookie and no lifetime', { 'set-cookie': 'a=b', 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }],
    ['that it is a stream of events', { 'content-type': 'text/event-stream', 'cache-control': 'max-age=60' }],
  ])('that says %s is not sent twice', async (_, headers) => {
    answers(headers)
    expect((await get()).text).toBe('answer 1')
    expect((await get()).text).toBe('answer 2')
  })

  test.each<[string, Record<string, string>, number]>([
    ['s-maxage before max-age', { 'cache-control': 's-maxage=10, max-age=60' }, 10],
    ['CDN-Cache-Control before all', { 'cdn-cache-control': 'max-age=20', 'cache-control': 'no-store' }, 20],
    ['Surrogate-Control before Cache-Control', { 'surrogate-control': 'max-age=30', 'cache-control': 'max-age=5' }, 30],
    ['Expires against Date', { expires: new Date(Date.parse('2026-11-20T12:00:40Z')).toUTCString() }, 40],
    ['Age', { 'cache-control': 'max-age=60', age: '50' }, 10],
    ['a tenth of the time since it was changed', { 'last-modified': 'Fri, 20 Nov 2026 11:50:00 GMT' }, 60],
  ])('is fresh by %s', async (_, headers, seconds) => {
    answers(headers)
    expect(await told()).toContain(`stored; ttl=${seconds}`)
    clock.advance(seconds * 1_000 - 1)
    expect(await told()).toContain('hit')
    clock.advance(2)
    expect(await told()).toContain('fwd=')
  })

  test('is larger than may be kept: passed on whole, and not kept', async () => {
    const body = 'x'.repeat(200_000)
    answers({ 'cache-control': 'max-age=60' }, { body })
    expect([(await get({}, 'small')).text, (await get({}, 'small')).text, asked()]).toEqual([body, body, 2])
  })

  test('is cut off: kept by nobody', async () => {
    answers({ 'cache-control': 'max-age=60', 'content-length': '10' }, { body: '1234567890', cutAfter: 5 })
    expect((await get()).status).toBe(502)
    answers({ 'cache-control': 'max-age=60' })
    expect((await get()).status).toBe(200)
  })

  test('that another cache has told of is told of further', async () => {
    answers({ 'cache-control': 'max-age=60', 'cache-status': 'Inner; hit' })
    expect(await told()).toBe('Inner; hit, Facet; fwd=uri-miss; stored; ttl=60')
    expect(await told()).toBe('Inner; hit, Facet; hit; ttl=60')
  })
})

describe('variants', () => {
  test('are told apart by what the response says', async () => {
    backend.on(`GET ${path}`, ({ headers }) => ({
      body: `in ${headers['accept-language']}`,
      headers: { vary: 'Accept-Language', 'cache-control': 'max-age=60', date: new Date().toUTCString() },
    }))
    for (let round = 0; round < 2; round++)
      for (const language of ['de', 'en', 'de, en'])
        expect((await get({ 'accept-language': language })).text).toBe(`in ${language}`)
    expect(asked()).toBe(3)
    expect((await get({ 'accept-language': 'de,en' })).text).toBe('in de, en')
    expect(asked()).toBe(3)
  })

  test('in a coding are for those who asked for it, also where the backend forgets to say so', async () => {
    answers({ 'cache-control': 'max-age=60', 'content-encoding': 'identity' })
    await get({ 'accept-encoding': 'identity' })
    expect(await told({ 'accept-encoding': 'identity' })).toContain('hit')
    expect(await told({ 'accept-encoding': 'br' })).toContain('fwd=vary-miss')
  })

  test('are told apart by the query, the host and the backend’s credentials', async () => {
    answers({ 'cache-control': 'max-age=60' })
    await get()
    expect(await told()).toContain('hit')
    const query = async (text: string) => (await facet.get(`/plain${path}?${text}`)).headers.get('cache-status')
    expect(
      [await query('a=1&b=2'), await query('b=2&a=1'), await query('a=1&b=2')].map((each) => each?.split(';')[1]),
    ).toEqual([...[' fwd=uri-miss', ' fwd=uri-miss', ' hit']])
    expect(await told({}, 'keyed')).toContain('fwd=uri-miss')
  })
})

describe('a response that is no longer fresh', () => {
  test('is confirmed, and gets the fields that came with that', async () => {
    backend.on(`GET ${path}`, ({ headers }, nth) =>
      headers['if-none-match'] === '"v1"'
        ? { status: 304, headers: { etag: '"v1"', 'cache-control': 'max-age=100', 'x-news': String(nth) } }
        : { body: 'whole', headers: { etag: '"v1"', 'cache-control': 'max-age=10', 'content-type': 'text/plain' } },
    )
    await get()
    clock.advance(20_000)
    const again = await get()
    expect([again.status, again.text, again.headers.get('x-news'), again.headers.get('content-type')]).toEqual([
      ...[200, 'whole', '2', 'text/plain'],
    ])
    expect(again.headers.get('cache-status')).toBe('Facet; fwd=stale; fwd-status=304; stored; ttl=100')
    clock.advance(90_000)
    expect(await told()).toContain('hit')
  })

  test('is kept no longer where its confirmation says that it is private', async () => {
    backend.on(`GET ${path}`, ({ headers }, nth) =>
      headers['if-none-match'] === '"v1"'
        ? { status: 304, headers: { etag: '"v1"', 'cache-control': 'private, max-age=100' } }
        : { body: `answer ${nth}`, headers: { etag: '"v1"', 'cache-control': 'max-age=10' } },
    )
    await get()
    clock.advance(20_000)
    const [second, third] = [await get(), await get()]
    expect([second.text, second.headers.get('cache-status')]).toEqual(['answer 1', 'Facet; fwd=stale; fwd-status=304'])
    expect([third.text, third.headers.get('cache-status')]).toEqual(['answer 3', 'Facet; fwd=uri-miss; stored; ttl=10'])
  })

  test('is sent while a new one is fetched, for as long as stale-while-revalidate says', async () => {
    answers({ 'cache-control': 'max-age=10, stale-while-revalidate=60' })
    await get()
    clock.advance(30_000)
    expect((await get()).text).toBe('answer 1')
    await until('the new one is there', () => asked() === 2)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await get()).text).toBe('answer 2')
  })

  test('stands in for an error for as long as stale-if-error says', async () => {
    answers({ 'cache-control': 'max-age=10, stale-if-error=60' })
    await get()
    answers({}, { status: 503 })
    clock.advance(30_000)
    const old = await get()
    expect([old.status, old.text, old.headers.get('age')]).toEqual([200, 'answer 1', '30'])
    clock.advance(60_000)
    expect((await get()).status).toBe(503)
  })

  test('is sent where the backend cannot be reached, unless it says that it must not be', async () => {
    answers({ 'cache-control': 'max-age=10' })
    await get()
    clock.advance(30_000)
    answers({}, { reset: true })
    expect([(await get()).text, await told()]).toEqual(['answer 1', 'Facet; fwd=stale; detail=unreachable; ttl=-20'])
    for (const directive of ['must-revalidate', 'proxy-revalidate', 's-maxage=10', 'no-cache']) {
      path = `/page${page++}`
      answers({ 'cache-control': `max-age=10, ${directive}`, etag: '"x"' })
      await get()
      clock.advance(30_000)
      answers({}, { reset: true })
      expect([directive, (await get()).status]).toEqual([directive, 504])
    }
  })
})

describe('a request', () => {
  test('for what the client has is answered with 304', async () => {
    answers({ 'cache-control': 'max-age=60', etag: 'W/"v"', 'last-modified': 'Fri, 20 Nov 2026 11:00:00 GMT' })
    await get()
    expect((await get({ 'if-none-match': '"other", "v"' })).status).toBe(304)
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
    expect((await get({ 'if-modified-since': 'Fri, 20 Nov 2026 11:00:00 GMT' })).status).toBe(304)
    expect((await get({ 'if-modified-since': 'Fri, 20 Nov 2026 10:00:00 GMT' })).status).toBe(200)
    expect(asked()).toBe(1)
  })

  test('for a part gets it of what is kept; where nothing is, from the backend, and nothing is kept', async () => {
    answers({ 'cache-control': 'max-age=60', etag: '"v"' }, { body: '0123456789' })
    await get({ range: 'bytes=2-3' })
    expect(await told()).toContain('fwd=uri-miss')
    const part = await get({ range: 'bytes=2-3' })
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '23', 'bytes 2-3/10'])
    expect((await get({ range: 'bytes=-3' })).text).toBe('789')
    expect((await get({ range: 'bytes=5-', 'if-range': '"other"' })).text).toBe('0123456789')
    expect((await get({ range: 'bytes=20-' })).status).toBe(416)
  })

  test('of HEAD is answered from what GET has left', async () => {
    answers({ 'cache-control': 'max-age=60' })
    await get()
    const head = await facet.request(`/plain${path}`, { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length'), head.headers.get('age')]).toEqual([
      200,
      '',
      '8',
      '0',
    ])
    expect(backend.received(`HEAD ${path}`)).toHaveLength(0)
  })

  test('that changes something makes it old, before it is answered', async () => {
    answers({ 'cache-control': 'max-age=60' })
    await get()
    backend.on(`POST ${path}`, { status: 400 })
    await facet.request(`/plain${path}`, { method: 'POST', body: 'x' })
    expect(await told()).toContain('hit')
    backend.on(`POST ${path}`, { status: 204 })
    await facet.request(`/plain${path}`, { method: 'POST', body: 'x' })
    expect((await get()).text).toBe('answer 2')
    backend.on('POST /elsewhere', { status: 201, headers: { location: path } })
    await facet.request('/plain/elsewhere', { method: 'POST', body: 'x' })
    expect((await get()).text).toBe('answer 3')
  })

  test('says how old it may be, only where that counts', async () => {
    answers({ 'cache-control': 'max-age=60' })
    await get()
    await get({}, 'obeyed')
    clock.advance(10_000)
    const asks = ['no-cache', 'max-age=5', 'min-fresh=55', 'no-store']
    for (const directive of asks) expect(await told({ 'cache-control': directive })).toContain('hit')
    const before = asked()
    for (const directive of asks) {
      expect([directive, await told({ 'cache-control': directive }, 'obeyed')].join()).toContain('fwd=')
      clock.advance(10_000)
    }
    expect(asked()).toBe(before + asks.length)
    expect((await get({ 'cache-control': 'only-if-cached' }, 'obeyed')).status).toBe(200)
    path = `/page${page++}`
    expect((await get({ 'cache-control': 'only-if-cached' }, 'obeyed')).status).toBe(504)
    answers({ 'cache-control': 'max-age=10' })
    await get({}, 'obeyed')
    clock.advance(20_000)
    expect(await told({ 'cache-control': 'max-stale=60' }, 'obeyed')).toContain('hit')
    expect(await told({ pragma: 'no-cache' }, 'obeyed')).toContain('fwd=request')
  })
})

describe('what is one user’s', () => {
  test.each(['authorization', 'cookie'])('is neither kept nor answered from what is: %s', async (header) => {
    backend.on(`GET ${path}`, ({ headers }) => ({
      body: `for ${headers[header] ?? 'everyone'}`,
      headers: { 'cache-control': 'public, max-age=60' },
    }))
    expect((await get({ [header]: 'one' })).text).toBe('for one')
    expect((await get()).text).toBe('for everyone')
    expect((await get({ [header]: 'two' })).text).toBe('for two')
    expect((await get()).headers.get('cache-status')).toContain('hit')
  })

  test.each(['authorization', 'cookie'])('is shared where route and backend both say so: %s', async (header) => {
    answers({ 'cache-control': 'max-age=60' })
    for (const user of ['one', 'two']) expect(await told({ [header]: user }, 'shared')).not.toContain('hit')
    expect(asked()).toBe(2)
    answers({ 'cache-control': 'public, max-age=60' })
    await get({ [header]: 'one' }, 'shared')
    expect(await told({ [header]: 'two' }, 'shared')).toContain('hit')
  })

  test('a cookie is for the one who was answered with it', async () => {
    answers({ 'cache-control': 'max-age=60', 'set-cookie': 'session=1' })
    expect((await get()).headers.get('set-cookie')).toBe('session=1')
    expect((await get()).headers.get('set-cookie')).toBeNull()
  })

  test('what is for all is asked for without the address of the one who asks', async () => {
    answers({ 'cache-control': 'max-age=60' })
    await get({ 'x-forwarded-for': '192.0.2.1', 'x-forwarded-host': 'evil.example', forwarded: 'for=x' })
    const headers = backend.received(`GET ${path}`)[0]?.headers ?? {}
    expect([headers['x-forwarded-for'], headers.forwarded, headers['x-request-id']]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(headers['x-forwarded-host']).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(await told()).toContain('hit')
    await get({ cookie: 'a=b' })
    expect(backend.received(`GET ${path}`).at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1')
  })
})

test('a GET with a body is passed through: no key knows of its body', async () => {
  backend.on(`GET ${path}`, ({ body }) => ({ body: `with ${body}`, headers: { 'cache-control': 'max-age=60' } }))
  const withBody = (body: string) =>
    new Promise<string>((resolve, reject) => {
      request(
        `${facet.url}/plain${path}`,
        { method: 'GET', headers: { 'content-length': String(body.length) } },
        (reply) => {
          let text = ''
          reply.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk
          })
          reply.on('end', () => resolve(text))
        },
      )
        .on('error', reject)
        .end(body)
    })
  expect([await withBody('one'), await withBody('two'), (await get()).text]).toEqual(['with one', 'with two', 'with '])
})

describe('equal requests at one time', () => {
  test('are one for the backend', async () => {
    answers({ 'cache-control': 'max-age=60' }, { delay: 50 })
    const replies = await Promise.all(Array.from({ length: 20 }, () => get()))
    expect(replies.map(({ text }) => text)).toEqual(Array(20).fill('answer 1'))
    expect([
      asked(),
      replies.filter(({ headers }) => headers.get('cache-status')?.includes('collapsed')).length,
    ]).toEqual([1, 19])
  })

  test('are one each where the answer is nobody else’s', async () => {
    answers({ 'cache-control': 'no-store' }, { delay: 50 })
    const texts = await Promise.all(Array.from({ length: 5 }, async () => (await get()).text))
    expect(new Set(texts).size).toBe(5)
  })

  test('of which one leaves, go on for the others', async () => {
    answers({ 'cache-control': 'max-age=60' }, { delay: 100 })
    const leave = new AbortController()
    const first = facet.request(`/plain${path}`, { signal: leave.signal }).catch(() => 'left')
    await until('it is asked', () => asked() === 1)
    const second = get()
    await new Promise((resolve) => setTimeout(resolve, 20))
    leave.abort()
    expect([await first, (await second).text, asked()]).toEqual(['left', 'answer 1', 1])
  })
})

describe('a purge', () => {
  test('by a tag that the backend has said', async () => {
    answers({ 'cache-control': 'max-age=60', 'surrogate-key': 'shop product:1', 'cache-tag': 'a, b' })
    for (const [tag, text] of [
      ['product:1', 'answer 2'],
      ['b', 'answer 3'],
    ] as const) {
      await get()
      await facet.app.invalidate([tag])
      expect((await get()).text).toBe(text)
    }
  })

  test('of its route, or of all that there is; softly, it is confirmed before it is sent', async () => {
    backend.on(`GET ${path}`, ({ headers }, nth) =>
      headers['if-none-match'] === '"v"'
        ? { status: 304, headers: { etag: '"v"', 'cache-control': 'max-age=60' } }
        : { body: `answer ${nth}`, headers: { etag: '"v"', 'cache-control': 'max-age=60' } },
    )
    await get()
    await facet.app.invalidate({ tags: ['route:ANY /plain/*path'], soft: true })
    expect([await told(), (await get()).text]).toEqual(['Facet; fwd=stale; fwd-status=304; stored; ttl=60', 'answer 1'])
    await facet.app.invalidate({ tags: ['route:ANY /plain/*path'] })
    expect((await get()).text).toBe('answer 3')
    await facet.app.invalidate({ all: true })
    expect((await get()).text).toBe('answer 4')
  })

  test('while it is being loaded keeps the old one from being kept', async () => {
    answers({ 'cache-control': 'max-age=60', 'cache-tag': 'a' }, { delay: 60 })
    const first = get()
    await until('it is asked', () => asked() === 1)
    await facet.app.invalidate(['a'])
    expect((await first).text).toBe('answer 1')
    expect((await get()).text).toBe('answer 2')
  })
})

test('the connection of an answer that nobody waits for any more is closed', async () => {
  answers({ 'cache-control': 'no-store' }, { body: 'x'.repeat(50_000_000) })
  const leave = new AbortController()
  const reply = await fetch(`${facet.url}/plain${path}`, { signal: leave.signal })
  leave.abort()
  await reply.text().catch(() => {})
  await until('the backend has seen it', () => backend.received(`GET ${path}`)[0]?.aborted === true)
})
