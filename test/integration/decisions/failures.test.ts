import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, maybe, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { until } from '../support/until.ts'
import { head, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
const web = client('web', { default: true })
const tv = client('tv')
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /fine': { json: 'fine' },
    'GET /hang': { hang: true },
    'GET /broken': { status: 500 },
  })
  const api = rest('api', { url: backend.url, timeout: '10s' })
  const call = (path: `/${string}`) => api.get(path, { output: z.string() })
  const nothing = () => ({})
  const blunder = () => {
    throw new TypeError('a mistake')
  }
  const options = { deadline: '120ms' } as const
  const view = endpoint('GET /view').source('fine', call('/fine'), nothing).source('extra', call('/broken'), nothing)
  facet = await harness({
    clients: [web, tv],
    transforms: [tv.transform(view, ['fine', maybe('extra')], ({ fine, extra }) => ({ fine, extra: extra ?? 'none' }))],
    routes: {
      optional: endpoint('GET /optional', options).source('late', optional(call('/hang'), 'stand-in'), nothing),
      required: endpoint('GET /required', options).source('late', call('/hang'), nothing),
      left: endpoint('GET /left')
        .source('late', optional(call('/hang'), 'stand-in'), nothing)
        .source('next', call('/fine'), ['late'], nothing),
      sibling: endpoint('GET /sibling')
        .source('broken', call('/broken'), nothing)
        .source('late', optional(call('/hang'), 'stand-in'), nothing),
      mistake: endpoint('GET /mistake').source('it', optional(call('/fine'), 'stand-in'), blunder),
      values: endpoint('GET /values')
        .source('value', optional(call('/broken'), 'value'), nothing)
        .source('orElse', optional(call('/broken')).orElse(call('/fine')), nothing)
        .source(
          'recover',
          optional(call('/broken')).recover(({ code }) => code),
          nothing,
        ),
      view,
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

describe('4. Deadlines, leaving, aborts and mistakes', () => {
  test('a deadline with only optional sources pending is a partial 200', async () => {
    const reply = await facet.get('/optional')
    expect([reply.status, reply.json()]).toEqual([200, { late: 'stand-in' }])
    expect(reply.headers.get('facet-partial')).toBe('late;reason=deadline')
  })

  test('a deadline with a required one pending is 504', async () => {
    expectProblem(await facet.get('/required'), 'deadline', 'late')
  })

  test('a client that left gets no fallbacks, and nothing starts that waited for them', async () => {
    const seen = timeline()
    const connection = await wire(facet.url)
    const before = backend.received('GET /hang').length
    connection.write(head('/left'))
    await until('the call has arrived', () => backend.received('GET /hang').length > before)
    connection.hangUp()
    await seen.ended(1)
    seen.close()
    expect(seen.requests).toMatchObject([{ status: 499, code: 'client-closed' }])
    expect(seen.requests[0]?.sources.map(({ outcome }) => outcome)).not.toContain('fallback')
    expect(backend.received('GET /fine')).toEqual([])
  })

  test('a sibling that was aborted for a failure is no failure of its own: the first one is told', async () => {
    const reply = await facet.get('/sibling')
    expectProblem(reply, 'backend-status', 'broken')
    expect(reply.headers.get('facet-partial')).toBeNull()
  })

  test('a TypeError in an input function is 500, also of an optional source', async () => {
    expectProblem(await facet.get('/mistake'), 'internal', 'it')
  })
})

describe('5. What stands in has a name for each kind', () => {
  test('optional(call, value), .orElse(call) and .recover(function)', async () => {
    expect((await facet.get('/values')).json()).toEqual({ value: 'value', orElse: 'fine', recover: 'backend-status' })
  })

  test("required here, optional for that client, is said in the transform's reads", async () => {
    expectProblem(await facet.get('/view'), 'backend-status', 'extra')
    const reply = await facet.get('/view', { 'X-Client': 'tv' })
    expect([reply.json(), reply.headers.get('facet-partial')]).toEqual([
      { fine: 'fine', extra: 'none' },
      'extra;reason=backend-status',
    ])
  })

  test('and cannot be said of a source that another one needs', () => {
    const api = rest('api', { url: 'http://127.0.0.1:9' }).get('/x', { output: z.string() })
    const needed = endpoint('GET /needed')
      .source('first', api, () => ({}))
      .source('second', api, ['first'], () => ({}))
    expect(() => web.transform(needed, [maybe('first'), 'second'], (data) => data)).toThrow(
      /maybe\('first'\).*'second' needs it/,
    )
  })
})
