// What a client may not say to a backend in this server's name, in no spelling and by no way; and what a TRACE does not show.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { asks, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { expectProblem } from '../support/problems.ts'
import { until } from '../support/until.ts'
import { say } from '../support/wire.ts'

let backend: LineBackend
let second: LineBackend
let facet: Harness
beforeAll(async () => {
  ;[backend, second] = [await lineBackend(), await lineBackend()]
  const own = { authorization: 'Basic BACKEND', 'x-own-key': 'BACKEND', x_old_key: 'BACKEND' }
  const at = rest('backend', { url: backend.url, headers: own, breaker: false })
  const shadow = { to: rest('second', { url: second.url, headers: { 'x-shadow-key': 'BACKEND' } }) }
  const headers = {
    request: {
      deny: ['X-Secret'],
      set: { 'x-tenant': 'ROUTE', 'x-made': ({ path }: { path: string }) => `ROUTE ${path}` },
    },
  }
  facet = await harness({
    routes: {
      plain: proxy('ANY /p/*path', at, { headers }),
      cached: proxy('ANY /c/*path', at, { headers, cache: { ttl: 'origin' } }),
      shadowed: proxy('ANY /s/*path', at, { headers, shadow }),
    },
  })
})
beforeEach(() => {
  backend.answer = (line) => line.say(OK)
  second.answer = (line) => line.say(OK)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
  await second.close()
})

