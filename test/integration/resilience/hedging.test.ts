import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectNothingForgotten, gauge, nothingLeft, tally } from '../support/resilience.ts'
import { until } from '../support/until.ts'

const output = z.object({ n: z.number() })
const nothing = () => ({})
const SLOW = 400

let backends: ScriptedBackend[]
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  backends = await Promise.all([scriptedBackend(), scriptedBackend()])
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await Promise.all(backends.map((backend) => backend.close()))
})

const first = () => backends[0] as ScriptedBackend
const durationsOf = async (path: string, times: number) => {
  const durations: number[] = []
  for (let nth = 0; nth < times; nth++) {
    const started = performance.now()
    expect((await facet.get(path)).status).toBe(200)
    durations.push(performance.now() - started)
  }
  return durations
}

describe('a hedged read', () => {
  test('is spared the slowest answers of its backend, once it knows what is usual', async () => {
    const shop = rest('shop', { url: first().url })
    const plain = endpoint('GET /plain').source('value', shop.get('/n', { name: 'plain', output }), nothing)
    const hedged = endpoint('GET /hedged').source('value', shop.get('/n', { output, hedge: true }), nothing)
    facet = await harness({ routes: { plain, hedged } })
    // One of thirty is slow: less than p95 looks at, so that this stays what is usual.
    first().on('GET /n', (_, count) => ({ json: { n: count }, delay: count % 30 === 0 ? SLOW : 2 }))
    const slow = (durations: readonly number[]) => durations.filter((ms) => ms > SLOW * 0.9).length
    expect(slow(await durationsOf('/plain', 60))).toBeGreaterThanOrEqual(2)
    await durationsOf('/hedged', 89)
    const asked = first().requests.length
    // Four would be; a machine that stands still may make one.
    expect(slow(await durationsOf('/hedged', 120))).toBeLessThanOrEqual(1)
    // Within a fifth more, and what the first quiet seconds allow.
    expect(first().requests.length - asked).toBeLessThanOrEqual(120 * 1.2 + 30)
    expect(first().requests.length - asked).toBeGreaterThan(120)
  })

  test('ends the attempt that has lost, at the backend too', async () => {
    const shop = rest('shop', { url: first().url })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output, hedge: { after: '30ms' } }), nothing)
    facet = await harness({ routes: { read } })
    first().on('GET /n', (_, count) => (count === 1 ? { hang: true } : { json: { n: count } }))
    expect((await facet.get('/n')).json()).toEqual({ value: { n: 2 } })
    await until('the first is given up', () => first().requests[0]?.aborted === true)
    expect(first().requests.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  test('goes to another instance the second time', async () => {
    const shop = rest('shop', { url: backends.map(({ url }) => url), balance: 'round-robin' })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output, hedge: { after: '30ms' } }), nothing)
    facet = await harness({ routes: { read } })
    first().on('GET /n', { hang: true })
    backends[1]?.on('GET /n', { json: { n: 2 } })
    for (let nth = 0; nth < 6; nth++) expect((await facet.get('/n')).json()).toEqual({ value: { n: 2 } })
    expect(backends[1]?.requests).toHaveLength(6)
  })

  test('is one load where answers are kept, whoever has left', async () => {
    const shop = rest('shop', { url: first().url })
    const call = shop.get('/n', { output, hedge: { after: '30ms' }, cache: { ttl: '1m' } })
    facet = await harness({ routes: { read: endpoint('GET /n').source('value', call, nothing) } })
    first().on('GET /n', (_, count) => (count === 1 ? { hang: true } : { json: { n: count }, delay: 100 }))
    const leaving = new AbortController()
    const gone = fetch(`${facet.url}/n`, { signal: leaving.signal }).catch(() => 'gone')
    const staying = [facet.get('/n'), facet.get('/n')]
    await until('it is asked twice', () => first().requests.length === 2)
    leaving.abort()
    await gone
    expect((await Promise.all(staying)).map(({ text }) => text)).toEqual(Array(2).fill('{"value":{"n":2}}'))
    expect((await facet.get('/n')).json()).toEqual({ value: { n: 2 } })
    expect(first().requests).toHaveLength(2)
  })

  test('has a place for each attempt, so that the backend never has more to do than is said', async () => {
    const inside = gauge()
    const shop = rest('shop', { url: first().url, concurrency: 3 })
    const read = endpoint('GET /n').source('value', shop.get('/n', { output, hedge: { after: '15ms' } }), nothing)
    facet = await harness({ routes: { read } })
    first().on('GET /n', async () => {
      await inside.during(40)
      return { json: { n: 1 } }
    })
    const replies = await Promise.all(Array.from({ length: 12 }, () => facet.get('/n')))
    expect(tally(replies.map(({ status }) => status))).toEqual({ 200: 12 })
    // One more at the most for each that was aborted and has not noticed.
    expect(inside.peak).toBeLessThanOrEqual(2 * 3)
    expect(facet.app.backends()[0]?.calls?.limit).toBe(3)
  })
})
