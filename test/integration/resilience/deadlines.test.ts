import { afterEach, describe, expect, test } from '@jest/globals'
import { endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { type RawBackend, rawBackend } from '../support/raw-backend.ts'
import { ask, backendEvents, expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'

const output = z.object({ n: z.number() })
const nothing = () => ({})

let facet: Harness
const closing: { close(): unknown }[] = []
expectNothingForgotten()
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  for (const each of closing.splice(0)) await each.close()
})

async function raw(answer: Parameters<typeof rawBackend>[0]): Promise<RawBackend> {
  const backend = await rawBackend(answer)
  closing.push(backend)
  return backend
}

async function scripted(scripts?: Parameters<typeof scriptedBackend>[0]): Promise<ScriptedBackend> {
  const backend = await scriptedBackend(scripts)
  closing.push(backend)
  return backend
}

/** Milliseconds that a reply took. */
async function timed(path: string): Promise<{ ms: number; status: number; code: string }> {
  const started = performance.now()
  const reply = await facet.get(path)
  return { ms: performance.now() - started, status: reply.status, code: reply.json().code }
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n'

describe('the parts of an attempt', () => {
  test.each([
    ['the head of the answer', { attempt: '3s', headers: '150ms' }, () => {}],
    ['its body, which never comes', { attempt: '3s', body: '150ms' }, (socket) => void socket.write(HEAD)],
    [
      'its body, which trickles',
      { attempt: '3s', headers: '2s', body: '150ms' },
      (socket) => {
        socket.write(HEAD)
        const drip = setInterval(() => socket.write('{'), 20)
        socket.once('close', () => clearInterval(drip))
      },
    ],
    ['all of it', '150ms', (socket) => void socket.write(HEAD)],
  ] as [string, object | string, Parameters<typeof rawBackend>[0]][])(
    'have bounds of their own: %s',
    async (_, timeout, answer) => {
      let closed = 0
      const slow = await raw((socket) => {
        socket.once('close', () => closed++)
        answer(socket)
      })
      const shop = rest('shop', { url: slow.url, timeout: timeout as '1s', breaker: false })
      const read = endpoint('GET /read').source('value', shop.get('/read', { output }), nothing)
      facet = await harness({ routes: { read } })
      const { ms, status, code } = await timed('/read')
      expect([status, code]).toEqual([504, 'backend-timeout'])
      expect(ms).toBeGreaterThan(140)
      expect(ms).toBeLessThan(1_500)
      await until('the connection is closed', () => closed === 1)
    },
  )

  test('do not bound a body that comes in time, however late its head', async () => {
    const slow = await raw((socket) => {
      setTimeout(() => socket.write(HEAD.replace('100', '7')), 120)
      setTimeout(() => socket.write('{"n":1}'), 240)
    })
    const shop = rest('shop', { url: slow.url, timeout: { attempt: '2s', headers: '200ms', body: '200ms' } })
    const read = endpoint('GET /read').source('value', shop.get('/read', { output }), nothing)
    facet = await harness({ routes: { read } })
    expect((await facet.get('/read')).json()).toEqual({ value: { n: 1 } })
  })
})

describe('the time that is left', () => {
  test('is told to each backend down a chain, and to each attempt', async () => {
    const backend = await scripted({
      'GET /first': { json: { n: 1 }, delay: 100 },
      'GET /second': (_, count) => (count < 3 ? { status: 503, delay: 50 } : { json: { n: 2 } }),
    })
    const shop = rest('shop', { url: backend.url, budgetHeader: 'x-budget', retries: 2, timeout: '5s' })
    const chain = endpoint('GET /chain', { deadline: '2s' })
      .source('first', shop.get('/first', { output }), nothing)
      .source('second', shop.get('/second', { output }), ['first'], nothing)
    facet = await harness({ routes: { chain } })
    expect((await facet.get('/chain')).status).toBe(200)
    const budgets = backend.requests.map(({ headers }) => Number(headers['x-budget']))
    expect(budgets).toHaveLength(4)
    expect(budgets[0]).toBeGreaterThan(1_700)
    expect(budgets[0]).toBeLessThanOrEqual(2_000)
    expect(budgets[1]).toBeLessThanOrEqual((budgets[0] as number) - 95)
    expect(budgets[2]).toBeLessThanOrEqual((budgets[1] as number) - 45)
    expect(budgets[3]).toBeLessThanOrEqual((budgets[2] as number) - 45)
  })

  test('ends attempts, pauses and the wait for a place alike', async () => {
    const backend = await scripted({
      'GET /read': { hang: true },
      'GET /busy': { status: 503, headers: { 'retry-after': '5' } },
    })
    const shop = rest('shop', { url: backend.url, retries: 3, concurrency: 1 })
    const reading = shop.get('/read', { output })
    const read = endpoint('GET /read', { deadline: '500ms' }).source('value', reading, nothing)
    const short = endpoint('GET /short', { deadline: '150ms' }).source('value', reading, nothing)
    const busy = endpoint('GET /busy', { deadline: '1s' }).source('value', shop.get('/busy', { output }), nothing)
    facet = await harness({ routes: { read, short, busy } })
    const first = timed('/read')
    await until('the place is taken', () => backend.received('GET /read').length === 1)
    const all = await Promise.all([first, ...['/short', '/short'].map(timed)])
    for (const { ms, status, code } of all) {
      expect([status, code]).toEqual([504, 'deadline'])
      expect(ms).toBeLessThan(1_500)
    }
    expect(backend.received('GET /read')).toHaveLength(1)
    expect(await timed('/busy')).toMatchObject({ status: 502, code: 'backend-status' })
  })

  test('tells the breaker of a backend that hangs, also where its answers are shared', async () => {
    const backend = await scripted({ 'GET /read': { hang: true } })
    const shop = rest('shop', { url: backend.url, breaker: { minimum: 2, open: '5s' } })
    const cached = shop.get('/read', {
      output,
      cache: { ttl: '1s' },
      input: ({ id }: { id: string }) => ({ query: { id } }),
    })
    const read = endpoint('GET /read/:id', { deadline: '1.1s' }).source('value', cached, ({ params }) => params)
    facet = await harness({ routes: { read } })
    const events = backendEvents()
    closing.push(events)
    const first = await Promise.all(['/read/1', '/read/2'].map(timed))
    expect(first.map(({ code }) => code)).toEqual(['deadline', 'deadline'])
    expect(events.records.map(({ event }) => event)).toEqual(['open'])
    expect(await timed('/read/3')).toMatchObject({ status: 503, code: 'backend-open' })
  })

  test('covers what is optional and late, and the backend is asked no longer', async () => {
    const backend = await scripted({ 'GET /fast': { json: { n: 1 } }, 'GET /slow': { hang: true } })
    const shop = rest('shop', { url: backend.url })
    const both = endpoint('GET /both', { deadline: '200ms' })
      .source('fast', shop.get('/fast', { output }), nothing)
      .source('slow', optional(shop.get('/slow', { output })), nothing)
    facet = await harness({ routes: { both } })
    const reply = await facet.get('/both')
    expect([reply.status, reply.headers.get('facet-partial')]).toEqual([200, 'slow;reason=deadline'])
    await until('it is given up', () => backend.received('GET /slow')[0]?.aborted === true)
  })
})

describe('a client that hangs up', () => {
  test('ends what only it waits for, and not what others wait for', async () => {
    const backend = await scripted({
      'GET /own': { hang: true },
      'GET /shared': { delay: 250, json: { n: 1 } },
      'GET /flaky': { status: 503 },
    })
    const shop = rest('shop', { url: backend.url, retries: 3, concurrency: 3 })
    const all = endpoint('GET /all')
      .source('own', optional(shop.get('/own', { output })), nothing)
      .source('shared', shop.get('/shared', { output, cache: { ttl: '1s' } }), nothing)
      .source('flaky', optional(shop.get('/flaky', { output })), nothing)
    const shared = endpoint('GET /shared').source('shared', shop.get('/shared', { name: 'other', output }), nothing)
    const same = endpoint('GET /same').source('shared', all.sources[1]?.call as never, nothing)
    facet = await harness({ routes: { all, shared, same } })
    const leaving = new AbortController()
    const gone = fetch(`${facet.url}/all`, { signal: leaving.signal }).catch(() => 'gone')
    await until('all are asked', () => backend.received('GET /own').length === 1)
    await until('the other is asked', () => backend.received('GET /shared').length === 1)
    const staying = facet.get('/same')
    await pause(60)
    leaving.abort()
    await gone
    await until('its own is closed', () => backend.received('GET /own')[0]?.aborted === true)
    expect((await staying).json()).toEqual({ shared: { n: 1 } })
    expect(backend.received('GET /shared')).toHaveLength(1)
    expect(backend.received('GET /shared')[0]?.aborted).toBe(false)
    const attempts = backend.received('GET /flaky').length
    await pause(150)
    expect(backend.received('GET /flaky')).toHaveLength(attempts)
  })

  test('leaves no place behind where it leaves while its load, shared or not, waits for one', async () => {
    const backend = await scripted({ 'GET /slow': { delay: 150, json: { n: 1 } }, 'GET /kept': { json: { n: 2 } } })
    const shop = rest('shop', { url: backend.url, concurrency: { limit: 1, queue: 20 } })
    const slow = endpoint('GET /slow').source('value', shop.get('/slow', { output }), nothing)
    const kept = endpoint('GET /kept').source('value', shop.get('/kept', { output, cache: { ttl: '0s' } }), nothing)
    facet = await harness({ routes: { slow, kept } })
    const first = facet.get('/slow')
    await until('the place is taken', () => backend.requests.length === 1)
    const leaving = new AbortController()
    const { signal } = leaving
    const gone = ['/kept', '/kept', '/slow', '/slow'].map((path) =>
      fetch(facet.url + path, { signal }).catch(() => 'gone'),
    )
    await until('they wait', () => facet.app.backends()[0]?.calls?.waiting === 3)
    leaving.abort()
    await Promise.all(gone)
    await until('nobody waits', () => facet.app.backends()[0]?.calls?.waiting === 0)
    expect((await first).status).toBe(200)
    expect((await ask(facet, ['/kept', '/slow'], 4, 4)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(backend.received('GET /slow')).toHaveLength(3)
  })
})
