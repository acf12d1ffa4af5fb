import { afterEach, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { nothingLeft, pause } from '../support/resilience.ts'

// The event loop stands still when the deadline comes, as with a machine that does much else: all that was due in the meantime is due at
// once, and whoever waits for a load must not leave before it has heard of its deadline.

const output = z.object({ n: z.number() })
const QUICK = { json: { n: 1 } }
const NEVER = { delay: 60_000, json: { n: 2 } }

let facet: Harness
let backend: ScriptedBackend
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await backend.close()
})

/** Asks, and lets the event loop stand still from 200 ms on for 250. */
async function askedThroughPause(): Promise<{ status: number; partial: string | null; body: unknown }> {
  const asked = facet.get('/x')
  await pause(200)
  const until = performance.now() + 250
  while (performance.now() < until);
  const reply = await asked
  return { status: reply.status, partial: reply.headers.get('facet-partial'), body: reply.json() }
}

test('what was kept stands in', async () => {
  backend = await scriptedBackend({ 'GET /a': QUICK })
  const a = rest('still', { url: backend.url }).get('/a', { output })
  const x = endpoint('GET /x', { deadline: '300ms', cache: { ttl: '20ms', staleIfError: '1m' } })
  facet = await harness({ routes: { x: x.source('a', a, () => ({})) } })
  expect((await facet.get('/x')).status).toBe(200)
  backend.on('GET /a', NEVER)
  await pause(50)
  expect(await askedThroughPause()).toMatchObject({ status: 200, body: { a: { n: 1 } } })
})

test('what is optional is left out', async () => {
  backend = await scriptedBackend({ 'GET /a': NEVER, 'GET /b': QUICK })
  const still = rest('still', { url: backend.url })
  const x = endpoint('GET /x', { deadline: '300ms', cache: { ttl: '1m' } })
    .source('b', still.get('/b', { output }), () => ({}))
    .source('a', optional(still.get('/a', { output })), () => ({}))
  facet = await harness({ routes: { x } })
  expect(await askedThroughPause()).toEqual({ status: 200, partial: 'a;reason=deadline', body: { b: { n: 1 } } })
})
