import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness
let shown: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /count': (_, nth) => ({ json: nth, headers: { 'cache-status': 'Other; hit', 'cache-control': 'public' } }),
  })
  const api = rest('api', {
    url: backend.url,
    forward: ['traceparent', 'Accept-Language', 'authorization', 'x-tenant'],
  })
  const plain = rest('plain', { url: backend.url })
  const output = z.number()
  const nothing = () => ({})
  const cache = { ttl: '1m' } as const
  const kept = plain.get('/count', { output, cache })
  const routes = {
    kept: endpoint('GET /kept', { cache }).source('count', kept, nothing),
    open: endpoint('GET /open', { cache: { ...cache, control: 'public, max-age=5', bypass: true } }).source(
      'count',
      plain.get('/count', { output }),
      nothing,
    ),
    personal: endpoint('GET /personal').source('count', api.get('/count', { output, cache }), nothing),
    listed: endpoint('GET /listed').source('count', api.get('/count', { output, name: 'fresh' }), nothing),
  }
  facet = await harness({ routes })
  shown = await harness({ routes, environment: { CACHE_KEYS: 'on', SERVER_TIMING: 'on' } })
})
afterAll(async () => {
  await facet.close()
  await shown.close()
  await backend.close()
})

describe('9. What clients are told of caches', () => {
  test('is private, no-cache with an ETag, unless the endpoint says more', async () => {
    const kept = await facet.get('/kept')
    expect(kept.headers.get('cache-control')).toBe('private, no-cache')
    expect(kept.headers.get('etag')).toMatch(/^"[^"]+"$/)
    expect((await facet.get('/open')).headers.get('cache-control')).toBe('public, max-age=5')
  })

  test('is one Facet member of Cache-Status, without keys unless they are switched on', async () => {
    await facet.get('/kept')
    expect((await facet.get('/kept')).headers.get('cache-status')).toMatch(/^Facet; hit; ttl=(60|59)$/)
    expect((await shown.get('/kept')).headers.get('cache-status')).toMatch(
      /^Facet; fwd=uri-miss; stored; key="reply GET \/kept/,
    )
  })

  test("has each source's cache in Server-Timing, off unless it is switched on", async () => {
    expect((await facet.get('/personal')).headers.get('server-timing')).toBeNull()
    await shown.get('/personal')
    expect((await shown.get('/personal')).headers.get('server-timing')).toMatch(/, count;dur=\d+\.\d;desc=hit$/)
  })

  test("does not follow a client's no-cache but where that is switched on", async () => {
    const headers = { 'Cache-Control': 'no-cache' }
    const counts = async (path: string) => [
      (await facet.get(path)).json().count,
      (await facet.get(path, headers)).json().count,
    ]
    const [kept, still] = await counts('/kept')
    expect(still).toBe(kept)
    const [open, fresh] = await counts('/open')
    expect(fresh).toBeGreaterThan(open)
  })
})

describe("10. A caller's context goes to backends by a list", () => {
  const SENT = {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'Accept-Language': 'de',
    Authorization: 'Bearer a',
    'X-Tenant': 'acme',
    Cookie: 'a=b',
    'X-Other': 'c',
  }

  test('what is on it, and nothing else', async () => {
    await facet.get('/listed', SENT)
    const { headers } = backend.requests.at(-1) ?? { headers: {} }
    expect(headers).toMatchObject({
      ...{ traceparent: SENT.traceparent, 'accept-language': 'de', authorization: 'Bearer a', 'x-tenant': 'acme' },
    })
    expect(
      Object.keys(headers).filter((name) => ['cookie', 'x-other', 'x-client', 'user-agent'].includes(name)),
    ).toEqual([])
  })

  test("what is sent on is part of the call's key", async () => {
    const count = async (headers: Record<string, string>) => (await facet.get('/personal', headers)).json().count
    const first = await count({ Authorization: 'a' })
    expect(await count({ Authorization: 'a', 'X-Other': '1' })).toBe(first)
    expect(await count({ Authorization: 'b' })).not.toBe(first)
    expect(await count({ Authorization: 'a', 'Accept-Language': 'de' })).not.toBe(first)
  })

  test.each([
    ['mine-1', true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['with blanks', false],
    ['"quoted"', false],
  ])('an X-Request-Id of %j is used: %j', async (id, used) => {
    const reply = await facet.get('/listed', { 'X-Request-Id': id })
    expect(reply.headers.get('x-request-id') === id).toBe(used)
    expect(backend.requests.at(-1)?.headers['x-request-id']).toBe(reply.headers.get('x-request-id'))
  })
})
