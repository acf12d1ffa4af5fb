import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { rest } from '../../../src/backend/rest.ts'
import { each } from '../../../src/call/each.ts'
import { optional } from '../../../src/call/optional.ts'
import { type AnyEndpoint, endpoint } from '../../../src/endpoint/endpoint.ts'
import { gather } from '../../../src/endpoint/gather.ts'
import { makePlan } from '../../../src/endpoint/plan.ts'
import { newRecords } from '../../../src/endpoint/records.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { type ScriptedBackend, scriptedBackend } from '../../../src/testing/backend.ts'
import { testRuntime } from '../support/calls.ts'

let crm: ScriptedBackend
beforeAll(async () => {
  const user = ({ url }: { url: string }) => ({ delay: 20, json: { id: url.split('/').at(-1), name: 'Ada' } })
  crm = await scriptedBackend({
    'GET /users/1': user,
    'GET /users/2': user,
    'POST /payments': (_, count) => ({ json: { receipt: count } }),
  })
})
afterAll(() => crm.close())

/** Runs an endpoint, and says what the backend was asked for it. */
async function run(define: (known: ReturnType<typeof operations>) => AnyEndpoint) {
  const runtime = testRuntime()
  const before = crm.requests.length
  const plan = makePlan(define(operations()), runtime)
  const token = new CancelToken()
  const caller = { requestId: 'request-1', header: () => undefined }
  const context = { token, caller, timers: runtime.timers, started: performance.now(), records: newRecords(plan) }
  const { data } = await gather(plan, { params: {}, query: {} }, context)
  await runtime.close()
  expect([runtime.timers.size, token.waiting]).toEqual([0, 0])
  return { data, asked: crm.requests.slice(before).map(({ method, url }) => `${method} ${url}`) }
}

function operations() {
  const backend = rest('crm', { url: crm.url })
  return {
    user: backend.get('/users/:id', { output: z.object({ id: z.string(), name: z.string() }) }),
    name: backend.get('/users/:id', { output: z.object({ name: z.string() }).transform(({ name }) => name) }),
    pay: backend.post('/payments', {
      input: (amount: number) => ({ body: { amount } }),
      output: z.object({ receipt: z.number() }),
    }),
  }
}
const one = () => ({ id: 1 })
const ada = { id: '1', name: 'Ada' }

describe('within one request', () => {
  test('equal reads of two sources are made once, also where one is optional or one of a list', async () => {
    const { data, asked } = await run(({ user }) =>
      endpoint('GET /x')
        .source('a', user, one)
        .source('b', optional(user), one)
        .source('c', each(user), () => [{ id: 1 }, { id: 2 }])
        .source('d', user, ['a'], one),
    )
    expect(data).toEqual({ a: ada, b: ada, c: [ada, { id: '2', name: 'Ada' }], d: ada })
    expect(asked).toEqual(['GET /users/1', 'GET /users/2'])
  })

  test('two operations at one path are two reads, and each makes its own of the answer', async () => {
    const { data, asked } = await run(({ user, name }) =>
      endpoint('GET /x').source('a', user, one).source('b', name, one).source('c', user, one),
    )
    expect(data).toEqual({ a: ada, b: 'Ada', c: ada })
    expect(asked).toEqual(['GET /users/1', 'GET /users/1'])
  })

  test('two equal writes are two writes', async () => {
    const { data, asked } = await run(({ pay }) =>
      endpoint('POST /x')
        .source('a', pay, () => 5)
        .source('b', pay, ['a'], () => 5),
    )
    expect(data).toEqual({ a: { receipt: 1 }, b: { receipt: 2 } })
    expect(asked).toEqual(['POST /payments', 'POST /payments'])
  })
})
