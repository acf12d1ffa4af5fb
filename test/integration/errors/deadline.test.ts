import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /fast': { json: 1 },
    'GET /hang': { hang: true },
    'GET /other': { hang: true },
    'GET /slow': { json: 2, delay: 200 },
    'GET /busy': { status: 503 },
  })
  const api = rest('api', { url: backend.url, timeout: '5s', retries: 1 })
  const call = (path: `/${string}`, retries = 0) => api.get(path, { output: z.number(), retries })
  const nothing = () => ({})
  const options = { deadline: '150ms' } as const
  const fast = call('/fast')
  const hang = call('/hang')
  facet = await harness({
    routes: {
      required: endpoint('GET /required', options).source('fast', fast, nothing).source('hanging', hang, nothing),
      optional: endpoint('GET /optional', options)
        .source('fast', fast, nothing)
        .source('hanging', optional(hang, 7), nothing)
        .source('waiting', optional(call('/other'), 8), ['hanging'], nothing),
      both: endpoint('GET /both', options).source('extra', optional(hang, 7), nothing).source('hanging', hang, nothing),
      chain: endpoint('GET /chain', options)
        .source('first', call('/slow'), nothing)
        .source('second', fast, ['first'], nothing),
      merged: endpoint('GET /merged', options)
        .source('hanging', optional(hang), nothing)
        .merge(({ hanging }) => ({ has: hanging !== undefined })),
      cached: endpoint('GET /cached', { ...options, cache: { ttl: '1m' } }).source(
        'hanging',
        optional(hang, 7),
        nothing,
      ),
      longer: endpoint('GET /longer', { deadline: '2s' }).source('slow', call('/slow'), nothing),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

describe('at the deadline', () => {
  test('a required source that is missing makes it 504, by its name, and its call is given up', async () => {
    const started = performance.now()
    expectProblem(await facet.get('/required'), 'deadline', 'hanging')
    expect(performance.now() - started).toBeGreaterThan(140)
    expect(performance.now() - started).toBeLessThan(1_500)
    await until('the call is given up', () => backend.received('GET /hang').every(({ aborted }) => aborted))
  })

  test('optional sources that are missing, under way or not begun, get their fallbacks', async () => {
    const reply = await facet.get('/optional')
    expect([reply.status, reply.json()]).toEqual([200, { fast: 1, hanging: 7, waiting: 8 }])
    expect(reply.headers.get('facet-partial')).toBe('hanging;reason=deadline, waiting;reason=deadline')
    await until('the call is given up', () => backend.received('GET /hang').every(({ aborted }) => aborted))
  })

  test('a required one counts for more than an optional one', async () => {
    expectProblem(await facet.get('/both'), 'deadline', 'hanging')
  })

  test('one deadline is for the whole chain', async () => {
    const before = backend.received('GET /fast').length
    expectProblem(await facet.get('/chain'), 'deadline', 'first')
    expect(backend.received('GET /fast')).toHaveLength(before)
  })

  test('a merge is given the fallbacks as well', async () => {
    expect((await facet.get('/merged')).json()).toEqual({ has: false })
  })

  test('what is partial for it is not kept', async () => {
    for (let i = 0; i < 2; i++) {
      const reply = await facet.get('/cached')
      expect(reply.json()).toEqual({ hanging: 7 })
      expect(reply.headers.get('cache-status')).toBe('Facet; fwd=uri-miss')
    }
  })
})

test('what is ready before its deadline is whole', async () => {
  const reply = await facet.get('/longer')
  expect([reply.status, reply.json(), reply.headers.get('facet-partial')]).toEqual([200, { slow: 2 }, null])
})
