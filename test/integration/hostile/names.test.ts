import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, rest, soap, xml } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'

const EVIL = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","a":"1"}'
const record = z.record(z.string(), z.unknown())

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  const body = (text: string) => ({ body: text, headers: { 'content-type': 'application/json' } })
  backend = await scriptedBackend({
    'GET /echo': ({ url }) => ({ json: { url } }),
    'POST /echo': (request) => ({ json: { sent: request.body } }),
    'GET /evil': body(EVIL),
    'GET /xml': {
      body: '<p><__proto__><polluted>1</polluted></__proto__><constructor>1</constructor><a>1</a><__proto__>2</__proto__></p>',
    },
    'POST /soap': ({ body: sent }) => ({
      body: sent.replaceAll('Ask', 'Told'),
      headers: { 'content-type': 'text/xml' },
    }),
  })
  const api = rest('api', { url: backend.url })
  const output = z.unknown()
  const echo = api.get('/echo', { input: (query: Record<string, string | string[]>) => ({ query }), output })
  const post = api.post('/echo', { input: (value: unknown) => ({ body: value }), output })
  const read = xml('xml', { url: backend.url }).get('/xml', { output: z.object({ a: z.string() }) })
  const message = z.object({ Text: z.string() })
  const ask = soap('soap', { url: `${backend.url}/soap`, namespace: 'urn:a' }).operation('Ask', {
    request: message,
    input: (Text: string) => ({ Text }),
    output: message,
  })
  const query = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
  facet = await harness({
    clients: [client('web', { default: true })],
    environment: { URL_MAX_BYTES: '12000' },
    routes: {
      strict: endpoint('GET /strict', { query: z.object({ a: z.string().optional() }) }).source(
        'echo',
        echo,
        ({ query }) => (query.a === undefined ? {} : { a: query.a }),
      ),
      open: endpoint('GET /open', { query, cache: { ttl: '1m' } }).source('echo', echo, ({ query }) => query),
      body: endpoint('POST /body', { body: record }).source('echo', post, ({ body }) => body),
      any: endpoint('POST /any', { body: z.custom<object>(() => true) }).source('echo', post, ({ body }) => body),
      xmlBody: endpoint('POST /xml-body', { body: z.object({ a: z.string() }) }).source(
        'told',
        ask,
        ({ body }) => body.a,
      ),
      evil: endpoint('GET /evil').source('evil', api.get('/evil', { output: record }), () => ({})),
      raw: endpoint('GET /raw').source('evil', api.get('/evil', { output }), () => ({})),
      xml: endpoint('GET /xml').source('xml', read, () => ({})),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const unpolluted = () => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
}
const post = (path: string, body: string, type = 'application/json') =>
  facet.request(path, { method: 'POST', body, headers: { 'Content-Type': type } })

describe('names that JavaScript has plans for', () => {
  test('in a query are parameters like others, or none', async () => {
    const evil =
      '__proto__=x&__proto__[polluted]=1&constructor=y&constructor.prototype.polluted=1&toString=z&hasOwnProperty=1'
    expect((await facet.get(`/strict?${evil}&a=1`)).json()).toEqual({ echo: { url: '/echo?a=1' } })
    const { url } = (await facet.get(`/open?${evil}&a=1`)).json().echo
    expect(url).toContain('constructor=y')
    expect(url).toContain('toString=z')
    unpolluted()
  })

  test('in a JSON body change nothing but the body', async () => {
    const reply = await post('/body', EVIL)
    expect(JSON.parse(reply.json().echo.sent)).toMatchObject({ toString: 'x', a: '1' })
    unpolluted()
  })

  test('in the answer of a JSON backend change nothing but the answer', async () => {
    expect((await facet.get('/evil')).json().evil).toMatchObject({ toString: 'x', a: '1' })
    expect((await facet.get('/raw')).text).toBe(`{"evil":${EVIL}}`)
    expect((await facet.get('/raw', { Accept: 'application/xml' })).text).toContain('<polluted>1</polluted>')
    unpolluted()
  })

  test('in XML, of a backend or of a client, are elements like others', async () => {
    expect((await facet.get('/xml')).json()).toEqual({ xml: { a: '1' } })
    const body = '<b><__proto__><a>2</a></__proto__><constructor/><a>1</a></b>'
    expect((await post('/xml-body', body, 'application/xml')).json()).toEqual({ told: { Text: '1' } })
    unpolluted()
  })
})

describe('a query', () => {
  test('with a name a thousand times is a list of a thousand', async () => {
    const { url } = (await facet.get(`/open?${'a=1&'.repeat(1_000)}`)).json().echo
    expect(url.match(/a=1/g)).toHaveLength(1_000)
  })

  test('with thousands of names, or one huge value, is answered in no time', async () => {
    const started = performance.now()
    const names = Array.from({ length: 2_000 }, (_, nth) => `p${nth}`).join('&')
    expect((await facet.get(`/open?${names}`)).status).toBe(200)
    expect((await facet.get(`/open?a=${'x'.repeat(11_000)}`)).status).toBe(200)
    expect((await facet.get(`/open?a=${'%26'.repeat(3_500)}`)).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  test.each([
    ['a=1&b=2', 'b=2&a=1', true],
    ['a=1&a=2', 'a=2&a=1', false],
    ['a=1&a=2', 'a=1%262', false],
    ['a=1', 'a=1&a=1', false],
    ['a', 'a=', true],
    ['', '&&&', true],
    ['a=%20', 'a=+', true],
    ['a=%2B', 'a=+', false],
    ['a=1,2', 'a=1&a=2', false],
    ['a=b%3D1', 'a=b&b=1', false],
  ])('%j and %j share a cached reply: %j', async (one, other, same) => {
    await facet.app.runtime.cache.clear()
    await facet.get(`/open?${one}`)
    const state = (await facet.get(`/open?${other}`)).headers.get('cache-status')
    expect(state?.startsWith('Facet; hit')).toBe(same)
  })
})

describe('a document made to hurt', () => {
  test('of a hundred thousand brackets is a document like others', async () => {
    const reply = await post('/any', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(reply.json().echo.sent).toHaveLength(200_000)
  })

  test.each([
    ['entities that grow', '<!DOCTYPE b [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><b><a>&y;</a></b>'],
    ['an entity from a file', '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/hostname">]><b><a>&x;</a></b>'],
    ['an entity from elsewhere', '<!DOCTYPE b [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><b><a>&y;</a></b>'],
  ])('with %s is refused', async (_, body) => {
    const { issues } = expectProblem(await post('/xml-body', body, 'application/xml'), 'input-invalid')
    const message = 'not XML that can be read: line 1, column 14: an entity is declared, and entities are not read'
    expect(issues).toEqual([{ path: 'body', message }])
  })

  test.each([
    ['elements in each other', '<c>'.repeat(100_000) + '</c>'.repeat(100_000), /more than 512 elements/],
    ['elements that declare', '<c xmlns:x="y">'.repeat(20_000) + '</c>'.repeat(20_000), /more than 512 elements/],
    [
      'attributes',
      `<c ${Array.from({ length: 60_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      /more than 256 attributes/,
    ],
  ])('of very many %s is refused, and holds nobody else up', async (_, inner, message) => {
    const started = performance.now()
    const { issues } = expectProblem(await post('/xml-body', `<b>${inner}</b>`, 'application/xml'), 'input-invalid')
    expect(issues).toEqual([{ path: 'body', message: expect.stringMatching(message) }])
    expect((await facet.get('/strict')).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
