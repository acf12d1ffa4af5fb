// A backend that says when it may be asked again is asked again, and not before (RFC 9110, section 10.2.3).
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend()
  const api = rest('api', { url: backend.url, retries: 1 })
  const thing = api.get('/thing', { output: z.number() })
  facet = await harness({ routes: { thing: endpoint('GET /thing').source('thing', thing, () => ({})) } })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

test.each([
  ['in seconds', () => '1', 1_000],
  ['as a date', () => new Date(Date.now() + 2_000).toUTCString(), 900],
])('%s', async (_, said, least) => {
  const times: number[] = []
  backend.on('GET /thing', () => {
    times.push(performance.now())
    return times.length > 1 ? { json: 1 } : { status: 503, headers: { 'retry-after': said() } }
  })
  expect((await facet.get('/thing')).json()).toEqual({ thing: 1 })
  const [first = 0, second = 0] = times
  expect(second - first).toBeGreaterThanOrEqual(least)
})

test.each(['3600', 'Fri, 31 Dec 2999 23:59:59 GMT'])('too late for anybody to wait for it: %s', async (said) => {
  backend.on('GET /thing', { status: 503, headers: { 'retry-after': said } })
  const before = backend.requests.length
  const started = performance.now()
  const reply = await facet.get('/thing')
  expect([reply.status, backend.requests.length - before]).toEqual([502, 1])
  expect(performance.now() - started).toBeLessThan(1_000)
  expect(reply.headers.get('retry-after')).toBeNull()
})

test.each(['soon', '-1', '1, 2', ''])('what means nothing is not listened to: %j', async (said) => {
  let count = 0
  backend.on('GET /thing', () => (++count > 1 ? { json: 1 } : { status: 503, headers: { 'retry-after': said } }))
  expect((await facet.get('/thing')).status).toBe(200)
})
