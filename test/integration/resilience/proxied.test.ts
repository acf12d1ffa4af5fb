import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { nobody } from '../support/raw-backend.ts'
import {
  ask,
  backendEvents,
  controlled,
  expectNothingForgotten,
  nothingLeft,
  pause,
  tally,
} from '../support/resilience.ts'
import { until } from '../support/until.ts'

/** What one instance does with a request; by default it says its number. */
type Behaviour = (response: ServerResponse, path: string) => void

interface Placed {
  readonly url: string
  asked: number
  behave: Behaviour
  readonly server: Server
}

let instances: Placed[]
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  instances = await Promise.all([0, 1].map(place))
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  for (const { server } of instances) {
    server.closeAllConnections()
    server.close()
  }
})

async function place(n: number): Promise<Placed> {
  const server = createServer((request, response) => {
    instance.asked++
    request.resume()
    instance.behave(response, request.url ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const behave: Behaviour = (response) => void response.end(`instance ${n}`)
  const instance: Placed = { url, asked: 0, server, behave }
  return instance
}

function behave(behaviour: Behaviour): void {
  for (const instance of instances) instance.behave = behaviour
}

async function start(options: object, urls: readonly string[] = instances.map(({ url }) => url)): Promise<void> {
  const shop = rest('shop', { url: urls, slowStart: '0s', ...options })
  const streamed = proxy('ANY /streamed/*path', shop)
  const kept = proxy('ANY /kept/*path', shop, { cache: { ttl: 'origin' } })
  facet = await harness({ routes: { streamed, kept } })
}

const asked = () => instances.map((instance) => instance.asked)
const failing: Behaviour = (response) => void response.writeHead(500).end('the words of the backend')

describe.each(['streamed', 'kept'])('a route that is %s', (route) => {
  test('is balanced over the instances', async () => {
    await start({ balance: 'round-robin' })
    expect(tally((await ask(facet, [`/${route}/x`], 60, 4)).map(({ text }) => text))).toEqual({
      'instance 0': 30,
      'instance 1': 30,
    })
  })

  test('is not hashed, since what says the key is said of operations', async () => {
    await start({ balance: { hash: (input: { id: string }) => input.id.toLowerCase() } })
    expect(tally((await ask(facet, [`/${route}/x`], 40, 4)).map(({ status }) => status))).toEqual({ 200: 40 })
    for (const count of asked()) expect(count).toBeGreaterThan(5)
  })

  test('goes round a dead instance once that is out', async () => {
    await start({ outliers: { failures: 3 } }, [instances[0]?.url as string, await nobody()])
    const first = (await ask(facet, [`/${route}/x`], 40, 2)).map(({ status }) => status)
    // Three in a row, one that was under way, and where answers are kept those who waited for the same.
    expect(tally(first)[502]).toBeLessThanOrEqual(8)
    expect(tally((await ask(facet, [`/${route}/x`], 40, 4)).map(({ status }) => status))).toEqual({ 200: 40 })
  })

  test('rests after answers of 500, which are passed on as they are, and is asked again', async () => {
    await start({ breaker: { minimum: 5, open: '200ms', probes: 1 } }, [instances[0]?.url as string])
    const events = backendEvents()
    behave(failing)
    const replies = await ask(facet, [`/${route}/x`], 8, 1)
    expect(replies.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 503, 503, 503])
    expect(replies[0]?.text).toBe('the words of the backend')
    expect(replies[7]?.json()).toMatchObject({ code: 'backend-open', status: 503 })
    expect(replies[7]?.headers.get('retry-after')).toBe('1')
    expect(await controlled(facet, 'shop')).toMatchObject({ breaker: 'open' })
    behave((response) => void response.end('well'))
    await until('it is let through', async () => (await facet.get(`/${route}/x`)).status === 200)
    events.close()
    expect(events.records.map(({ event }) => event)).toEqual(['open', 'half-open', 'closed'])
  })

  test('does not rest after refusals', async () => {
    await start({ breaker: { minimum: 5 } }, [instances[0]?.url as string])
    behave((response, path) => void response.writeHead(path.endsWith('501') ? 501 : 429).end())
    const replies = await ask(facet, [`/${route}/429`, `/${route}/501`], 20, 2)
    expect(tally(replies.map(({ status }) => status))).toEqual({ 429: 10, 501: 10 })
  })

  test('has its places: who finds none waits, and where none is free to wait in is told at once', async () => {
    await start({ concurrency: { limit: 1, queue: 1 } }, [instances[0]?.url as string])
    behave((response) => void setTimeout(() => response.end('late'), 150))
    const waiting = ['a', 'b', 'c'].map((path) => facet.get(`/${route}/${path}`))
    const replies = await Promise.all(waiting)
    expect(tally(replies.map(({ status }) => status))).toEqual({ 200: 2, 503: 1 })
    const refused = replies.find(({ status }) => status === 503)
    expect(refused?.json().code).toBe('backend-busy')
    expect(refused?.headers.get('retry-after')).toBe('1')
  })

  test('waits for a place no longer than for an answer', async () => {
    await start({ concurrency: { limit: 1 }, timeout: '300ms', breaker: false }, [instances[0]?.url as string])
    behave(() => {})
    const started = performance.now()
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map((path) => facet.get(`/${route}/${path}`)))
    for (const { status } of replies) expect(status).toBe(504)
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  test('gives its place back to others when its client leaves while it waits, and when it is asked', async () => {
    await start({ concurrency: { limit: 1, queue: 5 } }, [instances[0]?.url as string])
    const closed: string[] = []
    behave((response, path) => response.on('close', () => closed.push(path)))
    const leaving = ['a', 'b', 'c'].map((path) => {
      const controller = new AbortController()
      const gone = fetch(`${facet.url}/${route}/${path}`, { signal: controller.signal }).catch(() => 'gone')
      return { controller, gone }
    })
    const calls = () => facet.app.backends()[0]?.calls
    await until('two wait', () => calls()?.waiting === 2 && instances[0]?.asked === 1)
    leaving[2]?.controller.abort()
    await until('one waits', () => calls()?.waiting === 1)
    leaving[0]?.controller.abort()
    await until('the backend knows', () => closed.length === 1)
    await until('the next one is asked', () => instances[0]?.asked === 2)
    leaving[1]?.controller.abort()
    await until('the backend knows', () => closed.length === 2)
    await Promise.all(leaving.map(({ gone }) => gone))
    behave((response) => void response.end('well'))
    expect((await facet.get(`/${route}/x`)).text).toBe('well')
  })

  test('tells its backend how long it is waited for, whatever the client says', async () => {
    await start({ timeout: '3s', budgetHeader: 'X-Budget' }, [instances[0]?.url as string])
    const budgets: unknown[] = []
    instances[0]?.server.prependListener('request', ({ headers }) => void budgets.push(headers['x-budget']))
    await facet.get(`/${route}/x`, { 'x-budget': '99999' })
    expect(budgets).toEqual(['3000'])
  })

  test('is counted where it is, also at an only instance', async () => {
    await start({}, [instances[0]?.url as string])
    behave((response) => void setTimeout(() => response.end('late'), 150))
    const late = facet.get(`/${route}/x`)
    await until('it is asked', () => asked()[0] === 1)
    expect(await controlled(facet, 'shop')).toMatchObject({ calls: { inFlight: 1 }, instances: [{ inFlight: 1 }] })
    expect((await late).status).toBe(200)
  })

  test('holds no place while its answer streams', async () => {
    await start({ concurrency: { limit: 1, queue: 0 } }, [instances[0]?.url as string])
    let end = () => {}
    behave((response, path) => {
      if (path !== '/events') return void response.end('well')
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      end = () => void response.end('data: 2\n\n')
    })
    const stream = await fetch(`${facet.url}/${route}/events`)
    expect(stream.status).toBe(200)
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 1\n\n')
    for (let nth = 0; nth < 3; nth++) expect((await facet.get(`/${route}/x`)).text).toBe('well')
    expect(facet.app.backends()[0]).toMatchObject({ calls: { inFlight: 0 } })
    end()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 2\n\n')
    await pause(10)
  })
})
