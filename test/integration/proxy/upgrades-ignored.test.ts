import { createConnection } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { forgotten, nothingLeft } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { handshake, upgraded, type WebSocketServer, webSocketServer } from '../support/websocket.ts'
import { type Echo, echo } from './echo.ts'

/** Routes that change, keep or copy what goes through: no name in `Upgrade` is a way around that. */
let backend: WebSocketServer
let second: Echo
let facet: Harness
let lost: ReturnType<typeof forgotten>
beforeEach(async () => {
  lost = forgotten()
  backend = await webSocketServer()
  second = await echo('second')
  backend.onRequest = ({ method, headers }, response) =>
    void response
      .setHeader('Content-Type', 'application/json')
      .setHeader('Cache-Control', 'max-age=60')
      .end(JSON.stringify({ name: 'Ada', secret: 'S3CRET', asked: `${method} ${headers.upgrade}` }))
})
afterEach(async () => {
  await facet.close()
  await backend.close()
  await second.close()
  await nothingLeft(facet)
  lost.close()
  expect(lost.errors).toEqual([])
})

type Options = NonNullable<Parameters<typeof proxy>[2]>

const HOOK: Options = { response: ({ body }) => ({ name: (body as { name: string }).name }) }
const CACHE: Options = { cache: { ttl: 'origin' } }

async function start(options: Options): Promise<void> {
  const upstream = rest('main', { url: backend.url, timeout: '2s' })
  facet = await harness({ routes: { it: proxy('ANY /p/*path', upstream, options) } })
}

/** Asks with the text of an upgrade, to a protocol that nobody has. */
const foo = (method = 'GET') => handshake('/p/x').replace('GET', method).replace('websocket', 'foo')

const REFUSAL = [
  'HTTP/1.1 401 Who Are You',
  'WWW-Authenticate: Basic',
  'Set-Cookie: a=1',
  'Set-Cookie: b=2',
  'Content-Type: application/json',
  'ETag: "e"',
  'Cache-Control: public, max-age=60',
  'CDN-Cache-Control: max-age=600',
  'Expires: Fri, 01 Jan 2100 00:00:00 GMT',
]
const SECRET = '{"secret":"S3CRET"}'

