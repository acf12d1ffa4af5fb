// What is kept of a proxied route is what the backend has said: what is made of it for one client is nobody else's.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { client, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { type SaidBackend, saidBackend } from '../support/said-backend.ts'
import { head, say } from '../support/wire.ts'

let backend: SaidBackend
let facet: Harness
const FRESH = { 'Cache-Control': 'public, max-age=600' }

beforeAll(async () => {
  backend = await saidBackend()
  const root = rest('root', { url: backend.url })
  const cache = { ttl: 'origin' } as const
  facet = await harness({
    routes: {
      one: proxy('ANY /one/*path', root, { cache }),
      two: proxy('ANY /two/*path', rest('second', { url: backend.url }), { cache, host: 'keep' }),
      made: proxy('ANY /made/*path', rest('third', { url: backend.url }), {
        cache,
        headers: {
          request: {
            set: {
              'x-tenant': ({ header }) => header('x-asks')?.slice(0, 4),
              authorization: ({ header }) => header('x-token') && `Bearer ${header('x-token')}`,
            },
          },
          response: { set: { 'x-for': ({ header }) => header('x-asks') } },
        },
      }),
      fixed: proxy('ANY /fixed/*path', rest('fourth', { url: backend.url }), {
        cache,
        headers: {
          request: { deny: ['Cookie'], set: { Authorization: 'Bearer ours' } },
          response: { allow: ['X-Seen', 'Cache-Control'], deny: ['ETag'], set: { 'X-By': 'facet' } },
        },
      }),
      a: proxy('ANY /same/a/*path', root, { cache }),
      b: proxy('ANY /same/b/*path', root, { cache, host: 'keep' }),
      c: proxy('ANY /same/c/*path', root, { cache, headers: { request: { set: { 'x-role': 'admin' } } } }),
      d: proxy('ANY /same/d/*path', root, { cache, headers: { request: { deny: ['x-a'] } } }),
      listed: proxy('ANY /listed/*path', rest('fifth', { url: backend.url }), {
        cache,
        headers: { request: { allow: ['x-a'] } },
      }),
    },
    clients: [client('mobile', { path: '/m' })],
    environment: { VIA_PSEUDONYM: 'facet-here' },
  })
})
beforeEach(() => facet.app.runtime.cache.clear())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const isHit = (headers: Headers) => /Facet; hit/.test(headers.get('cache-status') ?? '')

describe('a kept response', () => {
  test('points each client to where that has asked', async () => {
    const sent = { ...FRESH, Location: `${backend.url}/a`, 'Content-Location': '/b', Via: '1.0 inner' }
    backend.answer((_, response) => void response.writeHead(301, sent).end())
    const first = await say(facet.url, head('/m/one/x'))
    const second = await say(facet.url, head('/one/x'))
    const third = await say(facet.url, head('/m/one/x'))
    const seen = [first, second, third].map(({ headers }) => [headers.get('location'), headers.get('content-location')])
    expect(seen).toEqual([
      ['/m/one/a', '/m/one/b'],
      ['/one/a', '/one/b'],
      ['/m/one/a', '/m/one/b'],
    ])
    expect([isHit(first.headers), isHit(second.headers), isHit(third.headers)]).toEqual([false, true, true])
    expect([first, second].map(({ headers }) => headers.get('via'))).toEqual(Array(2).fill('1.0 inner, 1.1 facet-here'))
  })

  test('has the cookie of who was first for him alone, as one of the route', async () => {
    backend.answer((_, response) => void response.writeHead(200, { ...FRESH, 'Set-Cookie': 'a=1; Path=/' }).end('ok'))
    const [first, second] = [await say(facet.url, head('/m/one/c')), await say(facet.url, head('/one/c'))]
    expect(first.headers.getSetCookie()).toEqual(['a=1; Path=/m/one'])
    expect([isHit(second.headers), second.headers.getSetCookie()]).toEqual([true, []])
  })

  test('of a backend that is told the host is for those who ask that host', async () => {
    backend.answer(({ headers }, response) => {
      response.writeHead(301, { ...FRESH, Location: `http://${headers.host}/a` }).end(headers.host)
    })
    const ask = (host: string) => say(facet.url, head('/two/x', { Host: host }))
    const replies = [await ask('a.example'), await ask('b.example'), await ask('a.example')]
    expect(replies.map(({ text, headers }) => [text, headers.get('location'), isHit(headers)])).toEqual([
      ['a.example', '/two/a', false],
      ['b.example', '/two/a', false],
      ['a.example', '/two/a', true],
    ])
  })

  test('is forgotten by what a write says in the words of the backend', async () => {
    let count = 0
    backend.answer(({ method }, response) => {
      if (method === 'POST') response.writeHead(201, { Location: '/item' }).end()
      else response.writeHead(200, FRESH).end(String(++count))
    })
    const read = async () => (await say(facet.url, head('/one/item'))).text
    expect([await read(), await read()]).toEqual(['1', '1'])
    const { headers } = await say(facet.url, head('/one/items', { 'Content-Length': '0' }, 'POST'))
    expect(headers.get('location')).toBe('/one/item')
    expect(await read()).toBe('2')
  })
})

