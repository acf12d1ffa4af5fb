import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, type Timeline, timeline } from 'facet/testing'
import { z } from 'zod'
import { say } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
let seen: Timeline
beforeAll(async () => {
  backend = await scriptedBackend({
    'POST /pay': { json: { paid: true } },
    'GET /cut': { body: 'x'.repeat(1_000), cutAfter: 10 },
    'POST /echo': (request) => ({ json: request.headers }),
  })
  const api = rest('api', { url: backend.url })
  const pay = api.post('/pay', { input: () => ({ body: {} }), output: z.object({ paid: z.boolean() }) })
  const echo = api.post('/echo', {
    input: () => ({
      body: {},
      headers: { Accept: 'application/vnd.acme+json', 'Content-Type': 'application/vnd.acme+json' },
    }),
    output: z.record(z.string(), z.unknown()),
  })
  const mistaken = () => {
    throw new Error('a mistake')
  }
  facet = await harness({
    routes: {
      list: endpoint('POST /list', { body: z.object({ items: z.array(z.object({ a: z.string() })) }) }).merge(
        () => 'ok',
      ),
      pay: endpoint('POST /pay', { invalidates: mistaken }).source('paid', pay, () => ({})),
      echo: endpoint('POST /echo').source('echo', echo, () => ({})),
      passed: proxy('ANY /api/*path', api),
    },
  })
  seen = timeline()
})
afterAll(async () => {
  seen.close()
  await facet.close()
  await backend.close()
})

test('of very many mistakes in a body the first hundred are told', async () => {
  const body = JSON.stringify({ items: new Array(50_000).fill(1) })
  const reply = await facet.request('/list', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  expect(reply.json()).toMatchObject({ code: 'input-invalid', issues: { length: 100 } })
})

test('a mistake in invalidates shows before anything is done', async () => {
  expect((await facet.request('/pay', { method: 'POST' })).json()).toMatchObject({ code: 'internal' })
  expect(backend.received('POST /pay')).toEqual([])
})

test('an answer that a backend cuts off is the backend’s failure in the log, and not the client’s', async () => {
  const before = seen.requests.length
  await facet.get('/api/cut').catch(() => undefined)
  await seen.ended(before + 1)
  expect(seen.requests.at(-1)).toMatchObject({ status: 502, code: 'backend-unreachable' })
})

test('what an operation says of Accept and Content-Type stands alone', async () => {
  const { echo } = (await facet.request('/echo', { method: 'POST' })).json()
  expect([echo.accept, echo['content-type']]).toEqual(['application/vnd.acme+json', 'application/vnd.acme+json'])
})

test('two Host fields are refused', async () => {
  const reply = await say(facet.url, 'POST /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n')
  expect([reply.status, JSON.parse(reply.text).issues]).toEqual([
    400,
    [{ path: 'headers.host', message: 'one Host field was expected' }],
  ])
})

test('an expectation that nobody knows is ignored', async () => {
  const reply = await say(facet.url, 'GET /livez HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n')
  expect(reply.status).toBe(200)
})

test.each(['/livez', '/readyz', '/problems/internal'])('%s bears the request’s id', async (path) => {
  expect((await facet.get(path, { 'x-request-id': 'mine' })).headers.get('x-request-id')).toBe('mine')
})
