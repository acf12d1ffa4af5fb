import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /a': { json: 'a' }, 'GET /b': { json: 'b' } })
  const api = rest('api', { url: backend.url, forward: ['traceparent', 'tracestate', 'x-tenant'] })
  const a = api.get('/a', { output: z.string() })
  const b = api.get('/b', { output: z.string(), cache: { ttl: '1m' } })
  facet = await harness({
    routes: {
      reply: endpoint('GET /reply', { cache: { ttl: '1m' } }).source('a', a, () => ({})),
      call: endpoint('GET /call').source('b', b, () => ({})),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const first = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' }
const second = { traceparent: '00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01', tracestate: 'a=2' }

test.each([
  ['a reply', '/reply', 'GET /a'],
  ['a call’s answer', '/call', 'GET /b'],
])(
  'trace headers reach the backend, and %s is shared by requests that differ in nothing else',
  async (_, path, route) => {
    await facet.get(path, first)
    await facet.get(path, second)
    expect(backend.received(route).map(({ headers }) => [headers.traceparent, headers.tracestate])).toEqual([
      [first.traceparent, first.tracestate],
    ])
    await facet.get(path, { ...second, 'x-tenant': 'other' })
    expect(backend.received(route)).toHaveLength(2)
  },
)

test('Vary names the headers that an answer can depend on, and no trace headers', async () => {
  const { headers } = await facet.get('/reply', first)
  expect(headers.get('vary')).toBe('X-Client, Accept, x-tenant, Accept-Encoding')
})
