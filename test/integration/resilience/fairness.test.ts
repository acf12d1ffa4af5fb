import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { ask, backendEvents, expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'

const output = z.object({ n: z.number() })
const nothing = () => ({})

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

const waiting = (seconds: number) => ({ prefer: `wait=${seconds}` })

describe('a client that waits for less long than its backend takes', () => {
  test.each([
    ['an answer of its own', {}],
    ['a kept one', { cache: { ttl: '1s', control: 'private, no-cache' } }],
  ])('does not open the breaker for the others: %s', async (_, options) => {
    backend.on('GET /n', { delay: 1_300, json: { n: 1 } })
    const shop = rest('shop', { url: backend.url, breaker: { minimum: 3, open: '5s' } })
    const cached = shop.get('/n', {
      output,
      cache: { ttl: '0s' },
      input: ({ id }: { id: string }) => ({ query: { id } }),
    })
    const read = endpoint('GET /n/:id', options as object).source('value', cached, ({ params }) => params)
    facet = await harness({ routes: { read } })
    const events = backendEvents()
    const hasty = await Promise.all([1, 2, 3, 4, 5, 6].map((id) => facet.get(`/n/${id}`, waiting(1))))
    expect(hasty.map(({ status }) => status)).toEqual(Array(6).fill(504))
    expect((await facet.get('/n/7')).status).toBe(200)
    events.close()
    expect(events.records).toEqual([])
  })

  test('nor is it the backend that is slow where a source is only given little time', async () => {
    backend.on('GET /n', { hang: true })
    const shop = rest('shop', { url: backend.url, breaker: { minimum: 3, open: '5s' } })
    const call = shop.get('/n', { output })
    const little = endpoint('GET /little').source('value', optional(call).after('50ms'), nothing)
    const much = endpoint('GET /much').source('value', optional(call).after('1100ms'), nothing)
    facet = await harness({ routes: { little, much } })
    const events = backendEvents()
    await ask(facet, ['/little'], 6, 6)
    expect(events.records).toEqual([])
    // A second of silence says something, whoever waits.
    await ask(facet, ['/much'], 3, 3)
    events.close()
    expect(events.records.map(({ event }) => event)).toEqual(['open'])
  })
})

describe('what one source does with a read', () => {
  test('is not done to another that asks the same: one is late, the other waits', async () => {
    backend.on('GET /n', { delay: 150, json: { n: 1 } })
    const call = rest('shop', { url: backend.url }).get('/n', { output })
    const both = endpoint('GET /both')
      .source('nice', optional(call).after('30ms'), nothing)
      .source('must', call, nothing)
    facet = await harness({ routes: { both } })
    const reply = await facet.get('/both')
    expect([reply.status, reply.json()]).toEqual([200, { must: { n: 1 } }])
    expect(reply.headers.get('facet-partial')).toBe('nice;reason=backend-timeout')
  })

  test('is over when it is late, where what comes next would write', async () => {
    backend.on('GET /n', { delay: 120, status: 500 })
    backend.on('POST /n', { json: { n: 2 } })
    const shop = rest('shop', { url: backend.url })
    const kept = shop.get('/n', { output, cache: { ttl: '1m' } })
    const write = shop.post('/n', { output, input: (_: object) => ({ body: {} }) })
    const late = endpoint('GET /late').source('value', optional(kept).orElse(write).after('40ms'), nothing)
    facet = await harness({ routes: { late } })
    expect((await facet.get('/late')).headers.get('facet-partial')).toBe('value;reason=backend-timeout')
    await pause(300)
    expect(backend.received('POST /n')).toHaveLength(0)
  })

  test('goes on for the data cache of its endpoint when nobody waits for it any more', async () => {
    backend.on('GET /n', { delay: 150, json: { n: 1 } })
    const call = rest('shop', { url: backend.url }).get('/n', { output })
    const read = endpoint('GET /n', { data: { ttl: '1m' } }).source('value', optional(call).after('40ms'), nothing)
    facet = await harness({ routes: { read } })
    expect((await facet.get('/n')).headers.get('facet-partial')).toBe('value;reason=backend-timeout')
    await pause(250)
    const second = await facet.get('/n')
    expect([second.json(), second.headers.get('facet-partial')]).toEqual([{ value: { n: 1 } }, null])
    expect(backend.requests).toHaveLength(1)
  })
})

describe('the last good answer', () => {
  test.each([
    [401, false],
    [403, false],
    [404, false],
    [410, false],
    [408, true],
    [429, true],
    [500, true],
  ])('after a %d stands in: %s', async (status, stands) => {
    backend.on('GET /n', (_, count) => (count === 1 ? { json: { n: 1 } } : { status }))
    const call = rest('shop', { url: backend.url }).get('/n', { output })
    const read = endpoint('GET /n').source('value', optional(call, { n: 0 }).lastGood({ maxAge: '1h' }), nothing)
    facet = await harness({ routes: { read } })
    expect((await facet.get('/n')).json()).toEqual({ value: { n: 1 } })
    expect((await facet.get('/n')).json()).toEqual({ value: { n: stands ? 1 : 0 } })
  })
})

describe('an instance that answers nothing', () => {
  test('is ejected, also where hedging always finds another one', async () => {
    const other = await scriptedBackend({ 'GET /n': { json: { n: 2 } } })
    backend.on('GET /n', { hang: true })
    const shop = rest('shop', { url: [backend.url, other.url], balance: 'round-robin' })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output, hedge: { after: '20ms' } }), nothing)
    facet = await harness({ routes: { read } })
    try {
      for (let nth = 0; nth < 14; nth++) expect((await facet.get('/n')).json()).toEqual({ value: { n: 2 } })
      expect(facet.app.backends()[0]?.instances.map(({ state }) => state)).toEqual(['ejected', 'in service'])
      expect(backend.requests.length).toBeLessThanOrEqual(6)
    } finally {
      await nothingLeft(facet)
      await other.close()
    }
  })
})

describe('a function of the team’s', () => {
  test('that says asynchronously what a failure is says nothing', async () => {
    backend.on('GET /n', { status: 404 })
    const isFailure = (async () => true) as never
    const shop = rest('shop', { url: backend.url, breaker: { minimum: 3, isFailure } })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output }), nothing)
    facet = await harness({ routes: { read } })
    const events = backendEvents()
    await ask(facet, ['/n'], 10, 2)
    events.close()
    expect(events.records).toEqual([])
  })

  test('that throws when a probe fails closes no breaker', async () => {
    backend.on('GET /n', { status: 500 })
    let isBroken = false
    const isFailure = () => {
      if (isBroken) throw new Error('a mistake')
      return true
    }
    const shop = rest('shop', { url: backend.url, breaker: { minimum: 3, open: '100ms', probes: 1, isFailure } })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output }), nothing)
    facet = await harness({ routes: { read } })
    const events = backendEvents()
    await ask(facet, ['/n'], 3, 1)
    isBroken = true
    await until('a probe has failed', async () => (await facet.get('/n')).status === 500)
    await ask(facet, ['/n'], 3, 1)
    events.close()
    expect(events.records.map(({ event }) => event)).not.toContain('closed')
  })

  test('that makes a fallback asynchronously is a mistake, and nothing is forgotten of it', async () => {
    backend.on('GET /n', { status: 500 })
    const call = rest('shop', { url: backend.url }).get('/n', { output: z.looseObject({}) })
    const recover = (async () => {
      throw new Error('x')
    }) as never
    const read = endpoint('GET /n').source('value', optional(call).recover(recover), nothing)
    facet = await harness({ routes: { read } })
    expect((await facet.get('/n')).status).toBe(500)
  })
})
