import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { head, say } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /thing': { json: {} },
    'POST /thing': ({ body }) => ({ body }),
    'GET /named': { json: {}, headers: { 'x-request-id': 'theirs' } },
  })
  const api = rest('api', {
    url: backend.url,
    forward: ['X-Tenant', 'accept-language'],
    headers: { 'x-own': 'facet' },
  })
  const output = z.object({})
  const tagged = api.get('/thing', { input: (tag: string) => ({ headers: { 'x-tag': tag } }), output })
  const named = api.get('/thing', { input: (name: string) => ({ headers: { [name]: 'x' } }), output })
  const query = z.object({ tag: z.string() })
  const body = z.object({ tag: z.string() })
  facet = await harness({
    routes: {
      plain: endpoint('GET /plain').source('thing', api.get('/thing', { output }), () => ({})),
      path: endpoint('GET /tag/:tag').source('thing', tagged, ({ params }) => params.tag),
      query: endpoint('GET /tag', { query }).source('thing', tagged, ({ query }) => query.tag),
      body: endpoint('POST /tag', { body }).source('thing', tagged, ({ body }) => body.tag),
      name: endpoint('GET /name', { query }).source('thing', named, ({ query }) => query.tag),
      proxied: proxy('ANY /proxied/*path', api),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const last = () => backend.requests.at(-1)?.headers ?? {}

describe('a value that becomes a header of a call', () => {
  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'Łódź', 'a\x7f', '\x1b[31m'])(
    'is refused as %j',
    async (tag) => {
      const before = backend.requests.length
      const json = { method: 'POST', body: JSON.stringify({ tag }), headers: { 'Content-Type': 'application/json' } }
      for (const reply of [await facet.get(`/tag?tag=${encodeURIComponent(tag)}`), await facet.request('/tag', json)]) {
        expectProblem(reply, 'input-invalid', 'thing')
      }
      expect(backend.requests).toHaveLength(before)
    },
  )

  test('arrives where it is one line', async () => {
    expect((await facet.get(`/tag/${encodeURIComponent('a: b, "c"')}`)).status).toBe(200)
    expect(last()['x-tag']).toBe('a: b, "c"')
  })

  test.each(['a b', 'a:b', '', 'a\r\nb', 'ä'])('is refused under the name %j', async (name) => {
    expectProblem(await facet.get(`/name?tag=${encodeURIComponent(name)}`), 'input-invalid', 'thing')
  })
})

describe('an X-Request-Id', () => {
  test.each(['a', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'abc/def:1+2=.', 'x'.repeat(128)])(
    'of %s is used: in the answer, in the log, for the backends',
    async (id) => {
      const reply = await facet.get('/plain', { 'X-Request-Id': id })
      expect([reply.headers.get('x-request-id'), last()['x-request-id']]).toEqual([id, id])
      await facet.get('/proxied/thing', { 'X-Request-Id': id })
      expect(last()['x-request-id']).toBe(id)
    },
  )

  test.each(['x'.repeat(129), 'a b', '<script>', 'a,b', '"a"', '{}', 'a;b', '\xff', '%0d%0a', '', '../\\'])(
    'of %j is replaced by a new one',
    async (id) => {
      const reply = await say(facet.url, head('/plain', { 'X-Request-Id': id }))
      const used = reply.headers.get('x-request-id')
      expect(used).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)
      expect(last()['x-request-id']).toBe(used)
    },
  )

  test('of a backend behind a proxy route does not become the one of the answer', async () => {
    const reply = await facet.get('/proxied/named', { 'X-Request-Id': 'mine' })
    expect(reply.headers.get('x-request-id')).toBe('mine')
  })

  test('that is there twice is no id', async () => {
    const reply = await say(facet.url, head('/plain', { 'X-Request-Id': 'a', 'x-request-id': 'b' }))
    expect(reply.headers.get('x-request-id')).toHaveLength(36)
  })
})

