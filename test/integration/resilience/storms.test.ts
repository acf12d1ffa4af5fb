import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, env, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { ask, backendEvents, expectNothingForgotten, gauge, nothingLeft, pause, tally } from '../support/resilience.ts'

const output = z.object({ ok: z.boolean() })
/** Retries in ten seconds that are always allowed. */
const FLOOR = 30

let backend: ScriptedBackend
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  backend = await scriptedBackend()
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await backend.close()
})

/** Endpoints of several operations of one backend: plain reads, one that is hedged, one that is cached, and an idempotent write. */
async function start(breaker: false | { readonly minimum: number; readonly open: '300ms' }): Promise<void> {
  const shop = rest('shop', { url: env('SHOP_URL'), retries: 3, breaker })
  const read = endpoint('GET /read').source('value', shop.get('/read', { output }), () => ({}))
  const hedged = endpoint('GET /hedged').source(
    'value',
    shop.get('/hedged', { output, hedge: { after: '20ms' } }),
    () => ({}),
  )
  const cached = endpoint('GET /cached/:id').source(
    'value',
    shop.get('/cached/:id', { output, cache: { ttl: '1s' } }),
    ({ params }) => params,
  )
  const put = endpoint('GET /put').source('value', shop.put('/put', { output }), () => ({}))
  facet = await harness({ routes: { read, hedged, cached, put }, environment: { SHOP_URL: backend.url } })
  backend.on('GET /read', { status: 503, delay: 5 })
  backend.on('GET /hedged', { status: 502, delay: 60 })
  backend.on('PUT /put', { reset: true })
  for (let id = 0; id < 200; id++) backend.on(`GET /cached/${id}`, { status: 504 })
}

describe('a backend that fails everything', () => {
  test('is asked no more than a fifth more often than requests come, whatever each operation may', async () => {
    await start(false)
    const paths = Array.from(
      { length: 800 },
      (_, at) => ['/read', '/hedged', `/cached/${at >> 2}`, '/put'][at % 4] as string,
    )
    const replies = await ask(facet, paths, paths.length, 40)
    expect(tally(replies.map(({ status }) => status))).toEqual({ 502: 800 })
    expect(backend.requests.length).toBeGreaterThan(800 + FLOOR)
    expect(backend.requests.length).toBeLessThanOrEqual(1.2 * 800 + FLOOR)
  })

  test('is asked by each call four times at the most where requests are few, within the floor', async () => {
    await start(false)
    await ask(facet, ['/read'], 20, 20)
    expect(backend.requests.length).toBeLessThanOrEqual(20 + FLOOR)
    expect(backend.requests.length).toBe(20 + FLOOR)
  })

  test('is left alone by its breaker after the first of them, and every client is told at once', async () => {
    await start({ minimum: 20, open: '300ms' })
    const started = performance.now()
    const replies = await ask(facet, ['/read', '/put'], 400, 10)
    const took = performance.now() - started
    const opened = Math.ceil(took / 300)
    // The minimum, what was in flight when it opened, and three probes each time.
    expect(backend.requests.length).toBeLessThanOrEqual(20 + 20 + 3 * opened)
    const refused = replies.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThan(300)
    for (const reply of refused) {
      expect(reply.json().code).toBe('backend-open')
      expect(reply.headers.get('retry-after')).toBe('1')
    }
  })
})

describe('a herd of clients before a backend that comes back', () => {
  test('meets it by its probes first, then by its places, and everybody is answered in time', async () => {
    const [probes, limit, clients, open] = [2, 10, 300, 300]
    const shop = rest('shop', {
      url: env('SHOP_URL'),
      breaker: { minimum: 20, open: `${open}ms`, probes },
      concurrency: { limit, queue: clients },
      retries: 2,
    })
    const read = endpoint('GET /read', { deadline: '3s' }).source('value', shop.get('/read', { output }), () => ({}))
    facet = await harness({ routes: { read }, environment: { SHOP_URL: backend.url } })
    const events = backendEvents()
    const inside = gauge()
    const peaks: Record<string, number> = {}
    let isDead = true
    backend.on('GET /read', async () => {
      const state = events.records.at(-1)?.event ?? 'closed'
      const stay = inside.during(isDead ? 5 : 20)
      peaks[state] = Math.max(peaks[state] ?? 0, inside.now)
      await stay
      return isDead ? { status: 500 } : { json: { ok: true } }
    })
    let healed = 0
    let normal = 0
    let slowest = 0
    const codes = new Set<number>()
    const client = async () => {
      await pause(Math.random() * 100)
      for (let good = 0; good < 3; ) {
        const asked = performance.now()
        const { status } = await facet.get('/read')
        slowest = Math.max(slowest, performance.now() - asked)
        codes.add(status)
        if (status === 200) good++
        else await pause(100 + Math.random() * 200)
      }
    }
    const herd = Promise.all(Array.from({ length: clients }, client))
    await pause(1_000)
    isDead = false
    healed = performance.now()
    while (events.records.at(-1)?.event !== 'closed') await pause(2)
    normal = performance.now() - healed
    await herd
    events.close()
    expect(events.records[0]?.event).toBe('open')
    expect(peaks['half-open']).toBeLessThanOrEqual(probes)
    expect(peaks.open ?? 0).toBeLessThanOrEqual(limit)
    expect(peaks.closed).toBe(limit)
    expect(inside.peak).toBe(limit)
    expect(slowest).toBeLessThan(3_900)
    // One rest that had just begun, two rounds of probes, and what the machine needs for three hundred clients.
    expect(normal).toBeLessThan(open * 1.1 + 2 * 20 + 2_000)
    expect([...codes].sort()).toEqual([200, 502, 503])
  })
})
