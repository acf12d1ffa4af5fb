// Two users, one cache, and every part of a request: what one of them says is never in the other one's answer.
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness

beforeAll(async () => {
  backend = await scriptedBackend()
  // A backend that tells everything that it was told, and that it is for everybody.
  const echo = ({ url, headers, body }: { url: string; headers: object; body: string }) => ({
    json: { said: JSON.stringify({ url, headers, body }) },
    headers: { 'cache-control': 'public, max-age=600' },
  })
  backend.on('GET /said', echo)
  backend.on('GET /said/1', echo)
  const said = z.object({ said: z.string() })
  const api = rest('api', { url: backend.url, forward: ['accept-language', 'authorization'] })
  const input = ({ q = '', lang = '' }: { q?: string | undefined; lang?: string | undefined }) => ({
    query: { q, lang },
  })
  const kept = api.get('/said', { input, output: said, cache: { ttl: '10m' } })
  const plain = api.get('/said', { name: 'plain', input, output: said })
  const query = z.object({ q: z.string().optional() })
  const headers = z.object({ 'x-lang': z.string().optional() })
  facet = await harness({
    routes: {
      call: endpoint('GET /call', { query, headers }).source('it', kept, ({ query, headers }) => ({
        q: query.q,
        lang: headers['x-lang'],
      })),
      reply: endpoint('GET /reply', { query, headers, cache: { ttl: '10m' } }).source(
        'it',
        plain,
        ({ query, headers }) => ({
          q: query.q,
          lang: headers['x-lang'],
        }),
      ),
      proxied: proxy('ANY /proxied/*path', api, { cache: { ttl: 'origin' } }),
    },
  })
})
// Whoever is first decides what is kept.
beforeEach(() => facet.app.runtime.cache.clear())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** A request as it stands, whatever a well-meaning client would make of it. */
function send(lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(facet.url)
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text)).on('error', reject)
  })
}

const host = 'Host: facet.example'
const close = 'Connection: close'
/** Each way to say something, as a request to a path. */
const ways: [string, (path: string, secret: string) => [string[], string?]][] = [
  ['a cookie', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Cookie: session=${secret}`]]],
  ['credentials', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Authorization: Bearer ${secret}`]]],
  [
    'credentials in another case',
    (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `AUTHORIZATION: Bearer ${secret}`]],
  ],
  ['a declared header', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Lang: ${secret}`, 'Cookie: a=b']]],
  [
    'a forwarded header',
    (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Accept-Language: ${secret}`, 'Cookie: a=b']],
  ],
  ['a parameter', (path, secret) => [[`GET ${path}?q=${secret} HTTP/1.1`, host, close]]],
  ['a parameter said twice', (path, secret) => [[`GET ${path}?q=x&q=${secret} HTTP/1.1`, host, close]]],
  [
    'a parameter that nobody named',
    (path, secret) => [[`GET ${path}?Q=${secret}&utm=${secret} HTTP/1.1`, host, close]],
  ],
  ['an encoded parameter', (path, secret) => [[`GET ${path}?q=%61${secret} HTTP/1.1`, host, close]]],
  [
    'the body of a GET',
    (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Content-Length: ${secret.length}`], secret],
  ],
  [
    'a chunked body of a GET',
    (path, secret) => [
      [`GET ${path} HTTP/1.1`, host, close, 'Transfer-Encoding: chunked'],
      `${secret.length.toString(16)}\r\n${secret}\r\n0\r\n\r\n`,
    ],
  ],
  ['the host', (path, secret) => [[`GET ${path} HTTP/1.1`, `Host: ${secret}.example`, close]]],
  [
    'an absolute target',
    (path, secret) => [[`GET http://${secret}.example${path} HTTP/1.1`, `Host: ${secret}.example`, close]],
  ],
  ['X-Forwarded-For', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Forwarded-For: ${secret}`]]],
  ['X-Forwarded-Host', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Forwarded-Host: ${secret}`]]],
  ['X-Forwarded-Prefix', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Forwarded-Prefix: /${secret}`]]],
  ['Forwarded', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Forwarded: for=${secret}`]]],
  ['X-Real-IP', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Real-IP: ${secret}`]]],
  ['the id of the request', (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `X-Request-Id: ${secret}`]]],
  [
    'a header of the connection',
    (path, secret) => [[`GET ${path} HTTP/1.1`, host, 'Connection: close, X-Mine', `X-Mine: ${secret}`]],
  ],
  [
    'credentials that the connection names',
    (path, secret) => [
      [`GET ${path} HTTP/1.1`, host, 'Connection: close, Authorization', `Authorization: Bearer ${secret}`],
    ],
  ],
  [
    'proxy credentials',
    (path, secret) => [[`GET ${path} HTTP/1.1`, host, close, `Proxy-Authorization: Basic ${secret}`]],
  ],
]

describe.each(['/call', '/reply', '/proxied/said'])('%s', (path) => {
  test.each(ways)('%s of one user is in no other one’s answer', async (_, way) => {
    const [one, other] = ['aaaaone1', 'bbbbtwo2']
    // Whoever comes first leaves what the others may find.
    for (let round = 0; round < 2; round++) {
      const [first] = [await send(...way(path, one))]
      const second = await send(...way(path, other))
      const nobody = await send([`GET ${path} HTTP/1.1`, host, close])
      expect(first).toMatch(/^HTTP\/1\.1 [24]/)
      // The id of a request comes back to the one who sent it.
      const body = (text: string) => text.slice(text.indexOf('\r\n\r\n'))
      expect([body(first).includes(other), body(second).includes(one)]).toEqual([false, false])
      expect([one, other].filter((secret) => nobody.includes(secret))).toEqual([])
    }
  })
})