describe("of a client's headers, a call", () => {
  const SENT = {
    Authorization: 'Bearer secret',
    Cookie: 'session=1',
    Forwarded: 'for=10.0.0.1',
    'X-Forwarded-For': '10.0.0.1',
    'X-Forwarded-Host': 'evil.test',
    'X-Own': 'client',
    'Accept-Language': 'de',
    'X-Tenant': 'acme',
    'Content-Type': 'text/evil',
    'If-None-Match': '"x"',
    Range: 'bytes=0-1',
    Host: 'evil.test',
  }

  test('is sent those that its backend lists, and no others', async () => {
    await say(facet.url, head('/plain', SENT))
    expect(last()).toEqual({
      host: new URL(backend.url).host,
      connection: 'keep-alive',
      accept: expect.stringContaining('application/json'),
      'x-own': 'facet',
      'x-tenant': 'acme',
      'accept-language': 'de',
      'x-request-id': expect.any(String),
    })
  })

  test('behind a proxy route is not sent whom it says to stand for, nor what is of one connection', async () => {
    const hops = { 'Keep-Alive': 'timeout=9', TE: 'trailers', Trailer: 'X', Upgrade: 'h2c', 'Proxy-Authorization': 'x' }
    await say(facet.url, head('/proxied/thing', { ...SENT, ...hops, Connection: 'X-Tenant, keep-alive' }))
    expect(last()).toMatchObject({
      host: new URL(backend.url).host,
      authorization: 'Bearer secret',
      cookie: 'session=1',
      'x-own': 'facet',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'http',
      forwarded: 'for=127.0.0.1;host=evil.test;proto=http',
    })
    const gone = ['x-tenant', 'keep-alive', 'te', 'trailer', 'upgrade', 'proxy-authorization']
    expect(Object.keys(last()).filter((name) => gone.includes(name))).toEqual([])
  })

  test('behind a proxy route gets every forwarded header from this server, whatever the client named', async () => {
    const sent = { 'X-Forwarded-Port': '1', 'X-Forwarded-Proto': 'https', 'X-Real-IP': '10.0.0.1', Host: 'a.test:81' }
    await say(facet.url, head('/proxied/thing', sent))
    expect(last()).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.test:81' })
    expect(Object.keys(last())).not.toContain('x-real-ip')
  })
})

describe('a body behind a proxy route cannot become a request of its own', () => {
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
  const chunked = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`

  test.each([
    ['GET', { Connection: 'content-length', 'Content-Length': String(SMUGGLED.length) }, SMUGGLED],
    ['GET', { Connection: 'transfer-encoding', 'Transfer-Encoding': 'chunked' }, chunked],
    ['DELETE', { Connection: 'content-length', 'Content-Length': String(SMUGGLED.length) }, SMUGGLED],
    ['DELETE', { Connection: 'transfer-encoding', 'Transfer-Encoding': 'chunked' }, chunked],
    ['OPTIONS', { Connection: 'transfer-encoding', 'Transfer-Encoding': 'chunked' }, chunked],
    ['POST', { Connection: 'content-length, transfer-encoding', 'Content-Length': String(SMUGGLED.length) }, SMUGGLED],
    ['GET', { 'Content-Length': String(SMUGGLED.length) }, SMUGGLED],
    ['GET', { 'Transfer-Encoding': 'chunked' }, chunked],
    ['POST', { 'Transfer-Encoding': 'chunked' }, chunked],
  ])('%s with %j', async (method, headers, body) => {
    const before = backend.requests.length
    await say(facet.url, head('/proxied/thing', headers, method) + body)
    // One more, on what may be the same connection, would come after what was smuggled.
    await facet.get('/proxied/thing')
    const seen = backend.requests.slice(before)
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`${method} /thing`, 'GET /thing'])
    expect(seen[0]?.body).toBe(SMUGGLED)
  })
})
