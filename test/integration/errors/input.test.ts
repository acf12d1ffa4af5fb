import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /things/1': { json: {} }, 'POST /things': { json: {} } })
  const api = rest('api', { url: backend.url })
  const thing = api.get('/things/:id', { output: z.object({}) })
  const make = api.post('/things', { input: (body: object) => ({ body }), output: z.object({}) })
  const query = z.object({
    limit: z.coerce.number().int().min(1),
    sort: z.enum(['asc', 'desc']).default('asc'),
    tag: z.string().optional(),
  })
  const headers = z.object({ 'x-tenant': z.string().regex(/^[a-z]+$/), 'x-level': z.coerce.number() })
  const body = z.object({ name: z.string().min(1), items: z.array(z.object({ sku: z.string(), count: z.number() })) })
  facet = await harness({
    routes: {
      query: endpoint('GET /things/:id', { query }).source('thing', thing, ({ params }) => ({ id: params.id })),
      headers: endpoint('GET /by-tenant', { headers }),
      body: endpoint('POST /things', { body }).source('made', make, ({ body }) => body),
      forbidden: endpoint('GET /forbidden', { allow: () => false }),
      promised: endpoint('GET /promised', { allow: (async () => true) as never }),
      allowed: endpoint('GET /allowed/:who', { allow: ({ params }) => params.who === 'me' }),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const paths = (problem: ReturnType<typeof expectProblem>) => problem.issues?.map(({ path }) => path)
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  facet.request('/things', { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
const VALID = '{"name":"a","items":[]}'

describe('a parameter of the path', () => {
  test.each([
    ['malformed percent-encoding', '/things/%zz?limit=1'],
    ['half an escape', '/things/%e4?limit=1'],
    ['a NUL', '/things/%00?limit=1'],
    ['a line break', '/things/a%0d%0ab?limit=1'],
  ])('with %s is refused by its name', async (_, path) => {
    expect(paths(expectProblem(await facet.get(path), 'input-invalid'))).toEqual(['params.id'])
  })
})

describe('a query', () => {
  test.each([
    ['?limit=0&sort=up', ['query.limit', 'query.sort']],
    ['', ['query.limit']],
    ['?limit=1&limit=2', ['query.limit']],
    ['?limit=1&tag=a&tag=b', ['query.tag']],
    ['?limit=%zz', ['query']],
  ])('%s is refused with every fault', async (query, expected) => {
    expect(paths(expectProblem(await facet.get(`/things/1${query}`), 'input-invalid'))).toEqual(expected)
  })

  test('that fits is taken, and what nobody declared is not seen', async () => {
    expect((await facet.get('/things/1?limit=1&other=%41')).status).toBe(200)
  })
})

describe('declared headers', () => {
  test('are refused with every fault', async () => {
    const problem = expectProblem(await facet.get('/by-tenant', { 'x-tenant': 'A' }), 'input-invalid')
    expect(paths(problem)).toEqual(['headers.x-tenant', 'headers.x-level'])
  })

  test('that fit are taken', async () => {
    expect((await facet.get('/by-tenant', { 'x-tenant': 'acme', 'x-level': '3' })).status).toBe(200)
  })
})

describe('a body', () => {
  test('that does not fit is refused with the path of every fault', async () => {
    const problem = expectProblem(await post('{"name":"","items":[{"sku":1,"count":"2"},{}]}'), 'input-invalid')
    expect(paths(problem)).toEqual([
      ...['body.name', 'body.items.0.sku', 'body.items.0.count'],
      ...['body.items.1.sku', 'body.items.1.count'],
    ])
  })

  test.each([
    ['half a document', '{"name":'],
    ['nothing', ''],
    ['something after the end', `${VALID}x`],
    ['a single quote', "{'name':'a'}"],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('of %s is refused as no JSON', async (_, body) => {
    const problem = expectProblem(await post(body), 'input-invalid')
    expect(problem.issues).toEqual([{ path: 'body', message: 'not JSON' }])
  })

  test.each(['null', '[]', '"text"', '1'])('of %s is JSON, and refused for its shape', async (body) => {
    expect(paths(expectProblem(await post(body), 'input-invalid'))).toEqual(['body'])
  })

  test('in XML that is not well-formed is refused, with the place', async () => {
    const problem = expectProblem(await post('<a><name>x</a>', { 'Content-Type': 'application/xml' }), 'input-invalid')
    const message = "not XML that can be read: line 1, column 11: an end tag that is not the one of 'name'"
    expect(problem.issues).toEqual([{ path: 'body', message }])
  })

  test.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['multipart/form-data; boundary=x', {}],
    ['', {}],
    ['application/jsonx', {}],
    ['application/json', { 'Content-Encoding': 'gzip' }],
    ['application/json', { 'Content-Encoding': 'br, gzip' }],
  ])('of type %j and %j is refused, with what would be taken', async (type, headers) => {
    const reply = await post(VALID, { 'Content-Type': type, ...headers })
    expectProblem(reply, 'media-unsupported')
    expect(reply.headers.get('accept')).toBe('application/json, application/xml')
    expect(reply.headers.get('accept-encoding')).toBe('identity')
  })

  test.each(['application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json'])(
    'of type %s is taken',
    async (type) => {
      expect((await post(VALID, { 'Content-Type': type })).status).toBe(200)
    },
  )

  test('with a byte-order mark, and one that says it is not encoded, are taken', async () => {
    expect((await post(`\ufeff${VALID}`, { 'Content-Encoding': 'Identity' })).status).toBe(200)
  })
})

test('what a rule does not allow is 403; the promise of a yes is none', async () => {
  for (const path of ['/forbidden', '/promised', '/allowed/you']) expectProblem(await facet.get(path), 'auth-forbidden')
  expect((await facet.get('/allowed/me')).status).toBe(200)
})

test('nothing of what was refused has reached the backend', () => {
  expect(backend.requests.filter(({ url, body }) => url !== '/things/1' && JSON.parse(body).name !== 'a')).toEqual([])
})
