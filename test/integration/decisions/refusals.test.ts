import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem, SECRET } from '../support/problems.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend()
  const shop = rest('shop', { url: backend.url, retries: 2 })
  const order = shop.post('/orders', {
    input: (body: { status: string }) => ({ body }),
    output: z.object({ id: z.number() }),
    refusals: { 402: {}, 404: {}, 409: { as: 'precondition-failed' }, 422: { as: 'input-invalid', status: 400 } },
  })
  const body = z.object({ status: z.string() })
  facet = await harness({
    routes: {
      orders: endpoint('POST /orders', { body }).source('order', order, (request) => request.body),
      partial: endpoint('POST /partial', { body }).source('order', optional(order), (request) => request.body),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const post = (path: string, status: number) => {
  backend.on('POST /orders', { status, body: SECRET })
  return facet.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'x' }),
  })
}

describe('what a backend refuses', () => {
  test.each([
    [402, 'backend-refused', 402],
    [404, 'backend-refused', 404],
    [409, 'precondition-failed', 409],
    [422, 'input-invalid', 400],
  ] as const)('%i reaches the client where the operation says so: %s', async (upstream, code, status) => {
    const before = backend.requests.length
    expectProblem(await post('/orders', upstream), code, 'order', status)
    expect(backend.requests.length - before).toBe(1)
  })

  test.each([
    [400, 'backend-status'],
    [418, 'backend-status'],
  ] as const)('%i does not, where it says nothing of it: %s', async (upstream, code) => {
    expectProblem(await post('/orders', upstream), code, 'order')
  })

  test('is covered where the source is optional', async () => {
    const reply = await post('/partial', 402)
    expect([reply.status, reply.headers.get('facet-partial')]).toEqual([200, 'order;reason=backend-refused'])
  })

  test.each([[{ 500: {} }], [{ 200: {} }], [{ 409: { as: 'no-such-code' } }], [{ 409: { status: 200 } }]])(
    'is a status from 400 to 499, and becomes a failure: %j',
    (refusals) => {
      const api = rest('api', { url: 'http://127.0.0.1:9' })
      expect(() => api.get('/', { output: z.unknown(), refusals: refusals as never })).toThrow("at 'refusals.")
    },
  )
})
