import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'
import { type Clock, fakeDate } from '../support/clock.ts'
import { expectProblem } from '../support/problems.ts'
import { type Member, parseList } from '../support/structured-field.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
let clock: Clock
beforeAll(async () => {
  backend = await scriptedBackend()
  const count = rest('api', { url: backend.url }).get('/count', { output: z.number() })
  const nothing = () => ({})
  const cache = { ttl: '30s', stale: '5m', tags: () => ['counts'] } as const
  facet = await harness({
    routes: {
      kept: endpoint('GET /kept', { cache }).source('count', count, nothing),
      short: endpoint('GET /short', { cache: { ttl: '30s' } }).source('count', count, nothing),
      bypass: endpoint('GET /bypass', { cache: { ttl: '30s', bypass: true } }).source('count', count, nothing),
      open: endpoint('GET /open', { cache: { ttl: '30s', control: 'public, max-age=10' } }).source(
        'count',
        count,
        nothing,
      ),
      plain: endpoint('GET /plain').source('count', count, nothing),
    },
  })
})
beforeEach(async () => {
  clock = fakeDate()
  await facet.app.runtime.cache.clear()
  backend.on('GET /count', (_, nth) => ({ json: nth }))
})
afterEach(() => clock.restore())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const asked = () => backend.received('GET /count').length
const state = ({ headers }: { headers: Headers }): Member | undefined => {
  const members = parseList(headers.get('cache-status') ?? '')
  expect(members.length).toBeLessThan(2)
  return members[0]
}
const settled = (calls: number) =>
  until('the refresh is done', () => asked() === calls && facet.app.runtime.cache.loading === 0)

describe('a reply that is kept', () => {
  test('says so: stored, then how old it is and how long it is fresh', async () => {
    const first = await facet.get('/kept')
    expect(state(first)).toEqual({ value: 'Facet', parameters: { fwd: 'uri-miss', stored: true } })
    expect(first.headers.get('age')).toBeNull()
    clock.advance(12_500)
    const second = await facet.get('/kept')
    expect(state(second)).toEqual({ value: 'Facet', parameters: { hit: true, ttl: 17 } })
    expect(second.headers.get('age')).toBe('12')
    expect([second.text, second.headers.get('etag')]).toEqual([first.text, first.headers.get('etag')])
  })

  test('is stale after its time: sent at once, and made anew behind the scenes', async () => {
    const first = await facet.get('/kept')
    const calls = asked()
    clock.advance(31_000)
    backend.on('GET /count', (_, nth) => ({ json: nth, delay: 50 }))
    const stale = await facet.get('/kept')
    expect(stale.text).toBe(first.text)
    expect(stale.headers.get('age')).toBe('31')
    expect(state(stale)).toEqual({ value: 'Facet', parameters: { hit: true, ttl: -1 } })
    expect((await facet.get('/kept')).text).toBe(first.text)
    await settled(calls + 1)
    const fresh = await facet.get('/kept')
    expect(fresh.json().count).toBe(first.json().count + 1)
    expect(state(fresh)?.parameters).toEqual({ hit: true, ttl: 30 })
    expect(asked()).toBe(calls + 1)
  })

  test('is sent stale as long as it may, while its backend is down; then that is told', async () => {
    const first = await facet.get('/kept')
    backend.on('GET /count', { status: 500 })
    const seen = timeline()
    for (const ms of [60_000, 240_000]) {
      clock.advance(ms)
      const calls = asked()
      expect((await facet.get('/kept')).text).toBe(first.text)
      await settled(calls + 1)
    }
    seen.close()
    expect(seen.refreshes).toHaveLength(2)
    clock.advance(30_000)
    expectProblem(await facet.get('/kept'), 'backend-status', 'count')
  })

  test('is not sent after its time where nothing is said of stale', async () => {
    const first = await facet.get('/short')
    clock.advance(29_999)
    expect((await facet.get('/short')).text).toBe(first.text)
    clock.advance(1)
    expect((await facet.get('/short')).json().count).toBe(first.json().count + 1)
  })

  test('is gone when its tag is said to be old, stale or not', async () => {
    const first = await facet.get('/kept')
    await facet.app.invalidate(['other'])
    expect((await facet.get('/kept')).text).toBe(first.text)
    await facet.app.invalidate(['counts'])
    const second = await facet.get('/kept')
    expect([second.json().count, state(second)?.parameters.fwd]).toEqual([first.json().count + 1, 'uri-miss'])
  })

  test('is made once for all who ask at the same time', async () => {
    backend.on('GET /count', (_, nth) => ({ json: nth, delay: 50 }))
    const calls = asked()
    const replies = await Promise.all(Array.from({ length: 5 }, () => facet.get('/kept')))
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
    expect(asked()).toBe(calls + 1)
    const states = replies.map((reply) => state(reply)?.parameters.collapsed === true)
    expect(states.filter(Boolean)).toHaveLength(4)
  })

  test('is one that succeeded: a failure is told to all who wait for it, and to nobody after them', async () => {
    backend.on('GET /count', { status: 500, delay: 50 })
    for (const reply of await Promise.all([facet.get('/kept'), facet.get('/kept')]))
      expectProblem(reply, 'backend-status', 'count')
    backend.on('GET /count', { json: 7 })
    expect((await facet.get('/kept')).json()).toEqual({ count: 7 })
  })
})

describe("a client's own word on caching", () => {
  test.each(['no-cache', 'no-store', 'max-age=0, no-cache', 'No-Store'])(
    '%s goes past the cache where that is on',
    async (word) => {
      const first = await facet.get('/bypass')
      const fresh = await facet.get('/bypass', { 'Cache-Control': word })
      expect(fresh.json().count).toBe(first.json().count + 1)
      expect(state(fresh)).toEqual({ value: 'Facet', parameters: { fwd: 'request' } })
      expect((await facet.get('/bypass')).text).toBe(first.text)
    },
  )

  test('does nothing where it is not', async () => {
    const first = await facet.get('/kept')
    expect((await facet.get('/kept', { 'Cache-Control': 'no-cache', Pragma: 'no-cache' })).text).toBe(first.text)
  })

  test.each(['max-age=0', 'no-cached', 'x-no-cache'])('%s does nothing anywhere', async (word) => {
    const first = await facet.get('/bypass')
    expect((await facet.get('/bypass', { 'Cache-Control': word })).text).toBe(first.text)
  })
})

describe('to the client, Cache-Control', () => {
  test.each([
    ['/kept', 'private, no-cache'],
    ['/plain', 'private, no-cache'],
    ['/open', 'public, max-age=10'],
  ])('of %s is %s', async (path, control) => {
    expect((await facet.get(path)).headers.get('cache-control')).toBe(control)
    expect((await facet.get(path)).headers.get('cache-control')).toBe(control)
  })

  test('stands beside no Cache-Status where nothing is kept', async () => {
    expect((await facet.get('/plain')).headers.get('cache-status')).toBeNull()
  })
})
