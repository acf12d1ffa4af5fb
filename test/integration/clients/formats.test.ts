import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /list': { json: ['a', 'b'] }, 'GET /broken': { status: 500 } })
  const api = rest('api', { url: backend.url, forward: ['x-tenant', 'accept-language'] })
  const quiet = rest('quiet', { url: backend.url })
  const list = quiet.get('/list', { output: z.array(z.string()) })
  const broken = quiet.get('/broken', { output: z.string() })
  const headers = z.object({ 'x-level': z.string().optional() })
  const data = endpoint('GET /the-data/:id').source('list', list, () => ({}))
  const web = client('web', { default: true })
  const feed = client('feed', { format: 'xml', path: '/feed', xml: { root: 'rss', item: 'entry' } })
  facet = await harness({
    clients: [
      web,
      client('desktop', { format: 'xml' }),
      feed,
      client('app', { when: { headers: ['user-agent', 'x-app'], test: () => false } }),
    ],
    transforms: [web.transform(data, (all) => ({ ...all, who: 'web' }))],
    routes: {
      data,
      cached: endpoint('GET /cached', { cache: { ttl: '1m' } }).source('list', list, () => ({})),
      partial: endpoint('GET /partial').source('broken', optional(broken), () => ({})),
      tenant: endpoint('GET /tenant', { headers }).source(
        'list',
        api.get('/list', { output: z.unknown() }),
        () => ({}),
      ),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const JSON_TYPE = 'application/json; charset=utf-8'
const XML_TYPE = 'application/xml; charset=utf-8'

describe('the format', () => {
  test.each([
    ['web', undefined, JSON_TYPE],
    ['web', '*/*', JSON_TYPE],
    ['web', 'application/*', JSON_TYPE],
    ['web', 'application/json', JSON_TYPE],
    ['web', 'application/xml', XML_TYPE],
    ['web', 'text/xml', XML_TYPE],
    ['web', 'APPLICATION/XML', XML_TYPE],
    ['web', 'application/json;q=0.4, application/xml;q=0.6', XML_TYPE],
    ['web', 'application/xml;q=0.4, application/json;q=0.6', JSON_TYPE],
    ['web', 'application/xml, application/json', XML_TYPE],
    ['web', 'application/xml;q=0.9, */*;q=0.8', XML_TYPE],
    ['web', 'text/html, */*;q=0.1', JSON_TYPE],
    ['web', 'application/json;q=0, */*', XML_TYPE],
    ['web', 'application/json;q=0.0001, application/xml;q=0.001', XML_TYPE],
    ['desktop', undefined, XML_TYPE],
    ['desktop', '*/*', XML_TYPE],
    ['desktop', 'application/json', JSON_TYPE],
    ['desktop', 'application/json, application/xml', JSON_TYPE],
    ['desktop', 'application/json, application/xml;q=0.9', JSON_TYPE],
    ['desktop', 'application/xml;q=0, */*', JSON_TYPE],
  ])('for %s that accepts %s is %s', async (name, accept, type) => {
    const headers = { 'X-Client': name, ...(accept !== undefined && { Accept: accept }) }
    const reply = await facet.get('/the-data/1', headers)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, type])
  })

  test('changes with Accept, the shape does not', async () => {
    expect((await facet.get('/the-data/1')).json()).toEqual({ list: ['a', 'b'], who: 'web' })
    expect((await facet.get('/the-data/1', { Accept: 'application/xml' })).text).toContain('<who>web</who>')
    const json = await facet.get('/the-data/1', { 'X-Client': 'desktop', Accept: 'application/json' })
    expect(json.json()).toEqual({ list: ['a', 'b'] })
  })
})

describe('XML', () => {
  const document = (root: string, item: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
    `<list><${item}>a</${item}><${item}>b</${item}></list></${root}>`

  test("has the endpoint's name as its root and item for what is in a list", async () => {
    expect((await facet.get('/the-data/1', { 'X-Client': 'desktop' })).text).toBe(document('data', 'item'))
  })

  test('has the names that the client wants', async () => {
    expect((await facet.get('/feed/the-data/1')).text).toBe(document('rss', 'entry'))
    expect((await facet.get('/the-data/1', { 'X-Client': 'feed' })).text).toBe(document('rss', 'entry'))
  })
})

describe('Vary lists all that could have been looked at', () => {
  const RECOGNITION = ['X-Client', 'Accept', 'user-agent', 'x-app']
  const vary = (reply: { headers: Headers }) => reply.headers.get('vary')?.split(', ')

  test.each([
    ['an answer for the default client', '/the-data/1', {}],
    ['an answer for a client that was named', '/the-data/1', { 'X-Client': 'desktop' }],
    ['an answer for a client that its path named', '/feed/the-data/1', {}],
    ['an answer in a format that was asked for', '/the-data/1', { Accept: 'application/xml' }],
    ['a partial answer', '/partial', {}],
    ['an answer from the cache or not', '/cached', {}],
    ['an answer from the cache', '/cached', {}],
  ])('for %s', async (_, path, headers) => {
    const more: Record<string, string> = { '/cached': 'Accept-Encoding', '/partial': 'Prefer' }
    expect(vary(await facet.get(path, headers))).toEqual([...RECOGNITION, ...[more[path] ?? []].flat()])
  })

  test('for 304, and for HEAD', async () => {
    const { headers } = await facet.get('/the-data/1')
    const unchanged = await facet.get('/the-data/1', { 'If-None-Match': headers.get('etag') ?? '' })
    expect([unchanged.status, vary(unchanged)]).toEqual([304, RECOGNITION])
    expect(vary(await facet.request('/the-data/1', { method: 'HEAD' }))).toEqual(RECOGNITION)
  })

  test('with the headers that the endpoint declares and those that its backends are sent', async () => {
    const expected = [...RECOGNITION, 'x-level', 'accept-language', 'x-tenant']
    expect(vary(await facet.get('/tenant'))).toEqual(expected)
    expect(vary(await facet.get('/tenant', { 'x-tenant': 'a' }))).toEqual(expected)
  })
})
