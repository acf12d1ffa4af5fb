// The connections of a proxied route, over real sockets: as many as its backend says, and there as soon as it says.
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { handshake, upgraded } from '../support/websocket.ts'
import { head, say, wire } from '../support/wire.ts'

let facet: Harness
let server: Server
let sockets: Set<Socket>
expectNothingForgotten()
beforeEach(() => {
  sockets = new Set()
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

/** @returns where it listens */
async function listening(made: Server): Promise<number> {
  server = made
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).resume()
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe.each(['streamed', 'kept'])('of a route that is %s', (route) => {
  let answers: Map<string, ServerResponse>

  /** A backend whose answers begin, and end when the test says so. */
  async function start(options: object): Promise<void> {
    answers = new Map()
    const port = await listening(
      createHttpServer(({ url = '' }, response) => {
        answers.set(url, response)
        response.writeHead(200, { 'Content-Type': 'text/plain' }).write('begun')
      }),
    )
    const shop = rest('shop', { url: `http://127.0.0.1:${port}`, ...options })
    const streamed = proxy('ANY /streamed/*path', shop)
    const kept = proxy('ANY /kept/*path', shop, { cache: { ttl: 'origin' } })
    facet = await harness({ routes: { streamed, kept } })
  }

  /** Asks, and waits until the answer has begun; a function that waits for all of it. */
  async function begin(path: string): Promise<() => Promise<string>> {
    const reply = await fetch(`${facet.url}/${route}${path}`)
    expect(reply.status).toBe(200)
    return () => reply.text()
  }

  test('there are as many as the backend says: who finds none free waits for one', async () => {
    await start({ connections: 1 })
    const first = await begin('/1')
    const second = facet.get(`/${route}/2`)
    await pause(100)
    expect([[...answers.keys()], sockets.size]).toEqual([['/1'], 1])
    answers.get('/1')?.end(' and ended')
    await until('the second is asked', () => answers.has('/2'))
    expect(sockets.size).toBe(1)
    answers.get('/2')?.end()
    expect([await first(), (await second).text]).toEqual(['begun and ended', 'begun'])
  })

  test('there may be another one where the backend says two', async () => {
    await start({ connections: 2 })
    const both = [await begin('/1'), await begin('/2')]
    expect(sockets.size).toBe(2)
    for (const answer of answers.values()) answer.end()
    expect(await Promise.all(both.map((whole) => whole()))).toEqual(['begun', 'begun'])
  })

  test('one is waited for no longer than for an answer, and no longer than a client is there', async () => {
    await start({ connections: 1, timeout: '1s' })
    const first = await begin('/1')
    const seen = timeline()
    const leaving = new AbortController()
    const left = fetch(`${facet.url}/${route}/3`, { signal: leaving.signal }).catch(() => 'left')
    await until('it waits', () => facet.app.backends()[0]?.calls?.inFlight === 1)
    leaving.abort()
    expect(await left).toBe('left')
    await seen.ended(1)
    await until('it does not wait any more', () => facet.app.backends()[0]?.calls?.inFlight === 0)
    // undici does not say which of those that are kept have begun to wait for their answer.
    const code = route === 'kept' ? 'backend-timeout' : 'backend-busy'
    expectProblem(await facet.get(`/${route}/2`), code)
    await seen.ended(2)
    seen.close()
    expect(seen.requests.map(({ code }) => code)).toEqual(['client-closed', code])
    answers.get('/1')?.end()
    expect(await first()).toBe('begun')
    expect([...answers.keys()]).toEqual(['/1'])
  })
})

describe('of streams', () => {
  let open: Set<ServerResponse>
  beforeEach(() => {
    open = new Set()
  })

  /** A backend whose answers never end, but for one path. */
  async function start(options: object): Promise<void> {
    const port = await listening(
      createHttpServer((request, response) => {
        if (request.url === '/short') return void response.end('short')
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': begun\n\n')
        open.add(response)
      }),
    )
    facet = await harness({
      routes: { p: proxy('ANY /p/*path', rest('events', { url: `http://127.0.0.1:${port}`, ...options })) },
    })
  }

  test('300 at once keep nobody out where the backend has not said how many it takes', async () => {
    await start({})
    const pages = Array.from({ length: 300 }, () => new AbortController())
    const begun = await Promise.all(pages.map(({ signal }) => fetch(`${facet.url}/p/events`, { signal })))
    expect(begun.filter(({ status }) => status === 200)).toHaveLength(300)
    expect((await facet.get('/p/short')).text).toBe('short')
    for (const page of pages) page.abort()
    await Promise.allSettled(begun.map((page) => page.text()))
    await until('the backend has heard of it', () => [...open].every(({ destroyed }) => destroyed))
  })

  test('that have all there are do not open the breaker for what comes after them', async () => {
    await start({ connections: 1, timeout: '150ms', breaker: { minimum: 1 } })
    const page = new AbortController()
    const begun = await fetch(`${facet.url}/p/events`, { signal: page.signal })
    for (let i = 0; i < 3; i++) {
      const late = await facet.get('/p/short')
      expectProblem(late, 'backend-busy')
      expect(late.headers.get('retry-after')).toBe('1')
    }
    page.abort()
    await begun.text().catch(() => {})
    await until('the connection is free', () => [...open].every(({ destroyed }) => destroyed))
    expect((await facet.get('/p/short')).text).toBe('short')
  })
})

test('an upload for which there is no place is passed over, and its connection goes on', async () => {
  const held: ServerResponse[] = []
  const port = await listening(
    createHttpServer((request, response) => {
      if (request.method === 'POST') held.push(response)
      else response.end('asked')
    }),
  )
  const narrow = rest('narrow', { url: `http://127.0.0.1:${port}`, concurrency: { limit: 1, queue: 0 } })
  facet = await harness({ routes: { p: proxy('ANY /p/*path', narrow) } })
  const first = facet.request('/p/first', { method: 'POST', body: 'x' })
  await until('the place is taken', () => held.length === 1)
  const connection = await wire(facet.url)
  const much = 'x'.repeat(200_000)
  connection.write(`POST /p/second HTTP/1.1\r\nHost: a\r\nContent-Length: ${much.length}\r\n\r\n${much}`)
  expect((await connection.reply()).status).toBe(503)
  held[0]?.end('done')
  expect((await first).text).toBe('done')
  connection.write('GET /p/third HTTP/1.1\r\nHost: a\r\n\r\n')
  expect((await connection.reply()).text).toBe('asked')
  connection.hangUp()
})

describe('a connection that does not come about', () => {
  /** A backend that takes connections, and says nothing of TLS. */
  async function start(timeout: object): Promise<void> {
    const port = await listening(createServer())
    const mute = rest('mute', { url: `https://127.0.0.1:${port}`, timeout, breaker: false })
    const routes = {
      streamed: proxy('ANY /streamed/*path', mute),
      kept: proxy('ANY /kept/*path', mute, { cache: { ttl: 'origin' } }),
      live: proxy('ANY /live/*path', mute),
    }
    facet = await harness({ routes })
  }

  /** Asks in one of three ways; with the message for the log. */
  async function ask(route: string) {
    const seen = timeline()
    const started = performance.now()
    const reply =
      route === 'live'
        ? await upgraded(facet.url, handshake('/live/x')).then(async ({ text, ...rest }) => ({
            ...rest,
            text: await text,
          }))
        : await say(facet.url, head(`/${route}/x`))
    const ms = performance.now() - started
    await seen.ended(1)
    seen.close()
    return { reply, ms, logged: String(seen.requests[0]?.error) }
  }

  test.each(['streamed', 'kept', 'live'])('is given up after the time that is said for it, %s', async (route) => {
    await start({ attempt: '10s', connect: '300ms' })
    const { reply, ms, logged } = await ask(route)
    expectProblem(reply, 'backend-unreachable')
    expect(ms).toBeGreaterThan(250)
    expect(ms).toBeLessThan(3_000)
    expect(logged).toMatch(/connect/i)
    await until('it is closed', () => sockets.size === 0)
  })

  test.each(['streamed', 'live'])('is given up after two seconds where nothing is said, %s', async (route) => {
    await start({ attempt: '10s' })
    const { reply, ms } = await ask(route)
    expectProblem(reply, 'backend-unreachable')
    expect(ms).toBeGreaterThan(1_900)
    expect(ms).toBeLessThan(6_000)
  })
})
