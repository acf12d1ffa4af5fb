// Policies of the two caches over a connection: what a client is told, and how the one bounds the other.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { type Clock, fakeDate } from '../support/clock.ts'
import { expectProblem } from '../support/problems.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
let clock: Clock
beforeAll(async () => {
  backend = await scriptedBackend()
  const api = rest('api', { url: backend.url })
  const one = { input: ({ id = '1' }: { id?: string }) => ({ query: { id } }), output: z.number() }
  const plain = api.get('/plain', { ...one })
  const kept = api.get('/kept', { ...one, cache: { ttl: '10s', stale: '1m', staleIfError: '1h', negative: '5s' } })
  const other = api.get('/other', { ...one, cache: { ttl: '20s' } })
  const said = rest('said', { url: backend.url, forward: ['authorization'] }).get('/said', {
    output: z.number(),
    cache: { ttl: 'origin' },
  })
  const nothing = () => ({})
  const cache = { ttl: '1m' } as const
  facet = await harness({
    routes: {
      said: endpoint('GET /said').source('said', said, nothing),
      saidReply: endpoint('GET /saidreply', { cache }).source('said', said, nothing),
      bounded: endpoint('GET /bounded', { cache }).source('kept', kept, nothing).source('other', other, nothing),
      twice: endpoint('GET /twice', { cache }).source('a', kept, nothing).source('b', kept, nothing),
      outage: endpoint('GET /outage', { cache: { ttl: '10s', staleIfError: '1h' } }).source('plain', plain, nothing),
      partial: endpoint('GET /partial', { cache: { ttl: '1m', partial: '5s' } })
        .source('other', other, nothing)
        .source('plain', optional(plain, 0), nothing),
      whole: endpoint('GET /whole', { cache }).source('plain', optional(plain, 0), nothing),
      negative: endpoint('GET /negative').source('kept', kept, nothing),
      refused: endpoint('GET /refused', { cache: { ttl: '1m', negative: '5s' } }).source('plain', plain, nothing),
      small: endpoint('GET /small', { cache: { ttl: '1m', maxBytes: 10 } }).source('plain', plain, nothing),
    },
  })
})
beforeEach(async () => {
  clock = fakeDate()
  await facet.app.runtime.cache.clear()
  for (const path of ['plain', 'kept', 'other']) backend.on(`GET /${path}`, (_, nth) => ({ json: nth }))
})
afterEach(() => clock.restore())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const asked = (path: string) => backend.received(`GET /${path}`).length
const status = async (path: string) => (await facet.get(path)).headers.get('cache-status')

