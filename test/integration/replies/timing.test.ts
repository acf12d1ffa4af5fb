import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let shown: Harness
let quiet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /slow': { json: 1, delay: 60 },
    'GET /kept': { json: 2 },
    'GET /broken': { status: 500 },
  })
  const api = rest('api', { url: backend.url })
  const output = z.number()
  const nothing = () => ({})
  const sources = (route: 'GET /whole' | 'GET /cached') =>
    endpoint(route, route === 'GET /cached' ? { cache: { ttl: '1m' } } : {})
      .source('slow', api.get('/slow', { output }), nothing)
      .source('kept', kept, nothing)
  const broken = api.get('/broken', { output })
  const kept = api.get('/kept', { output, cache: { ttl: '1m' } })
  const routes = {
    whole: sources('GET /whole'),
    cached: sources('GET /cached'),
    partial: endpoint('GET /partial')
      .source('broken', optional(broken, 0), nothing)
      .source('left', api.get('/kept', { output }), () => undefined),
    bad: endpoint('GET /bad').source('broken', broken, nothing),
  }
  shown = await harness({ routes, environment: { SERVER_TIMING: 'on' } })
  quiet = await harness({ routes })
})
afterAll(async () => {
  await shown.close()
  await quiet.close()
  await backend.close()
})

/** Server-Timing as a record: name → [duration, description]. */
async function timing(path: string): Promise<Record<string, readonly [number, string | undefined]>> {
  const text = (await shown.get(path)).headers.get('server-timing') ?? ''
  return Object.fromEntries(
    text.split(', ').map((metric) => {
      const [, name, duration, description] = /^([\w-]+);dur=(\d+\.\d)(?:;desc=([\w-]+))?$/.exec(metric) ?? []
      expect(name).toBeDefined()
      return [name, [Number(duration), description]]
    }),
  )
}

describe('Server-Timing, where it is on,', () => {
  test('has the whole and each source, with what its cache said', async () => {
    const first = await timing('/whole')
    expect(Object.keys(first)).toEqual(['total', 'slow', 'kept'])
    expect(first.slow?.[0]).toBeGreaterThanOrEqual(59)
    expect(first.total?.[0]).toBeGreaterThanOrEqual(first.slow?.[0] ?? Number.POSITIVE_INFINITY)
    expect([first.total?.[1], first.slow?.[1], first.kept?.[1]]).toEqual([undefined, undefined, 'miss'])
    expect((await timing('/whole')).kept?.[1]).toBe('hit')
  })

  test('has of a kept reply only what it took now', async () => {
    expect(Object.keys(await timing('/cached'))).toEqual(['total', 'slow', 'kept'])
    const { total, ...sources } = await timing('/cached')
    expect([total?.[1], sources]).toEqual(['hit', {}])
    expect(total?.[0]).toBeLessThan(50)
  })

  test('says what was replaced and what was left out', async () => {
    const { broken, left } = await timing('/partial')
    expect([broken?.[1], left]).toEqual(['fallback', [0, 'skipped']])
  })

  test('is off unless it is on', async () => {
    for (const path of ['/whole', '/cached', '/partial', '/bad']) {
      expect((await quiet.get(path)).headers.get('server-timing')).toBeNull()
    }
  })
})

describe('the record of a request', () => {
  test('has how each source fared', async () => {
    const seen = timeline()
    await quiet.get('/partial', { 'X-Request-Id': 'mine' })
    await quiet.get('/bad')
    await seen.ended(2)
    seen.close()
    expect(seen.requests).toMatchObject([
      {
        ...{ id: 'mine', method: 'GET', path: '/partial', route: 'GET /partial', client: 'web', status: 200 },
        sources: [
          { name: 'broken', outcome: 'fallback', code: 'backend-status' },
          { name: 'left', outcome: 'skipped' },
        ],
      },
      { status: 502, code: 'backend-status', sources: [{ name: 'broken', outcome: 'failed', code: 'backend-status' }] },
    ])
    expect(seen.calls.map(({ request, source, call }) => [request, source, call])[0]).toEqual([
      'mine',
      'broken',
      'GET /broken',
    ])
  })
})
