import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, each, endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'

let backend: ScriptedBackend
let facet: Harness
const nothing = () => ({})
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /fine': { json: 'fine' },
    'GET /broken': { status: 500 },
    'GET /slow': { json: 'slow', delay: 1_500 },
    'GET /hang': { hang: true },
    'GET /missing': { status: 404 },
  })
  const api = rest('api', { url: backend.url, breaker: false })
  const call = (path: `/${string}`) => api.get(path, { output: z.string() })
  const fine = call('/fine')
  const broken = call('/broken')
  facet = await harness({
    clients: [client('web', { default: true })],
    routes: {
      whole: endpoint('GET /whole').source('fine', fine, nothing),
      partial: endpoint('GET /partial')
        .source('fine', fine, nothing)
        .source('extra', optional(broken, 'none'), nothing),
      deep: endpoint('GET /deep').source('items', each(optional(broken, 'none')), () => [{}]),
      strict: endpoint('GET /strict', { handling: 'strict' }).source('extra', optional(broken, 'none'), nothing),
      kept: endpoint('GET /kept', { cache: { ttl: '1m', partial: '1m' } }).source(
        'extra',
        optional(broken, 'none'),
        nothing,
      ),
      late: endpoint('GET /late', { deadline: '5s' })
        .source('fine', fine, nothing)
        .source('slow', optional(call('/hang'), 'none'), nothing),
      required: endpoint('GET /required', { deadline: '5s' }).source('slow', call('/hang'), nothing),
      hasty: endpoint('GET /hasty', { deadline: '1s' }).source('slow', optional(call('/hang'), 'none'), nothing),
      cachedSlow: endpoint('GET /cached-slow', { cache: { ttl: '1m' } }).source('slow', call('/slow'), nothing),
      statuses: endpoint('GET /statuses/:which', {
        statuses: { 'backend-status': 503, 'gone.resource-unknown': 410, 'backend-timeout': 599 },
      })
        .source('broken', broken, ({ params }) => (params.which === 'broken' ? {} : undefined))
        .source('gone', call('/missing'), ({ params }) => (params.which === 'gone' ? {} : undefined))
        .source('other', call('/missing'), ({ params }) => (params.which === 'other' ? {} : undefined)),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const strict = { prefer: 'handling=strict' }

describe('Prefer: handling=strict', () => {
  test.each(['/partial', '/deep', '/kept', '/kept'])('makes a partial answer of %s a failure', async (path) => {
    expect((await facet.get(path)).status).toBe(200)
    const reply = await facet.get(path, strict)
    expectProblem(reply, 'backend-status', path === '/deep' ? 'items' : 'extra')
    expect(reply.headers.get('preference-applied')).toBe('handling=strict')
  })

  test('changes nothing of a whole answer, and says that it was heeded', async () => {
    const reply = await facet.get('/whole', strict)
    expect([reply.status, reply.headers.get('preference-applied')]).toEqual([200, 'handling=strict'])
    expect((await facet.get('/whole')).headers.get('preference-applied')).toBeNull()
  })

  test('stands in Vary where an answer may be partial, and only there', async () => {
    const vary = async (path: string) => (await facet.get(path)).headers.get('vary')
    expect(await vary('/partial')).toBe('X-Client, Accept, Prefer')
    expect(await vary('/deep')).toBe('X-Client, Accept, Prefer')
    expect(await vary('/whole')).toBe('X-Client, Accept')
  })

  test('can be what an endpoint says of itself, which a client cannot soften', async () => {
    for (const headers of [{}, { prefer: 'handling=lenient' }]) {
      const reply = await facet.get('/strict', headers)
      expectProblem(reply, 'backend-status', 'extra')
      expect(reply.headers.get('preference-applied')).toBeNull()
    }
  })
})

describe('Prefer: wait', () => {
  const timed = async (path: string, prefer: string) => {
    const began = performance.now()
    const reply = await facet.get(path, { prefer })
    return { reply, ms: performance.now() - began }
  }

  test('gives what there is when the client will not wait any longer', async () => {
    const { reply, ms } = await timed('/late', 'wait=1')
    expect(reply.json()).toEqual({ fine: 'fine', slow: 'none' })
    expect(reply.headers.get('facet-partial')).toBe('slow;reason=deadline')
    expect(reply.headers.get('preference-applied')).toBe('wait=1')
    expect(ms).toBeGreaterThanOrEqual(990)
    expect(ms).toBeLessThan(3_000)
  })

  test('fails where a required source is not there by then', async () => {
    const { reply, ms } = await timed('/required', 'wait=1')
    expectProblem(reply, 'deadline', 'slow')
    expect(ms).toBeLessThan(3_000)
  })

  test('is heeded downwards only', async () => {
    const { reply, ms } = await timed('/hasty', 'wait=60')
    expect(reply.headers.get('facet-partial')).toBe('slow;reason=deadline')
    expect(reply.headers.get('preference-applied')).toBeNull()
    expect(ms).toBeLessThan(3_000)
  })

  test('ends one client’s wait for a reply that others share, and not theirs', async () => {
    const hasty = timed('/cached-slow', 'wait=1')
    const patient = facet.get('/cached-slow')
    expectProblem((await hasty).reply, 'deadline')
    expect((await patient).json()).toEqual({ slow: 'slow' })
    expect((await timed('/cached-slow', 'wait=1')).reply.status).toBe(200)
    expect(backend.received('GET /slow')).toHaveLength(1)
  })
})

describe('an endpoint’s own statuses', () => {
  test.each([
    ['broken', 503, 'backend-status'],
    ['gone', 410, 'resource-unknown'],
    ['other', 404, 'resource-unknown'],
  ])('of %s: %i', async (which, status, code) => {
    const reply = await facet.get(`/statuses/${which}`)
    expect(reply.status).toBe(status)
    expect(reply.json()).toMatchObject({ status, code, source: which })
  })

  test.each([
    [{ 'no-such-code': 500 }, "at 'statuses.no-such-code'"],
    [{ 'backend-status': 200 }, "at 'statuses.backend-status' (200)"],
    [{ 'client-closed': 500 }, "at 'statuses.client-closed'"],
  ])('must be failures: %j', (statuses, message) => {
    expect(() => endpoint('GET /x', { statuses: statuses as never })).toThrow(message)
  })

  test('must be of a source that is there', async () => {
    const page = endpoint('GET /x', { statuses: { 'nobody.backend-status': 503 } })
    await expect(harness({ routes: { page } })).rejects.toThrow("there is no source 'nobody'")
  })
})