describe('a reply', () => {
  test.each(['/bounded', '/twice'])(
    'of %s is fresh for no longer than the least of what it was made of',
    async (path) => {
      await facet.get('/negative')
      clock.advance(4_000)
      await facet.get(path)
      expect(await status(path)).toBe('Facet; hit; ttl=6')
      clock.advance(6_000)
      expect(await status(path)).toMatch(/^Facet; fwd=uri-miss; detail="call stale/)
    },
  )

  test('that a stale answer went into is not kept as if it were fresh', async () => {
    await facet.get('/negative')
    clock.advance(15_000)
    const calls = asked('kept')
    expect((await facet.get('/bounded')).headers.get('cache-status')).toBe(
      'Facet; fwd=uri-miss; detail="call stale, call miss"',
    )
    await until(
      'the call has been made anew',
      () => asked('kept') === calls + 1 && facet.app.runtime.cache.loading === 0,
    )
    expect((await facet.get('/bounded')).headers.get('cache-status')).toBe(
      'Facet; fwd=uri-miss; stored; detail="call hit 2"',
    )
  })

  test('that is old stands in for an outage, and says so and how old it is', async () => {
    const first = await facet.get('/outage')
    backend.on('GET /plain', { status: 503 })
    clock.advance(70_000)
    const second = await facet.get('/outage')
    expect([second.status, second.text]).toEqual([200, first.text])
    expect(second.headers.get('cache-status')).toBe('Facet; fwd=stale; ttl=-60; detail=stale-if-error')
    expect(second.headers.get('age')).toBe('70')
    clock.advance(3_600_000)
    expectProblem(await facet.get('/outage'), 'backend-status', 'plain')
  })

  test('that is partial is kept for its own short time, and not at all unless that is said', async () => {
    backend.on('GET /plain', { status: 503 })
    const calls = asked('plain')
    for (let round = 0; round < 2; round++) expect((await facet.get('/partial')).json().plain).toBe(0)
    expect(asked('plain')).toBe(calls + 1)
    expect((await facet.get('/partial')).headers.get('facet-partial')).toBe('plain;reason=backend-status')
    clock.advance(5_000)
    backend.on('GET /plain', { json: 7 })
    expect((await facet.get('/partial')).json().plain).toBe(7)
    backend.on('GET /plain', { status: 503 })
    expect(await status('/whole')).toBe('Facet; fwd=uri-miss')
    expect(await status('/whole')).toBe('Facet; fwd=uri-miss')
  })

  test('that there is nothing is kept where that is said', async () => {
    backend.on('GET /plain', { status: 404 })
    const calls = asked('plain')
    for (let round = 0; round < 3; round++) expectProblem(await facet.get('/refused'), 'resource-unknown', 'plain')
    expect(asked('plain')).toBe(calls + 1)
    clock.advance(5_000)
    backend.on('GET /plain', { json: 7 })
    expect((await facet.get('/refused')).json()).toEqual({ plain: 7 })
  })

  test('that is too large is not kept', async () => {
    expect(await status('/small')).toBe('Facet; fwd=uri-miss')
    expect(await status('/small')).toBe('Facet; fwd=uri-miss')
  })
})

describe('an answer of a call that is kept as its backend says', () => {
  const said = (headers: Record<string, string>) => backend.on('GET /said', (_, nth) => ({ json: nth, headers }))
  const value = async (headers: Record<string, string> = {}) => (await facet.get('/said', headers)).json().said

  test('is fresh by its lifetime and its age', async () => {
    said({ 'cache-control': 'max-age=60', age: '20' })
    const first = await value()
    clock.advance(39_000)
    expect(await value()).toBe(first)
    clock.advance(2_000)
    expect(await value()).toBe(first + 1)
  })

  test.each([
    { 'cache-control': 'no-store' },
    { 'cache-control': 'private, max-age=60' },
    { 'cache-control': 'no-cache, max-age=60' },
    { 'cache-control': 'max-age=60', vary: '*' },
    {},
  ])('is not kept: %j', async (headers) => {
    said(headers as Record<string, string>)
    const first = await value()
    expect(await value()).toBe(first + 1)
  })

  test('is sent stale, and in the place of an outage, for as long as it says', async () => {
    said({ 'cache-control': 'max-age=10, stale-while-revalidate=10, stale-if-error=100' })
    const first = await value()
    clock.advance(15_000)
    expect(await value()).toBe(first)
    await until('it is made anew', () => facet.app.runtime.cache.loading === 0)
    expect(await value()).toBe(first + 1)
    clock.advance(50_000)
    backend.on('GET /said', { status: 503 })
    expect(await value()).toBe(first + 1)
  })

  test('bounds the reply that it is in', async () => {
    said({ 'cache-control': 'max-age=10' })
    await facet.get('/saidreply')
    expect(await status('/saidreply')).toBe('Facet; hit; ttl=10')
  })

  describe('that can be confirmed', () => {
    /** Answers with a validator, and 304 where that is asked about. */
    const confirmable = (validator: Record<string, string>, headers: Record<string, string>, more = headers) =>
      backend.on('GET /said', ({ headers: asked }, nth) => {
        const isKnown =
          asked['if-none-match'] === validator.etag && asked['if-modified-since'] === validator['last-modified']
        return isKnown
          ? { status: 304, headers: { ...validator, ...more } }
          : { json: nth, headers: { ...validator, ...headers } }
      })
    const statuses = () =>
      backend.received('GET /said').map(({ headers }) => headers['if-none-match'] ?? headers['if-modified-since'])

    test.each<[string, Record<string, string>]>([
      ['a strong tag', { etag: '"1"' }],
      ['a weak tag', { etag: 'W/"1"' }],
      ['a date', { 'last-modified': 'Fri, 20 Nov 2026 10:00:00 GMT' }],
      ['both', { etag: '"1"', 'last-modified': 'Fri, 20 Nov 2026 10:00:00 GMT' }],
    ])('is asked about by %s, and is fresh again for as long as that says', async (_, validator) => {
      confirmable(validator, { 'cache-control': 'max-age=10' }, { 'cache-control': 'max-age=100' })
      const first = await value()
      clock.advance(10_000)
      expect(await value()).toBe(first)
      expect(statuses().at(-1)).toBe(validator.etag ?? validator['last-modified'])
      const calls = asked('said')
      clock.advance(99_000)
      expect(await value()).toBe(first)
      expect(asked('said')).toBe(calls)
      clock.advance(1_000)
      await value()
      expect(asked('said')).toBe(calls + 1)
    })

    test('is taken anew where the backend has another one', async () => {
      confirmable({ etag: '"1"' }, { 'cache-control': 'max-age=10' })
      const first = await value()
      clock.advance(10_000)
      confirmable({ etag: '"2"' }, { 'cache-control': 'max-age=10' })
      expect(await value()).toBeGreaterThan(first)
    })

    test('is asked about each time where it says no-cache', async () => {
      confirmable({ etag: '"1"' }, { 'cache-control': 'no-cache' })
      const first = await value()
      const calls = asked('said')
      for (let round = 1; round <= 3; round++) {
        expect(await value()).toBe(first)
        expect(asked('said')).toBe(calls + round)
      }
    })

    test('is asked for again, without conditions, where the confirmation is of something else', async () => {
      confirmable({ etag: '"1"' }, { 'cache-control': 'max-age=10' })
      const first = await value()
      clock.advance(10_000)
      backend.on('GET /said', ({ headers }, nth) =>
        headers['if-none-match'] ? { status: 304, headers: { etag: '"9"' } } : { json: nth },
      )
      expect(await value()).toBeGreaterThan(first)
    })

    test('does not stand in for an outage for that', async () => {
      confirmable({ etag: '"1"' }, { 'cache-control': 'max-age=10' })
      await value()
      clock.advance(10_000)
      backend.on('GET /said', { status: 503 })
      expect((await facet.get('/said')).status).toBe(502)
    })

    test('is not asked about where it was purged', async () => {
      confirmable({ etag: '"1"', 'surrogate-key': 'it' }, { 'cache-control': 'max-age=10' })
      await value()
      await facet.app.invalidate(['it'])
      await value()
      expect(statuses().at(-1)).toBeUndefined()
    })
  })

  test('that a client’s credentials went into is kept only where it says that it may be', async () => {
    const user = { authorization: 'Bearer 1' }
    said({ 'cache-control': 'max-age=60' })
    const first = await value(user)
    expect(await value(user)).toBe(first + 1)
    said({ 'cache-control': 'public, max-age=60' })
    const second = await value(user)
    expect([await value(user), await value({ authorization: 'Bearer 2' })]).toEqual([second, second + 1])
  })
})

describe('an answer of a call', () => {
  test('of 404 is kept where that is said', async () => {
    backend.on('GET /kept', { status: 404 })
    const calls = asked('kept')
    for (let round = 0; round < 3; round++) expectProblem(await facet.get('/negative'), 'resource-unknown', 'kept')
    expect(asked('kept')).toBe(calls + 1)
  })

  test('that is old stands in for an outage', async () => {
    const first = (await facet.get('/negative')).json()
    backend.on('GET /kept', { reset: true })
    clock.advance(120_000)
    expect((await facet.get('/negative')).json()).toEqual(first)
  })
})
