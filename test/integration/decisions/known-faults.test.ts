import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, optional, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { until } from '../support/until.ts'
import { head, say, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /fine': { json: 'fine' },
    'GET /hang': { hang: true },
    'GET /next': { json: 'next' },
  })
  const api = rest('api', { url: backend.url })
  const output = z.unknown()
  const nothing = () => ({})
  const call = (path: `/${string}`) => api.get(path, { output })
  const file = api.get('/files/:path', { output })
  const hello = <const R extends `${'ANY' | 'HEAD' | 'OPTIONS'} /${string}`>(route: R) =>
    endpoint(route, { status: 202 })
  facet = await harness({
    routes: {
      aborted: endpoint('GET /aborted')
        .source('hanging', optional(call('/hang')), nothing)
        .source('next', optional(call('/next')), ['hanging'], nothing),
      refusing: endpoint('GET /refusing').source('it', optional(call('/fine'), 'stand-in'), () => {
        throw new Error('this customer has none')
      }),
      mistake: endpoint('GET /mistake').source(
        'it',
        optional(call('/fine'), 'stand-in'),
        () => (undefined as never as { a: object }).a,
      ),
      climb: endpoint('GET /climb', { query: z.object({ to: z.string() }) }).source('it', file, ({ query }) => ({
        path: query.to,
      })),
      rest: endpoint('GET /rest/*path').source('it', file, ({ params }) => ({ path: params.path.join('/') })),
      any: hello('ANY /any'),
      head: hello('HEAD /head'),
      options: hello('OPTIONS /options'),
      order: endpoint('GET /order')
        .source('z', call('/fine'), nothing)
        .source('a', call('/next'), nothing)
        .source('m', call('/fine'), ['z'], nothing),
      proxied: proxy('ANY /proxied/*path', api),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

describe('16. What was wrong in the sketch', () => {
  test("optional does not hide the request's own abort, and its dependents do not start", async () => {
    const connection = await wire(facet.url)
    connection.write(head('/aborted'))
    await until('the call has arrived', () => backend.received('GET /hang').length === 1)
    connection.hangUp()
    await until('the call is given up', () => backend.received('GET /hang')[0]?.aborted === true)
    expect((await facet.get('/order')).status).toBe(200)
    expect(backend.received('GET /next')).toHaveLength(1)
  })

  test('an optional source whose input function throws gets its fallback; a mistake of the program is not hidden', async () => {
    const refusing = await facet.get('/refusing')
    expect([refusing.status, refusing.json()]).toEqual([200, { it: 'stand-in' }])
    expect(refusing.headers.get('facet-partial')).toBe('it;reason=internal')
    expectProblem(await facet.get('/mistake'), 'internal', 'it')
  })

  test('.. gets through nowhere', async () => {
    expectProblem(await facet.get('/climb?to=..'), 'input-invalid', 'it')
    expectProblem(await say(facet.url, head('/rest/a/../b')), 'input-invalid')
    expectProblem(await say(facet.url, head('/proxied/../b')), 'input-invalid')
    expect(backend.requests.filter(({ url }) => url.includes('..'))).toEqual([])
  })

  test('the rest of a path is joined with slashes by who wants that, never with commas', async () => {
    await facet.get('/rest/a/b')
    expect(backend.requests.at(-1)?.url).toBe('/files/a%2Fb')
    await facet.get('/proxied/a/b')
    expect(backend.requests.at(-1)?.url).toBe('/a/b')
  })

  test('a list is no part of a path: it is refused, not joined', async () => {
    const file = rest('other', { url: backend.url }).get('/files/:path', { output: z.unknown() })
    const list = endpoint('GET /list').source('it', file, () => ({ path: ['a', 'b'] as never }))
    const mine = await harness({ routes: { list } })
    expectProblem(await mine.get('/list'), 'internal', 'it')
    await mine.close()
  })

  test.each([
    ['PATCH', '/any'],
    ['HEAD', '/head'],
    ['OPTIONS', '/options'],
  ])('%s can be routed', async (method, path) => {
    expect((await facet.request(path, { method })).status).toBe(202)
  })

  test('sources are in the order in which they were declared, and none is named like a number', async () => {
    expect((await facet.get('/order')).text).toBe('{"z":"fine","a":"next","m":"fine"}')
    const call = rest('x', { url: backend.url }).get('/x', { output: z.unknown() })
    for (const name of ['1', '01', 'a b', 'a-b', '', 'ä']) {
      expect(() => endpoint('GET /x').source(name, call, () => ({}))).toThrow(/letters and digits, a letter first/)
    }
  })
})