describe('what is made of a request', () => {
  const echo = () =>
    backend.answer(({ headers }, response) => {
      response.writeHead(200, FRESH).end(`${headers['x-tenant'] ?? '-'} ${headers.authorization ?? '-'}`)
    })

  test('tells what is kept apart, whatever the backend says that it depends on', async () => {
    echo()
    const ask = async (asks: string) => {
      const { text, headers } = await say(facet.url, head('/made/x', { 'X-Asks': asks }))
      return [text, headers.get('x-for'), isHit(headers)]
    }
    expect(await ask('acme-1')).toEqual(['acme -', 'acme-1', false])
    expect(await ask('evil-1')).toEqual(['evil -', 'evil-1', false])
    // One tenant is one variant; what is said in the answer is this client's still.
    expect(await ask('acme-2')).toEqual(['acme -', 'acme-2', true])
    expect(await ask('evil-2')).toEqual(['evil -', 'evil-2', true])
  })

  test('tells those apart who ask at once', async () => {
    backend.answer(({ headers }, response) => {
      setTimeout(() => response.writeHead(200, FRESH).end(String(headers['x-tenant'])), 30)
    })
    const ask = async (asks: string) => (await say(facet.url, head('/made/once', { 'X-Asks': asks }))).text
    expect(await Promise.all(['acme', 'evil', 'acme', 'evil'].map(ask))).toEqual(['acme', 'evil', 'acme', 'evil'])
  })

  test('as credentials is kept for nobody, as if the client had sent them', async () => {
    echo()
    const ask = async (token: string) => {
      const { text, headers } = await say(facet.url, head('/made/y', { 'X-Token': token }))
      return [text, isHit(headers)]
    }
    expect(await ask('one')).toEqual(['- Bearer one', false])
    expect(await ask('two')).toEqual(['- Bearer two', false])
    expect(await ask('one')).toEqual(['- Bearer one', false])
    expect((await say(facet.url, head('/made/y'))).text).toBe('- -')
  })

  test('and cannot be sent is refused, also where an answer is kept', async () => {
    echo()
    await say(facet.url, head('/made/z', { 'X-Asks': 'acme' }))
    const reply = await say(facet.url, head('/made/z', { 'X-Asks': 'acme' }))
    expect(isHit(reply.headers)).toBe(true)
    // Node takes a DEL in a header, and no other server has to.
    expectProblem(await say(facet.url, head('/made/z', { 'X-Asks': 'a\x7fme' })), 'input-invalid')
  })
})

describe('routes that ask one backend in different ways', () => {
  test.each(['/same/a', '/same/b', '/same/c', '/same/d'])('do not answer with what %s was answered', async (first) => {
    backend.answer(({ headers, url }, response) => {
      const told = [headers.host === 'facet.test', headers['x-role'], headers['x-a'] ?? '-']
      response.writeHead(url === '/x' ? 200 : 404, FRESH).end(told.join())
    })
    const ask = async (path: string) => (await say(facet.url, head(`${path}/x`, { 'X-A': '1' }))).text
    const expected = { '/same/a': 'false,,1', '/same/b': 'true,,1', '/same/c': 'false,admin,1', '/same/d': 'false,,-' }
    await ask(first)
    for (const [path, text] of Object.entries(expected)) expect([path, await ask(path)]).toEqual([path, text])
  })
})

describe('the lists of a route', () => {
  test('hold for what is kept: what is the same for all is shared, and what is denied is not asked with', async () => {
    backend.answer(({ headers }, response) => {
      response
        .writeHead(200, { ...FRESH, ETag: '"1"', 'X-Hidden': '1', 'X-Seen': headers.cookie ?? 'none' })
        .end(headers.authorization)
    })
    const ask = (cookie: string) => say(facet.url, head('/fixed/x', { Cookie: cookie, Authorization: 'Bearer client' }))
    const [first, second] = [await ask('a=1'), await ask('a=2')]
    expect([isHit(first.headers), isHit(second.headers)]).toEqual([false, true])
    for (const { text, headers } of [first, second]) {
      expect([text, headers.get('x-seen'), headers.get('x-by')]).toEqual(['Bearer ours', 'none', 'facet'])
      expect([headers.get('x-hidden'), headers.get('etag'), headers.get('content-length')]).toEqual([null, null, '11'])
    }
    expect(second.headers.get('age')).toMatch(/^\d+$/)
  })

  test('of what is allowed: nothing else is asked with', async () => {
    backend.answer((_, response) => void response.writeHead(200, FRESH).end('ok'))
    await say(facet.url, head('/listed/x', { 'X-A': '1', 'X-B': '2', Cookie: 'a=1' }))
    expect(backend.last).toMatchObject({ 'x-a': '1', 'x-forwarded-host': 'facet.test' })
    expect([backend.last['x-b'], backend.last.cookie]).toEqual([undefined, undefined])
  })
})
