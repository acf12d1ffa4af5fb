import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { client, endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { parseList } from '../support/structured-field.ts'
import { head, say } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  const seen = ({ headers, url }: { headers: object; url: string }) => ({ json: { headers, url } })
  backend = await scriptedBackend({ 'GET /echo': seen })
  const api = rest('api', { url: backend.url })
  const tenants = rest('tenants', { url: backend.url, forward: ['x-tenant', 'authorization'] })
  const output = z.object({ headers: z.record(z.string(), z.unknown()), url: z.string() })
  const echo = api.get('/echo', { input: (query: object) => ({ query: { q: JSON.stringify(query) } }), output })
  const mine = tenants.get('/echo', { output })
  const shared = tenants.get('/echo', { name: 'shared', output, cache: { ttl: '1m' } })
  const cache = { ttl: '1m' } as const
  const query = z.object({ a: z.string().default('none'), n: z.coerce.number().optional() })
  const headers = z.object({ 'x-level': z.string().optional() })
  facet = await harness({
    environment: { CACHE_KEYS: 'on' },
    clients: [client('web', { default: true, path: '/w' }), client('mobile', { path: '/m' })],
    routes: {
      item: endpoint('GET /items/:id', { cache, query }).source('it', echo, ({ params, query }) => ({
        ...params,
        ...query,
      })),
      level: endpoint('GET /level', { cache, headers }).source('it', echo, ({ headers }) => ({ ...headers })),
      tenant: endpoint('GET /tenant', { cache }).source('it', mine, () => ({})),
      call: endpoint('GET /call').source('it', shared, () => ({})),
      wild: endpoint('GET /wild/*path', { cache }).source('it', echo, ({ params }) => params),
    },
  })
})
beforeEach(() => facet.app.runtime.cache.clear())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

type Ask = readonly [target: string, headers?: Readonly<Record<string, string>>, method?: 'HEAD']

/** Whether the second request is answered with what was kept of the first. */
async function share(one: Ask, other: Ask): Promise<boolean> {
  const ask = async ([target, headers = {}, method]: Ask) => {
    if (method === 'HEAD') return facet.request(target, { method, headers })
    return say(facet.url, head(target, headers))
  }
  expect((await ask(one)).status).toBe(200)
  const reply = await ask(other)
  expect(reply.status).toBe(200)
  return parseList(reply.headers.get('cache-status') ?? '')[0]?.parameters.hit === true
}

describe('one kept reply is for', () => {
  test.each<[string, Ask, Ask]>([
    ['the same request', ['/items/1?a=b'], ['/items/1?a=b']],
    ['parameters in another order', ['/items/1?a=b&n=1'], ['/items/1?n=1&a=b']],
    ['what is said and what goes without saying', ['/items/1?a=none'], ['/items/1']],
    ['another way of writing a number', ['/items/1?n=10'], ['/items/1?n=1e1']],
    ['another way of writing a path', ['/items/a%62'], ['/items/ab']],
    ['parameters that nobody declared', ['/items/1?utm=1'], ['/items/1?utm=2']],
    ['headers that nobody declared', ['/items/1', { Cookie: 'a' }], ['/items/1', { Cookie: 'b' }]],
    ['a client by its name and by its path', ['/items/1', { 'X-Client': 'mobile' }], ['/m/items/1']],
    ['a format by its name and by default', ['/items/1', { Accept: 'application/json' }], ['/items/1']],
    ['HEAD and GET', ['/items/1', {}, 'HEAD'], ['/items/1']],
    ['the same tenant', ['/tenant', { 'x-tenant': 'a' }], ['/tenant', { 'X-TENANT': 'a' }]],
  ])('%s', async (_, one, other) => {
    expect(await share(one, other)).toBe(true)
  })
})

describe('another kept reply is for', () => {
  test.each<[string, Ask, Ask]>([
    ['another parameter of the path', ['/items/1'], ['/items/2']],
    ['another parameter of the query', ['/items/1?a=b'], ['/items/1?a=c']],
    ['another client', ['/items/1'], ['/items/1', { 'X-Client': 'mobile' }]],
    ['another client by its path', ['/w/items/1'], ['/m/items/1']],
    ['another format', ['/items/1'], ['/items/1', { Accept: 'application/xml' }]],
    ['another declared header', ['/level', { 'x-level': '1' }], ['/level', { 'x-level': '2' }]],
    ['a declared header and none', ['/level', { 'x-level': '' }], ['/level']],
    ['another tenant', ['/tenant', { 'x-tenant': 'a' }], ['/tenant', { 'x-tenant': 'b' }]],
    ['a tenant and none', ['/tenant', { 'x-tenant': 'a' }], ['/tenant']],
    ['another user', ['/tenant', { Authorization: 'a' }], ['/tenant', { Authorization: 'b' }]],
    ['a user who is called like a tenant', ['/tenant', { Authorization: 'a' }], ['/tenant', { 'x-tenant': 'a' }]],
    ['one segment and two', ['/wild/a%2fb'], ['/wild/a/b']],
    ['a path of nothing and of something', ['/wild'], ['/wild/a']],
    ['what a key is written with', ['/items/%22%7D'], ['/items/%7D%22']],
    ['long values that differ at their end', [`/items/1?a=${'x'.repeat(400)}1`], [`/items/1?a=${'x'.repeat(400)}2`]],
  ])('%s', async (_, one, other) => {
    expect(await share(one, other)).toBe(false)
  })
})

describe('what a backend is sent of a client', () => {
  test('never reaches another one out of the call cache', async () => {
    const tenant = async (headers: Record<string, string>) =>
      (await facet.get('/call', headers)).json().it.headers['x-tenant']
    expect(await tenant({ 'x-tenant': 'a' })).toBe('a')
    expect(await tenant({ 'x-tenant': 'b' })).toBe('b')
    expect(await tenant({})).toBeUndefined()
    const before = backend.requests.length
    expect(await tenant({ 'x-tenant': 'a' })).toBe('a')
    expect(backend.requests).toHaveLength(before)
  })
})

test('a key is shown where that is on, as a String, whatever is in it', async () => {
  const reply = await say(facet.url, head('/items/%22%5C%E2%82%AC'))
  const key = parseList(reply.headers.get('cache-status') ?? '')[0]?.parameters.key
  expect(key).toMatch(/^reply GET \/items\/:id web json /)
  expect(key).toContain('?')
})

test('what is shared by everyone cannot be asked with what is personal: that stops the start', async () => {
  const call = rest('api', { url: backend.url, forward: ['Authorization'] }).get('/echo', { output: z.unknown() })
  const everyone = endpoint('GET /x', { cache: { ttl: '1m', share: 'everyone' } }).source('it', call, () => ({}))
  await expect(harness({ routes: { everyone } })).rejects.toThrow(/shared by everyone.*'it'.*'authorization'/)
})