/** What a client says, each with this value. */
const EVIL = '6.6.6.6'
const WORDS = [
  ...['Forwarded', 'X-Real-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'True-Client-IP', 'X-Original-URL'],
  ...['X-Original-Host', 'X-Rewrite-URL', 'X-Facet-Shadow', 'X-Request-ID'],
  ...['For', 'Host', 'Port', 'Prefix', 'Proto', 'Ssl', 'Scheme', 'User', 'Server', 'By', 'Whatever'].map(
    (what) => `X-Forwarded-${what}`,
  ),
  ...['X-Forwarded', 'X-ForwardedFor', 'X-Forwarded.For'],
  // What the definition, or the route, says or denies.
  ...['Authorization', 'X-Own-Key', 'X-Old-Key', 'X-Tenant', 'X-Made', 'X-Secret'],
]
const spelt = (name: string) => [
  ...new Set([name, name.toLowerCase(), name.replaceAll('-', '_'), name.replace('-', '_').toUpperCase()]),
]
/** The names with this value among the fields that a backend has got. */
const believed = (head: string | undefined) =>
  (head ?? EVIL).split('\r\n').filter((field) => field.includes(EVIL) || field.includes('evil'))

describe.each([
  ['/p/x', []],
  ['/c/x', []],
  ['/p/x', ['Connection: Upgrade', 'Upgrade: x-own']],
] as const)('what a client says of whom it stands for does not reach the backend of %s with %j', (path, more) => {
  test.each(WORDS.flatMap(spelt))('%s', async (name) => {
    const before = backend.requests.length
    const value = /^x.request.id/i.test(name) ? `${EVIL} evil` : EVIL
    const { status } = await say(facet.url, asks(`GET ${path}`, [...more, `${name}: ${value}`]))
    expect([status, backend.requests.length]).toEqual([200, before + 1])
    expect(believed(backend.requests.at(-1))).toEqual([])
  })
})

test('nor does a second word about the framing', async () => {
  const fields = ['Content_Length: 7', 'Transfer_Encoding: chunked', 'Content-Length: 2', 'Content_Encoding: fine']
  await say(facet.url, asks('POST /p/x', fields, 'ok'))
  expect(backend.requests.at(-1)?.match(/^(content|transfer).*/gim)).toEqual([
    'Content_Encoding: fine',
    'content-length: 2',
  ])
})

test('what only looks like it goes on, in the order and spelling in which it came', async () => {
  const fields = ['X_A: 1', 'Forward: 2', 'X-Forward: 3', 'x-client-id: 4', '_: 5', 'Cookie_: 6', 'X-Own-Keys: 7']
  await say(facet.url, asks('GET /p/x', fields))
  expect(backend.requests.at(-1)).toContain(fields.join('\r\n'))
})

test('a shadow is told by this server alone that it is one', async () => {
  const before = second.requests.length
  await say(facet.url, asks('GET /s/x', ['X-Facet-Shadow: 6.6.6.6', 'X_Facet_Shadow: 6.6.6.6']))
  await until('the shadow is asked', () => second.requests.length > before)
  expect(backend.requests.at(-1)).not.toMatch(/x.facet.shadow/i)
  expect(second.requests.at(-1)?.match(/x.facet.shadow.*/gi)).toEqual(['x-facet-shadow: 1'])
})

describe('a TRACE', () => {
  /** An answer that shows the request, as RFC 9110, section 9.3.8 wants. */
  const echo = () => {
    backend.answer = (line, head) =>
      line.say(`HTTP/1.1 200 OK\r\nContent-Type: message/http\r\nContent-Length: ${head.length}\r\n\r\n${head}`)
  }
  const CLIENT = ['X-A: mine', 'Cookie: CLIENT', 'Authorization: Bearer CLIENT', 'Proxy-Authorization: Basic CLIENT']

  test.each([
    ['TRACE /p/x', []],
    ['TRACE /c/x', []],
    ['TRACE /s/x', []],
    ['TRACE /p/x', ['Connection: Upgrade', 'Upgrade: x-own']],
    ['TRACE /p/x', ['Max-Forwards: 3', 'Connection: close']],
  ])('%s with %j shows nothing but what its client has said, without its credentials', async (request, more) => {
    echo()
    const { status, text } = await say(facet.url, asks(request, [...more, ...CLIENT]))
    expect([status, text]).toEqual([200, expect.stringMatching(/^TRACE \/x HTTP\/1\.1\r\n/)])
    expect(text).not.toMatch(/BACKEND|ROUTE|CLIENT/)
    expect(text).not.toMatch(/^(cookie|authorization|proxy-authorization|x-tenant|x-made|x.o.*-key)/im)
    expect(text).toMatch(/\r\nX-A: mine\r\n[\s\S]*via: 1\.1 /i)
  })

  test('does not take the names of these from other methods, nor their credentials', async () => {
    await say(facet.url, asks('OPTIONS /p/x', CLIENT))
    const got = backend.requests.at(-1)
    expect(got).toMatch(/\r\nCookie: CLIENT\r\n/)
    expect(got).toMatch(/\r\nauthorization: Basic BACKEND\r\n/)
    expect(got).toMatch(/\r\nx-made: ROUTE \/p\/x\r\n/)
  })

  test.each([
    [['Content-Length: 5'], 'hello'],
    [['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'],
    [['Transfer-Encoding: chunked'], '0\r\n\r\n'],
    [['Content-Length: 5', 'Max-Forwards: 0'], 'hello'],
  ])('with a body is refused, and its connection goes on: %j', async (fields, body) => {
    const before = backend.requests.length
    const client = await line(facet.url)
    client.say(asks('TRACE /p/x', fields, body))
    const refused = await client.hears(/\r\n\r\n\{.*\}$/)
    expect(refused).toMatch(/^HTTP\/1\.1 400 /)
    expect(refused).toContain('a TRACE has none')
    expect(backend.requests).toHaveLength(before)
    client.say(asks('GET /p/x'))
    await client.hears(/ok$/)
    client.hangUp()
  })

  test('of an endpoint’s path is a method that is not known there', async () => {
    expectProblem(await say(facet.url, asks('TRACE /nowhere')), 'route-unknown')
  })
})

describe('behind one proxy that is believed', () => {
  const FRONT = ['X-Forwarded-For: 6.6.6.6, 9.9.9.9', 'X-Forwarded-Proto: https']
  const CLIENT = [
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-Port: 666',
    'Forwarded: for=6.6.6.6;host=evil.test;proto=http',
  ]
  const told = () =>
    Object.fromEntries(
      [...(backend.requests.at(-1) ?? '').matchAll(/^(forwarded|host|x-forwarded-\w+): (.*)\r$/gim)].map(
        ([, name = '', value]) => [name.toLowerCase().replace('x-forwarded-', ''), value],
      ),
    )

  test.each([
    // What it does not write is what its client has sent.
    [undefined, [...FRONT, ...CLIENT], ['9.9.9.9, 127.0.0.1', 'facet.test', 'https', '443']],
    [undefined, CLIENT, ['127.0.0.1', 'facet.test', 'http', '80']],
    ['X-Forwarded-For', [...FRONT, ...CLIENT], ['9.9.9.9, 127.0.0.1', 'facet.test', 'http', '80']],
    [
      'x-forwarded-for,x-forwarded-host',
      [...FRONT, 'X-Forwarded-Host: shop.test'],
      ['9.9.9.9, 127.0.0.1', 'shop.test', 'http', '80'],
    ],
    [
      'forwarded',
      ['Forwarded: for=9.9.9.9;host=shop.test;proto=https', 'X-Forwarded-For: 6.6.6.6', 'X-Forwarded-Host: evil.test'],
      ['9.9.9.9, 127.0.0.1', 'shop.test', 'https', '443'],
    ],
    ['forwarded', FRONT, ['127.0.0.1', 'facet.test', 'http', '80']],
  ])('in %s, of %j is passed on %j', async (names, fields, expected) => {
    const environment = { TRUST_PROXY: '1', ...(names !== undefined && { TRUST_PROXY_HEADERS: names }) }
    const route = proxy('ANY /p/*path', rest('believing', { url: backend.url }), { host: 'keep' })
    const believing = await harness({ routes: { route }, environment })
    await say(believing.url, asks('GET /p/x', fields))
    const seen = told()
    expect([seen.for, seen.host, seen.proto, seen.port]).toEqual(expected)
    expect(seen.forwarded).toContain(`;host=${expected[1]};proto=${expected[2]}`)
    await believing.close()
  })
})
