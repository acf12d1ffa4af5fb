import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { RequestHandler } from 'express'
import { batch, client, endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'
import { expectProblem, SECRET } from '../support/problems.ts'

const blunder = (): never => {
  throw new TypeError(SECRET)
}
const circle: Record<string, unknown> = {}
circle.self = circle
const nothing = () => ({})

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /one': { json: { n: 1 } },
    'GET /list': { json: [{ n: 1 }] },
    'POST /one': { json: {} },
  })
  const api = rest('api', { url: backend.url })
  const output = z.object({ n: z.number() })
  const one = api.get('/one', { output })
  const write = api.post('/one', { input: nothing, output: z.unknown() })
  const list = api.get('/list', { output: z.array(output), input: (_: { keys: readonly number[] }) => ({}) })
  const odd = batch(list, { input: (keys: readonly number[]) => ({ keys }), key: blunder })
  const async = (async () => ({})) as never
  const get = <const P extends `/${string}`>(path: P) => endpoint(`GET ${path}`)
  const transformed = get('/transform').source('one', one, nothing)
  const web = client('web', { default: true })
  const touchy = client('touchy', {
    when: { headers: ['x-touchy'], test: ({ headers }) => headers['x-touchy'] === 'yes' && blunder() },
  })
  const failed = api.get('/missing', { output })
  facet = await harness({
    clients: [web, touchy],
    transforms: [web.transform(transformed, blunder)],
    routes: {
      hello: endpoint('GET /hello').source('one', one, nothing),
      input: get('/input').source('one', one, blunder),
      string: get('/string').source('one', one, () => {
        throw SECRET
      }),
      nil: get('/nil').source('one', one, () => {
        throw null
      }),
      promise: get('/promise').source('one', one, async),
      optional: get('/optional').source('one', optional(one, { n: 0 }), blunder),
      callInput: get('/call-input').source('one', api.get('/one', { input: blunder, output }), nothing),
      missing: get('/missing').source('one', api.get('/users/:id', { output }), () => ({}) as never),
      shape: get('/shape').source('one', api.get('/one', { output: output.transform(blunder) }), nothing),
      refined: get('/refined').source('one', optional(api.get('/one', { output: output.refine(blunder) })), nothing),
      recover: get('/recover').source('one', optional(failed).recover(blunder), nothing),
      key: get('/key').source('odd', odd, () => [1]),
      merge: get('/merge').source('one', one, nothing).merge(blunder),
      transform: transformed,
      circle: get('/circle').merge(() => circle),
      json: get('/json').merge(() => ({ toJSON: blunder })),
      tags: endpoint('GET /tags', { cache: { ttl: '1m', tags: blunder } }).source('one', one, nothing),
      unkeyed: endpoint('GET /unkeyed', { query: z.object({}).transform(() => new Set([1])), cache: { ttl: '1m' } }),
      cached: endpoint('GET /cached', { cache: { ttl: '1m' } })
        .source('one', one, nothing)
        .merge(blunder),
      allow: endpoint('GET /allow', { allow: blunder }),
      query: endpoint('GET /query', { query: z.object({}).transform(blunder) }),
      body: endpoint('POST /body', { body: z.object({}).transform(blunder) }),
      invalidates: endpoint('POST /invalidates', { invalidates: blunder }).source('made', write, nothing),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** Everything that an error and its causes say. */
const saidBy = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${saidBy(error.cause)}` : String(error)

describe('a mistake in', () => {
  test.each([
    ['an input function', '/input', 'one'],
    ['an input function, thrown as text', '/string', 'one'],
    ["an optional source's input function", '/optional', 'one'],
    ["a call's input function", '/call-input', 'one'],
    ["an output's transform", '/shape', 'one'],
    ["an optional output's check", '/refined', 'one'],
    ['what recovers', '/recover', 'one'],
    ["a batch's key", '/key', 'odd'],
    ['a merge', '/merge', undefined],
    ['a transform', '/transform', undefined],
    ['how a value is written', '/json', undefined],
    ['the tags of a cached reply', '/tags', undefined],
    ['a merge behind the reply cache', '/cached', undefined],
    ['what allows', '/allow', undefined],
    ["a query's transform", '/query', undefined],
  ])('%s is 500 to the client, and told whole in the log alone', async (_, path, source) => {
    const seen = timeline()
    expectProblem(await facet.get(path), 'internal', source)
    await seen.ended(1)
    seen.close()
    expect(seen.requests).toMatchObject([{ status: 500, code: 'internal' }])
    expect(saidBy(seen.requests[0]?.error)).toContain(SECRET)
    expect((await facet.get('/hello')).json()).toEqual({ one: { n: 1 } })
  })

  test.each([
    ['an input function, thrown as null', '/nil', 'one'],
    ['an input function that is async', '/promise', 'one'],
    ["an input without the path's parameter", '/missing', 'one'],
    ['an answer that goes in circles', '/circle', undefined],
    ['a query that no key can be made of', '/unkeyed', undefined],
  ])('%s is 500, and the process goes on', async (_, path, source) => {
    expectProblem(await facet.get(path), 'internal', source)
    expect((await facet.get('/hello')).status).toBe(200)
  })

  test.each(['/body', '/invalidates'])('what a POST to %s runs is 500, too', async (path) => {
    const headers = { 'Content-Type': 'application/json' }
    const reply = await facet.request(path, { method: 'POST', body: '{}', headers })
    expectProblem(reply, 'internal')
    expect((await facet.get('/hello')).status).toBe(200)
  })

  test('what recognises a client is 500 for whom it is asked, and nobody else', async () => {
    expectProblem(await facet.get('/hello', { 'X-Touchy': 'yes' }), 'internal')
    expect((await facet.get('/hello', { 'X-Touchy': 'yes', 'X-Client': 'web' })).status).toBe(200)
    expect((await facet.get('/hello', { 'X-Touchy': 'no' })).status).toBe(200)
  })
})

describe("a mistake in a team's Express middleware", () => {
  const only =
    (path: string, handler: RequestHandler): RequestHandler =>
    (request, response, next) =>
      request.path === path ? handler(request, response, next) : next()

  test.each<[string, RequestHandler]>([
    ['throws', blunder],
    ['rejects', async () => blunder()],
    ['passes an error on', (_request, _response, next) => next(new Error(SECRET))],
  ])('that %s is 500, before and after', async (_, handler) => {
    const before = only('/hello', handler)
    const after = only('/after', handler)
    const hello = endpoint('GET /hello/*rest')
    const mine = await harness({ routes: { hello }, before: [before], after: [after] })
    try {
      expectProblem(await mine.get('/hello'), 'internal')
      expectProblem(await mine.get('/after'), 'internal')
      expect((await mine.get('/hello/again')).status).toBe(200)
    } finally {
      await mine.close()
    }
  })
})
