// How many upgrades there may be at once on a route, over real sockets: over the bound a handshake is refused, and every place comes back.
import { createConnection } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { nobody } from '../support/raw-backend.ts'
import { expectNothingForgotten, nothingLeft } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import {
  type Handshake,
  handshake,
  TEXT,
  upgraded,
  type WebSocketServer,
  webSocketServer,
} from '../support/websocket.ts'

let backend: WebSocketServer
let facet: Harness
/** What is open, which the end of a server would wait for. */
let opened: Handshake[]
expectNothingForgotten()
beforeEach(async () => {
  opened = []
  backend = await webSocketServer()
})
afterEach(async () => {
  for (const { peer } of opened) peer.socket.destroy()
  await facet.close()
  await backend.close()
  await nothingLeft(facet)
})

/** Starts Facet with two routes to one backend, each with its own bound of one. */
async function start(options: Parameters<typeof proxy>[2] = {}, more: object = {}): Promise<void> {
  const live = rest('live', { url: backend.url, timeout: '300ms', breaker: false, ...more })
  const websocket = { connections: 1 }
  facet = await harness({
    routes: {
      live: proxy('ANY /live/*path', live, { websocket, ...options }),
      other: proxy('ANY /other/*path', live, { websocket }),
    },
  })
}

async function ask(path = '/live/x', headers: readonly string[] = []): Promise<Handshake> {
  const answer = await upgraded(facet.url, handshake(path, headers))
  opened.push(answer)
  return answer
}

/** Asks until there is room; the first answer that is not 503. */
async function answered(): Promise<Handshake> {
  let answer: Handshake | undefined
  await until('there is room', async () => {
    answer = await ask()
    return answer.status !== 503
  })
  return answer as Handshake
}

async function expectRefused(): Promise<void> {
  const seen = timeline()
  const before = backend.asked.length
  const { status, headers, text } = await ask()
  expectProblem({ status, headers, text: await text }, 'overloaded')
  expect([headers.get('retry-after'), headers.get('connection')]).toEqual(['10', 'close'])
  expect(backend.asked).toHaveLength(before)
  await seen.ended(1)
  seen.close()
  expect(seen.requests[0]).toMatchObject({ status: 503, code: 'overloaded', route: 'ANY /live/*path' })
}

describe('over the bound', () => {
  test('a handshake is refused with a word of when to come again, and the next one after an end is not', async () => {
    await start()
    const { peer } = await ask()
    await expectRefused()
    await expectRefused()
    // Who is there is not disturbed.
    peer.send(TEXT, 'still here')
    expect((await backend.peers[0]?.frame(0))?.payload.toString()).toBe('still here')
    peer.socket.end()
    const next = await answered()
    expect(next.status).toBe(101)
    await expectRefused()
    backend.peers[1]?.socket.destroy()
    expect((await answered()).status).toBe(101)
    expect(backend.asked).toHaveLength(3)
  })

  test('other routes and ordinary requests are not', async () => {
    await start()
    expect((await ask()).status).toBe(101)
    await expectRefused()
    expect((await ask('/other/x')).status).toBe(101)
    expect((await facet.get('/live/x')).text).toBe('ordinary')
  })

  test('all targets of a route are', async () => {
    const second = await webSocketServer()
    await start({ targets: [{ to: second.url, headers: { 'x-version': '2' } }] })
    const first = await ask('/live/x', ['X-Version: 2'])
    expect([first.status, second.asked.length]).toEqual([101, 1])
    await expectRefused()
    first.peer.socket.destroy()
    expect((await answered()).status).toBe(101)
    expect((await ask('/live/x', ['X-Version: 2'])).status).toBe(503)
    expect(second.asked).toHaveLength(1)
    await second.close()
  })

  test('is one that is still being asked for', async () => {
    await start({}, { timeout: '5s' })
    let accept = () => {}
    backend.onUpgrade = (_request, _socket, accepts) => {
      accept = () => void accepts()
    }
    const first = ask()
    await until('it is asked', () => backend.asked.length === 1)
    await expectRefused()
    accept()
    expect((await first).status).toBe(101)
  })
})

describe('there is room again after', () => {
  /** A place that did not come back would make a 503 of all that follows. */
  async function manyTimes(one: () => Promise<unknown>): Promise<void> {
    for (let nth = 0; nth < 5; nth++) await one()
    backend.onUpgrade = (_request, _socket, accept) => void accept()
    expect((await answered()).status).toBe(101)
    await expectRefused()
  }

  test('a backend that is dead', async () => {
    await start({ targets: [{ to: await nobody(), headers: { 'x-dead': '1' } }] })
    await manyTimes(async () => {
      await until('it is asked', async () => (await ask('/live/x', ['X-Dead: 1'])).status === 502)
    })
  })

  test.each([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 403],
    ['is no HTTP', '220 ESMTP ready\r\n', 502],
    ['switches to something else', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 502],
    ['never comes', '', 504],
  ])('an answer that %s', async (_, says, status) => {
    await start()
    backend.onUpgrade = (_request, socket) => void socket.write(says)
    await manyTimes(async () => {
      const answer = await answered()
      expect(answer.status).toBe(status)
      await answer.text
    })
  })

  test('a handshake that is refused here', async () => {
    await start()
    await manyTimes(async () => {
      expect((await ask('/live/x', ['Origin: https://evil.test'])).status).toBe(403)
      expect((await ask('/live/%2e%2e/x')).status).toBe(400)
    })
  })

  test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'a client that leaves before there is an answer: %s',
    async (leave) => {
      await start({}, { timeout: '10s' })
      backend.onUpgrade = () => {}
      await manyTimes(async () => {
        const before = backend.asked.length
        await until('it is asked', async () => {
          const socket = createConnection(Number(new URL(facet.url).port), '127.0.0.1')
          socket.on('error', () => {}).write(handshake('/live/x'))
          const refused = new Promise((resolve) => socket.once('data', resolve))
          await Promise.race([refused, until('it is', () => backend.asked.length > before)])
          socket[leave]()
          return backend.asked.length > before
        })
      })
    },
  )

  test('a client that leaves while it waits for a place of the backend', async () => {
    await start({}, { timeout: '10s', concurrency: 1 })
    backend.onUpgrade = () => {}
    const holding = createConnection(Number(new URL(facet.url).port), '127.0.0.1')
    holding.on('error', () => {}).write(handshake('/other/x'))
    await until('the place is taken', () => backend.asked.length === 1)
    const waiting = () => facet.app.backends()[0]?.calls?.waiting
    for (let nth = 0; nth < 5; nth++) {
      const socket = createConnection(Number(new URL(facet.url).port), '127.0.0.1')
      socket.on('error', () => {}).write(handshake('/live/x'))
      await until('it waits', () => waiting() === 1)
      socket.destroy()
      await until('it does not', () => waiting() === 0)
    }
    holding.destroy()
    backend.onUpgrade = (_request, _socket, accept) => void accept()
    expect((await answered()).status).toBe(101)
  })
})
