import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { each, endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { nobody } from '../support/raw-backend.ts'
import { expectNothingForgotten, nothingLeft } from '../support/resilience.ts'

const output = z.object({ ok: z.boolean() })
const body = z.object({ amount: z.number() })
const input = (sent: { amount: number }) => ({ body: sent })

let backend: ScriptedBackend
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  backend = await scriptedBackend()
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await backend.close()
})

async function post(path: string, amount = 1, headers: Record<string, string> = {}): Promise<number> {
  const init = { method: 'POST', body: JSON.stringify({ amount }) }
  return (await facet.request(path, { ...init, headers: { 'content-type': 'application/json', ...headers } })).status
}

/** Serves `POST /do` over one operation of a backend that may ask again three times. */
async function start(
  method: 'post' | 'put' | 'delete',
  said: { readonly idempotent?: boolean; readonly idempotencyKey?: boolean } = {},
  url: string | string[] = backend.url,
): Promise<void> {
  const bank = rest('bank', { url, retries: 3, balance: 'round-robin' })
  const operation = bank[method]('/pay', { output, input, ...said })
  const doing = endpoint('POST /do', { body }).source('done', operation, ({ body }) => body)
  facet = await harness({ routes: { doing } })
}

describe('a write that may have been done', () => {
  test.each([
    ['its connection is reset', { reset: true }],
    ['its answer is cut off', { json: { ok: true }, cutAfter: 3 }],
    ['it is told to come back later', { status: 503 }],
  ])('is not asked again: %s', async (_, reply) => {
    backend.on('POST /pay', reply)
    await start('post')
    expect(await post('/do')).toBe(502)
    expect(backend.requests.map(({ body }) => body)).toEqual(['{"amount":1}'])
  })

  test.each([
    ['put', {}],
    ['delete', {}],
    ['post', { idempotent: true }],
    ['post', { idempotencyKey: true }],
  ] as const)('is asked again where twice is the same as once: %s %j', async (method, said) => {
    backend.on(`${method.toUpperCase()} /pay`, (_, count) => (count < 3 ? { reset: true } : { json: { ok: true } }))
    await start(method, said)
    expect(await post('/do')).toBe(200)
    expect(backend.requests.map(({ body }) => body)).toEqual(Array(3).fill('{"amount":1}'))
  })

  test.each(['put', 'delete'] as const)('is not asked again where that is said not to be so: %s', async (method) => {
    backend.on(`${method.toUpperCase()} /pay`, { reset: true })
    await start(method, { idempotent: false })
    expect(await post('/do')).toBe(502)
    expect(backend.requests).toHaveLength(1)
  })
})

describe('a write that has never left', () => {
  test('is asked of another instance, once', async () => {
    backend.on('POST /pay', { json: { ok: true } })
    await start('post', {}, [await nobody(), backend.url])
    for (let nth = 0; nth < 6; nth++) expect(await post('/do', nth)).toBe(200)
    expect(backend.requests.map(({ body }) => JSON.parse(body).amount)).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('is asked again of the same backend, which comes up', async () => {
    const { port } = new URL(await nobody())
    await start('post', {}, `http://127.0.0.1:${port}`)
    const reply = post('/do')
    const { createServer } = await import('node:http')
    const late = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end('{"ok":true}'),
    )
    await new Promise<void>((resolve) => late.listen(Number(port), '127.0.0.1', resolve))
    expect(await reply).toBe(200)
    late.closeAllConnections()
    late.close()
  })
})

describe('an Idempotency-Key', () => {
  const keys = () => backend.requests.map(({ headers }) => headers['idempotency-key'] as string)

  test('is the same with all attempts of a call, another one with each call, and a structured field', async () => {
    backend.on('POST /pay', (_, count) => (count % 2 === 1 ? { reset: true } : { json: { ok: true } }))
    await start('post', { idempotencyKey: true })
    expect([await post('/do'), await post('/do')]).toEqual([200, 200])
    const [first, second, third, fourth] = keys()
    expect([first, third]).toEqual([second, fourth])
    expect(first).not.toBe(third)
    for (const key of keys()) expect(key).toMatch(/^"[\x20-\x21\x23-\x5b\x5d-\x7e]{20,64}"$/)
  })

  test('comes of the client’s own: the same when he asks again, another for another body, sender or key', async () => {
    backend.on('POST /pay', { json: { ok: true } })
    await start('post', { idempotencyKey: true })
    const mine = { 'idempotency-key': '"order-1"', authorization: 'Bearer mine' }
    await post('/do', 1, mine)
    await post('/do', 1, mine)
    await post('/do', 2, mine)
    await post('/do', 1, { ...mine, authorization: 'Bearer yours' })
    await post('/do', 1, { ...mine, cookie: 'session=2' })
    await post('/do', 1, { ...mine, 'idempotency-key': '"order-2"' })
    const [first, again, ...others] = keys()
    expect(again).toBe(first)
    expect(new Set([first, ...others]).size).toBe(5)
    for (const key of keys()) expect(key).toMatch(/^"[\w-]{32}"$/)
  })

  test.each([
    ['each', (pay: never) => each(pay)],
    ['each, and optional', (pay: never) => each(optional(pay))],
    ['each, optional, and with little time', (pay: never) => each(optional(pay).after('2s'))],
  ] as [string, (pay: unknown) => ReturnType<typeof each<{ amount: number }, unknown>>][])(
    'is one for each item, equal ones too: %s',
    async (_, spread) => {
      backend.on('POST /pay', { json: { ok: true } })
      const bank = rest('bank', { url: backend.url, retries: 3 })
      const pay = bank.post('/pay', { output, input, idempotencyKey: true })
      const all = endpoint('POST /all', { body }).source('all', spread(pay), () => [
        { amount: 1 },
        { amount: 1 },
        { amount: 2 },
      ])
      facet = await harness({ routes: { all } })
      expect(await post('/all', 1)).toBe(200)
      expect(new Set(keys()).size).toBe(3)
      const mine = { 'idempotency-key': 'order-1' }
      expect([await post('/all', 1, mine), await post('/all', 1, mine)]).toEqual([200, 200])
      const [first, second] = [keys().slice(3, 6).sort(), keys().slice(6).sort()]
      expect(new Set(first).size).toBe(3)
      expect(second).toEqual(first)
    },
  )
})
