import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, env, FacetError, optional, rest, soap } from 'facet'
import { type Harness, harness, type Script, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import type { BreakerOptions } from '../../../src/call/upstream-options.ts'
import { openLog } from '../../../src/ops/log.ts'
import { ask, backendEvents, controlled, expectNothingForgotten, nothingLeft, tally } from '../support/resilience.ts'
import { until } from '../support/until.ts'

const output = z.object({ ok: z.boolean() })
const OK: Script = { json: { ok: true } }

let backend: ScriptedBackend
let facet: Harness
let events: ReturnType<typeof backendEvents>
expectNothingForgotten()
beforeEach(async () => {
  backend = await scriptedBackend()
  events = backendEvents()
})
afterEach(async () => {
  events.close()
  await nothingLeft(facet)
  await facet.close()
  await backend.close()
})

/** `GET /read` needs the backend, `GET /part` does not, `POST /write` is refused with 409 in the words of its table. */
async function start(breaker: false | BreakerOptions): Promise<void> {
  const shop = rest('shop', { url: env('SHOP_URL'), breaker })
  const reading = shop.get('/read', { output })
  const writing = shop.post('/write', { output, refusals: { 409: { as: 'precondition-failed' } } })
  const read = endpoint('GET /read').source('value', reading, () => ({}))
  const part = endpoint('GET /part').source('value', optional(reading, { ok: false }), () => ({}))
  const write = endpoint('GET /write').source('value', writing, () => ({}))
  facet = await harness({ routes: { read, part, write }, environment: { SHOP_URL: backend.url } })
}

const statuses = async (path: string, times: number) =>
  tally((await ask(facet, [path], times, 1)).map(({ status }) => status))
const happened = () => events.records.map(({ backend, event }) => `${backend} ${event}`)

describe('a breaker', () => {
  test('opens, is half open, and closes, and all of it can be seen', async () => {
    const lines: string[] = []
    const log = openLog('info', { write: (line: string) => void lines.push(line) }, 0)
    await start({ minimum: 4, open: '200ms', probes: 2 })
    backend.on('GET /read', { status: 500 })
    expect(await statuses('/read', 4)).toEqual({ 502: 4 })
    const refused = await facet.get('/read')
    expect([refused.status, refused.json().code, refused.headers.get('retry-after')]).toEqual([
      503,
      'backend-open',
      '1',
    ])
    const covered = await facet.get('/part')
    expect([covered.status, covered.json()]).toEqual([200, { value: { ok: false } }])
    expect(covered.headers.get('facet-partial')).toBe('value;reason=backend-open')
    expect(await controlled(facet, 'shop')).toMatchObject({ breaker: 'open', calls: { inFlight: 0 } })
    expect(backend.requests).toHaveLength(4)
    // What it learns of a probe that fails is that it rests once more.
    await until('it probes', async () => (await facet.get('/read')).status === 502)
    expect((await facet.get('/read')).status).toBe(503)
    expect(backend.requests).toHaveLength(5)
    backend.on('GET /read', OK)
    await until('it lets one through', async () => (await facet.get('/read')).status === 200)
    expect(await controlled(facet, 'shop')).toMatchObject({ breaker: 'half-open' })
    expect(await statuses('/read', 10)).toEqual({ 200: 10 })
    expect(await controlled(facet, 'shop')).toMatchObject({ breaker: 'closed' })
    log.close()
    expect(happened()).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'].map((event) => `shop ${event}`))
    const told = lines.map((line) => JSON.parse(line)).filter(({ backend }) => backend !== undefined)
    expect(told.map(({ level, event, msg }) => [level, event, msg])).toEqual([
      [40, 'open', 'a breaker has opened'],
      [30, 'half-open', 'a breaker lets probes through'],
      [40, 'open', 'a breaker has opened'],
      [30, 'half-open', 'a breaker lets probes through'],
      [30, 'closed', 'a breaker has closed'],
    ])
  })

  test.each([
    ['404', 'GET /read', { status: 404 }],
    ['429', 'GET /read', { status: 429 }],
    ['501', 'GET /read', { status: 501 }],
    ['another shape', 'GET /read', { json: { ok: 'yes' } }],
    ['409, which its table knows', 'POST /write', { status: 409 }],
  ] as const)('does not open by answers that judge the request: %s', async (_, route, script) => {
    await start({ minimum: 4 })
    backend.on(route, script)
    const path = route === 'POST /write' ? '/write' : '/read'
    await ask(facet, [path], 20, 4)
    expect(backend.requests).toHaveLength(20)
    expect(happened()).toEqual([])
  })

  test('closes by them as well: a backend that says no is well', async () => {
    await start({ minimum: 4, open: '100ms', probes: 1 })
    backend.on('GET /read', { status: 500 })
    backend.on('POST /write', { status: 409 })
    await ask(facet, ['/read'], 4, 1)
    await until('it lets one through', async () => (await facet.get('/write')).json().code === 'precondition-failed')
    expect(happened()).toEqual(['shop open', 'shop half-open', 'shop closed'])
  })

  test('does not open by faults', async () => {
    const fault =
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>'
    backend.on('POST /', { status: 500, headers: { 'content-type': 'text/xml' }, body: fault })
    const calc = soap('calc', { url: backend.url, namespace: 'urn:r', breaker: { minimum: 4 } })
    const add = calc.operation('Add', {
      ...{ effect: 'read', request: z.object({ a: z.number() }), output: z.object({ n: z.number() }) },
      input: ({ a }: { a: number }) => ({ a }),
    })
    const sum = endpoint('GET /sum').source('sum', add, () => ({ a: 1 }))
    facet = await harness({ routes: { sum } })
    const replies = await ask(facet, ['/sum'], 20, 4)
    expect(tally(replies.map((reply) => reply.json().code))).toEqual({ 'backend-fault': 20 })
    expect(happened()).toEqual([])
  })

  test('is not there where it is switched off', async () => {
    await start(false)
    backend.on('GET /read', { status: 500 })
    expect(await statuses('/read', 60)).toEqual({ 502: 60 })
    expect(backend.requests).toHaveLength(60)
    expect((await controlled(facet, 'shop')).breaker).toBeUndefined()
  })

  test('opens by answers that are slow, though they are good', async () => {
    await start({ minimum: 4, slow: { over: '40ms', rate: 0.5 }, open: '5s' })
    backend.on('GET /read', (_, count) => ({ json: { ok: true }, delay: count % 2 === 0 ? 60 : 0 }))
    expect(await statuses('/read', 4)).toEqual({ 200: 4 })
    expect(await statuses('/read', 4)).toEqual({ 503: 4 })
    expect(happened()).toEqual(['shop open'])
  })

  test('is told what a failure is', async () => {
    await start({ minimum: 4, isFailure: (error) => error instanceof FacetError && error.upstream === 404, open: '5s' })
    backend.on('GET /read', { status: 500 })
    expect(await statuses('/read', 8)).toEqual({ 502: 8 })
    backend.on('GET /read', { status: 404 })
    await ask(facet, ['/read'], 20, 1)
    expect(happened()).toEqual(['shop open'])
  })

  test('is each app’s own, though two know the same backend', async () => {
    const shop = rest('shop', { url: env('SHOP_URL'), breaker: { minimum: 4, open: '5s' } })
    const read = endpoint('GET /read').source('value', shop.get('/read', { output }), () => ({}))
    backend.on('GET /read', { status: 500 })
    facet = await harness({ routes: { read }, environment: { SHOP_URL: backend.url } })
    const other = await harness({ routes: { read }, environment: { SHOP_URL: backend.url } })
    try {
      expect(await statuses('/read', 5)).toEqual({ 502: 4, 503: 1 })
      backend.on('GET /read', OK)
      expect((await other.get('/read')).status).toBe(200)
    } finally {
      await nothingLeft(other)
      await other.close()
    }
  })
})
