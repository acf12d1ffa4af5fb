import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, each, endpoint, maybe, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectNoLeak, expectProblem, SECRET } from '../support/problems.ts'
import { parseList } from '../support/structured-field.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /fine': { json: 'fine' },
    'GET /broken': { status: 500, body: SECRET },
    'GET /hanging': { hang: true },
    'GET /wrong': { json: { secret: SECRET } },
    'GET /garbage': { body: `<${SECRET}` },
    'GET /items/1': { json: 'one' },
    'GET /items/2': { status: 500, body: SECRET },
  })
  const api = rest('api', { url: backend.url, timeout: '100ms', breaker: false })
  const output = z.string()
  const call = (path: `/${string}`) => api.get(path, { output })
  const item = api.get('/items/:id', { output })
  const nothing = () => ({})
  const view = endpoint('GET /view', { cache: { ttl: '1m' } })
    .source('fine', call('/fine'), nothing)
    .source('extra', call('/broken'), nothing)
  const web = client('web', { default: true })
  const mobile = client('mobile')
  facet = await harness({
    clients: [web, mobile],
    transforms: [mobile.transform(view, ['fine', maybe('extra')], (data) => data)],
    routes: {
      many: endpoint('GET /many', { cache: { ttl: '1m' } })
        .source('fine', optional(call('/fine')), nothing)
        .source('broken', optional(call('/broken'), 'b'), nothing)
        .source('hanging', optional(call('/hanging'), 'h'), nothing)
        .source('wrong', optional(call('/wrong'), 'w'), nothing)
        .source('garbage', optional(call('/garbage')), nothing),
      recovered: endpoint('GET /recovered').source(
        'broken',
        optional(call('/broken')).recover(({ code, upstream }) => `${code} ${upstream}`),
        nothing,
      ),
      orElse: endpoint('GET /or-else').source('either', optional(call('/broken'), 'x').orElse(call('/fine')), nothing),
      neither: endpoint('GET /neither').source(
        'either',
        optional(call('/broken'), 'x').orElse(call('/wrong')),
        nothing,
      ),
      some: endpoint('GET /some').source('items', each(optional(item, 'none')), () => [
        { id: '1' },
        { id: '2' },
        { id: '2' },
      ]),
      skipped: endpoint('GET /skipped/:id').source('item', optional(item, 'x'), ({ params }) =>
        params.id === '0' ? undefined : params,
      ),
      dependent: endpoint('GET /dependent')
        .source('broken', optional(call('/broken'), '1'), nothing)
        .source('item', item, ['broken'], ({ broken }) => ({ id: broken })),
      view,
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const partial = ({ headers }: { headers: Headers }) =>
  parseList(headers.get('facet-partial') ?? '').map(({ value, parameters }) => `${value} ${parameters.reason}`)

describe('a partial reply', () => {
  test('says in a List of Tokens which sources are missing, and why', async () => {
    const reply = await facet.get('/many')
    expect([reply.status, reply.json()]).toEqual([200, { fine: 'fine', broken: 'b', hanging: 'h', wrong: 'w' }])
    expect(partial(reply).sort()).toEqual([
      ...['broken backend-status', 'garbage backend-malformed', 'hanging backend-timeout', 'wrong backend-shape'],
    ])
    expectNoLeak(reply)
  })

  test('is not kept, and the whole one that comes after it is', async () => {
    for (let i = 0; i < 2; i++) {
      const reply = await facet.get('/many')
      expect(parseList(reply.headers.get('cache-status') ?? '')).toEqual([
        { value: 'Facet', parameters: { fwd: 'uri-miss' } },
      ])
    }
    const routes = ['broken', 'hanging', 'wrong', 'garbage']
    for (const route of routes) backend.on(`GET /${route}`, { json: 'mended' })
    const whole = await facet.get('/many')
    expect(whole.headers.get('facet-partial')).toBeNull()
    expect(whole.headers.get('cache-status')).toContain('stored')
    expect((await facet.get('/many')).headers.get('cache-status')).toContain('hit')
    for (const route of routes) backend.on(`GET /${route}`, { status: 500, body: SECRET })
  })

  test('has an ETag and can be 304 like others, and then says that it is partial, too', async () => {
    const first = await facet.get('/dependent')
    const again = await facet.get('/dependent', { 'If-None-Match': first.headers.get('etag') ?? '' })
    expect([again.status, partial(again)]).toEqual([304, ['broken backend-status']])
  })

  test('is what a client gets that can do without, where others get a problem', async () => {
    expectProblem(await facet.get('/view'), 'backend-status', 'extra')
    const reply = await facet.get('/view', { 'X-Client': 'mobile' })
    expect([reply.json(), partial(reply)]).toEqual([{ fine: 'fine' }, ['extra backend-status']])
  })

  test('is what its fallback feeds', async () => {
    const reply = await facet.get('/dependent')
    expect([reply.json(), partial(reply)]).toEqual([{ broken: '1', item: 'one' }, ['broken backend-status']])
  })

  test('names a source once, however many of its calls failed', async () => {
    const reply = await facet.get('/some')
    expect([reply.json(), partial(reply)]).toEqual([{ items: ['one', 'none', 'none'] }, ['items backend-status']])
  })
})

describe('what stands in', () => {
  test('can be made from the error, and the reply is partial', async () => {
    const reply = await facet.get('/recovered')
    expect([reply.json(), partial(reply)]).toEqual([{ broken: 'backend-status 500' }, ['broken backend-status']])
  })

  test('can be asked of another call, and then nothing is missing', async () => {
    const reply = await facet.get('/or-else')
    expect([reply.json(), partial(reply)]).toEqual([{ either: 'fine' }, []])
  })

  test('is the fallback where the other call fails as well', async () => {
    const reply = await facet.get('/neither')
    expect([reply.json(), partial(reply)]).toEqual([{ either: 'x' }, ['either backend-status']])
  })

  test('is nothing at all for a source that is left out: the reply is whole', async () => {
    const reply = await facet.get('/skipped/0')
    expect([reply.text, partial(reply)]).toEqual(['{}', []])
    expect((await facet.get('/skipped/1')).json()).toEqual({ item: 'one' })
  })
})