describe('another protocol than WebSocket is passed over', () => {
  test.each<[string, Options, string]>([
    ['a response hook', HOOK, '{"name":"Ada"}'],
    ['`as`', { as: 'xml' }, '<name>Ada</name>'],
    ['a request hook', { request: ({ body }) => body }, '"asked":"GET undefined"'],
    ['a cache', CACHE, '"asked":"GET undefined"'],
    ['a shadow', { shadow: { to: 'http://127.0.0.1:9' } }, '"asked":"GET undefined"'],
  ])('on a route with %s, and the request is answered as an ordinary one', async (_, options, expected) => {
    await start(options)
    const answer = await upgraded(facet.url, foo())
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    expect(await answer.text).toContain(expected)
  })

  test('so that what it changes is not kept any longer', async () => {
    await start(CACHE)
    const cached = async () => (await facet.get('/p/x')).headers.get('cache-status')
    expect(await cached()).toContain('stored')
    expect(await cached()).toContain('hit')
    expect((await upgraded(facet.url, foo('DELETE'))).status).toBe(200)
    expect(await cached()).toContain('stored')
    await upgraded(facet.url, foo())
    expect((await upgraded(facet.url, foo())).headers.get('cache-status')).toContain('hit')
  })

  test('so that the shadow is sent it, too', async () => {
    await start({ shadow: { to: second.url, writes: true } })
    expect((await upgraded(facet.url, foo('DELETE'))).status).toBe(200)
    await until('it is in the shadow', () => second.requests.length === 1)
    expect(second.requests[0]).toMatchObject({ method: 'DELETE', url: '/x' })
    expect(second.requests[0]?.headers).not.toHaveProperty('upgrade')
  })

  test('and so is a WebSocket that is not asked for by GET', async () => {
    await start(HOOK)
    const answer = await upgraded(facet.url, handshake('/p/x').replace('GET', 'POST'))
    expect([answer.status, await answer.text]).toEqual([200, '{"name":"Ada"}'])
  })

  test.each(['end', 'destroy', 'resetAndDestroy'] as const)('and a client that leaves is heard: %s', async (leave) => {
    await start(HOOK)
    let asked = 0
    let closed = 0
    backend.onRequest = (_, response) => {
      asked++
      response.once('close', () => closed++)
    }
    const seen = timeline()
    const socket = createConnection(Number(new URL(facet.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(foo())
    await until('it is asked', () => asked === 1)
    const left = performance.now()
    socket[leave]()
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 499, code: 'client-closed' })
    await until('the backend has heard of it', () => closed === 1)
    expect(performance.now() - left).toBeLessThan(1_500)
  })
})

describe('a WebSocket', () => {
  test.each<[string, Options]>([
    ['a response hook', HOOK],
    ['a cache', CACHE],
    ['a shadow', { shadow: { to: 'http://127.0.0.1:9' } }],
  ])('is opened on a route with %s, and nothing else is offered with it', async (_, options) => {
    await start(options)
    const text = handshake('/p/x').replace('Upgrade: websocket', 'Upgrade: foo/1, WebSocket')
    const { status, peer } = await upgraded(facet.url, text)
    expect([status, backend.asked[0]?.headers.upgrade]).toEqual([101, 'websocket'])
    peer.socket.destroy()
    await until('the backend has no connection', () => backend.connections === 0)
  })

  test.each<[string, string]>([
    ['with a length', `Content-Length: ${SECRET.length}\r\n\r\n${SECRET}`],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n${SECRET.length.toString(16)}\r\n${SECRET}\r\n0\r\n\r\n`],
    ['that never ends', `\r\n${SECRET}`],
  ])('that is answered otherwise where a hook would change that has the head of the answer, %s', async (_, rest) => {
    await start(HOOK)
    const seen = timeline()
    backend.onUpgrade = (_request, socket) => void socket.write(`${REFUSAL.join('\r\n')}\r\n${rest}`)
    const answer = await upgraded(facet.url, handshake('/p/x'))
    const { headers } = answer
    expect([answer.status, headers.get('www-authenticate'), headers.getSetCookie()]).toEqual([
      401,
      'Basic',
      ['a=1', 'b=2'],
    ])
    expect([headers.get('content-length'), headers.get('cache-control')]).toEqual(['0', 'no-store'])
    for (const gone of ['content-type', 'transfer-encoding', 'etag', 'expires', 'cdn-cache-control'])
      expect(headers.get(gone)).toBeNull()
    expect(await answer.text).toBe('')
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 401, code: undefined })
    await until('the backend has no connection', () => backend.connections === 0)
  })

  test('that is answered otherwise so counts for its backend', async () => {
    const main = rest('main', { url: backend.url, breaker: { minimum: 3, open: '5s' } })
    facet = await harness({ routes: { it: proxy('ANY /p/*path', main, HOOK) } })
    backend.onUpgrade = (_request, socket) => void socket.end('HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n')
    const statuses: number[] = []
    for (let nth = 0; nth < 5; nth++) statuses.push((await upgraded(facet.url, handshake('/p/x'))).status)
    expect(statuses).toEqual([500, 500, 500, 503, 503])
  })

  test('that is answered otherwise on a route with a cache has the answer, which nobody keeps', async () => {
    await start(CACHE)
    backend.onUpgrade = (_request, socket) =>
      void socket.end(`${REFUSAL.join('\r\n')}\r\nContent-Length: ${SECRET.length}\r\n\r\n${SECRET}`)
    for (let times = 0; times < 2; times++) {
      const { status, headers, text } = await upgraded(facet.url, handshake('/p/x'))
      expect([status, headers.get('cache-control'), await text]).toEqual([401, 'no-store', SECRET])
      for (const gone of ['expires', 'cdn-cache-control']) expect(headers.get(gone)).toBeNull()
    }
    expect(backend.asked).toHaveLength(2)
  })
})
