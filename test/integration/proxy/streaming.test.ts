import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import express from 'express'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { z } from 'zod'
import { asks, type Line, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { expectProblem } from '../support/problems.ts'
import { nobody } from '../support/raw-backend.ts'
import { pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { wire } from '../support/wire.ts'

let backend: LineBackend
let facet: Harness
let client: Line
const routes = async () => ({
  through: proxy('ANY /p/*path', rest('backend', { url: backend.url, timeout: '2s', breaker: false })),
  nobody: proxy('ANY /nobody/*path', rest('nobody', { url: await nobody(), breaker: false })),
  own: endpoint('POST /own', { body: z.object({}) }),
})
beforeAll(async () => {
  backend = await lineBackend()
  facet = await harness({ routes: await routes() })
})
afterEach(() => {
  client?.hangUp()
  backend.answer = (line) => line.say(OK)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** Asks with an answer that the test gives itself. */
async function ask(request: string): Promise<Line> {
  backend.answer = () => {}
  client = await line(facet.url)
  const before = backend.requests.length
  client.say(request)
  await backend.asked(before + 1)
  return backend.last
}

/** Writes as much as is taken, up to a bound; what is taken when nothing more is for a while, in milliseconds. */
async function pour(into: Line, chunk: Buffer, total: number, patience = 400): Promise<number> {
  let written = 0
  while (written < total) {
    written += chunk.length
    if (into.socket.write(chunk)) continue
    const drained = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patience)
      into.socket.once('drain', () => {
        clearTimeout(timer)
        resolve(true)
      })
    })
    if (!drained) break
  }
  return written - into.socket.writableLength
}

describe('is on its way at once', () => {
  test('the head of an answer without the first of its body', async () => {
    const upstream = await ask(asks('GET /p/events'))
    upstream.say('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n')
    expect(await client.hears('\r\n\r\n')).toContain('Content-Type: text/event-stream')
  })

  test('every event of a stream that goes on', async () => {
    const upstream = await ask(asks('GET /p/events'))
    upstream.say('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (const event of ['one', 'two', 'six']) {
      const started = performance.now()
      upstream.say(`b\r\ndata: ${event}\n\n\r\n`)
      await client.hears(`data: ${event}`)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
    upstream.say('0\r\n\r\n')
    await client.hears('\r\n0\r\n\r\n')
  })

  test('every piece of an upload, and of an answer beside it', async () => {
    const upstream = await ask(asks('POST /p/echo', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'))
    upstream.say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nABC\r\n')
    await client.hears('ABC')
    client.say('3\r\nxyz\r\n')
    await upstream.hears('xyz')
    upstream.say('3\r\nXYZ\r\n')
    await client.hears('XYZ')
    client.say('0\r\n\r\n')
    await upstream.hears('\r\n0\r\n\r\n')
    upstream.say('0\r\n\r\n')
    await client.hears('\r\n0\r\n\r\n')
    client.say(asks('GET /p/again'))
    await backend.last.hears('/again')
    upstream.say(OK)
    await client.hears(/ok$/)
  })

  test('what a backend lets a client wait for', async () => {
    const upstream = await ask(asks('GET /p/poll'))
    await pause(300)
    expect(client.heard).toBe('')
    upstream.say(OK)
    await client.hears(/ok$/)
  })
})

describe('no more is held than fits between', () => {
  const MEGABYTES = 50
  const chunk = Buffer.alloc(65_536, 'x')

  test('a backend and a client that does not read', async () => {
    const upstream = await ask(asks('GET /p/large'))
    const total = MEGABYTES * 2 ** 20
    upstream.say(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
    await client.hears('\r\n\r\n')
    client.socket.pause()
    const sent = await pour(upstream, chunk, total)
    // What is left stands in the sockets of the system: three times as much as they hold by themselves.
    expect(sent).toBeLessThan(total / 2)
    let got = 0
    client.socket.removeAllListeners('data').on('data', (bytes: Buffer) => {
      got += bytes.length
    })
    client.socket.resume()
    // Where the machine stands still its pause is over before it is heard that there is room again.
    await pour(upstream, chunk, total - sent - upstream.socket.writableLength, 10_000)
    // Of a busy machine fifty megabytes may want their time.
    for (const begun = performance.now(); got < total && performance.now() - begun < 15_000; )
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(got).toBe(total)
  })

  test('a client and a backend that does not read', async () => {
    const total = MEGABYTES * 2 ** 20
    const upstream = await ask(asks('POST /p/large', [`Content-Length: ${total}`], 'x'))
    upstream.socket.pause()
    expect(await pour(client, chunk, total)).toBeLessThan(total / 2)
    // Node hears nothing of a client from which it does not read, so that it is the backend that has to leave.
    upstream.hangUp()
    await client.hears('HTTP/1.1 502')
  })
})

describe('a client that waits to be told to go on', () => {
  const waits = (path: string, more: readonly string[] = []) =>
    asks(`POST ${path}`, ['Expect: 100-continue', 'Content-Type: application/json', 'Content-Length: 2', ...more])

  test('is told when the backend takes its body, and the backend hears nothing of it', async () => {
    backend.answer = () => {}
    client = await line(facet.url)
    const before = backend.requests.length
    client.say(waits('/p/x'))
    expect(await client.hears('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.say('{}')
    await backend.asked(before + 1)
    await backend.last.hears('{}')
    expect(backend.last.heard).not.toMatch(/expect/i)
    backend.last.say(OK)
    expect((await client.hears(/ok$/)).match(/HTTP\/1\.1 100/g)).toHaveLength(1)
  })

  test('is told that the backend is down instead, and what it sends then is no request', async () => {
    const connection = await wire(facet.url)
    connection.write(waits('/nobody/x'))
    const reply = await connection.reply()
    expectProblem(reply, 'backend-unreachable')
    expect(reply.headers.get('connection')).toBe('close')
    connection.write(asks('GET /p/hidden'))
    expect(await connection.ended).toBe('')
  })

  test('is told nothing of the kind where it has no body, and where it has asked for something else', async () => {
    client = await line(facet.url)
    client.say(asks('GET /p/x', ['Expect: 100-continue']))
    expect(await client.hears(/ok$/)).toMatch(/^HTTP\/1\.1 200/)
    client.hangUp()
    client = await line(facet.url)
    client.say(asks('POST /p/x', ['Expect: wonders', 'Content-Length: 2'], '{}'))
    expect(await client.hears(/ok$/)).toMatch(/^HTTP\/1\.1 200/)
  })

  test.each([
    ['/nothing', 'POST', 'route-unknown'],
    ['/own', 'PUT', 'method-unknown'],
  ] as const)('is told that there is no %s for %s, and not to send what nobody reads', async (path, method, code) => {
    const connection = await wire(facet.url)
    connection.write(waits(path).replace('POST', method))
    const reply = await connection.reply()
    expectProblem(reply, code)
    expect(reply.headers.get('connection')).toBe('close')
    connection.write(asks('GET /p/hidden'))
    expect(await connection.ended).toBe('')
  })

  test('is told by what is behind Facet’s routes, which may read the body', async () => {
    const after = await harness({
      routes: {},
      after: [express.json(), (request, response) => void response.json(request.body)],
    })
    const connection = await wire(after.url)
    connection.write(waits('/theirs'))
    expect((await connection.reply()).status).toBe(100)
    connection.write('{}')
    expect(await connection.reply()).toMatchObject({ status: 200, text: '{}' })
    connection.hangUp()
    await after.close()
  })

  test('may leave', async () => {
    client = await line(facet.url)
    client.say(waits('/p/x'))
    await client.hears('100 Continue')
    client.hangUp()
    await until('nothing is under way', () => facet.app.runtime.timers.size === 0)
  })

  test.each(['/own', '/p/x'])('is told by %s behind a middleware, and in an app of somebody else’s', async (path) => {
    const before = await harness({ routes: await routes(), before: [(_request, _response, next) => next()] })
    const mounted = express().use(facet.app).listen(0)
    const { port } = mounted.address() as { port: number }
    for (const url of [facet.url, before.url, `http://127.0.0.1:${port}`]) {
      const connection = await wire(url)
      connection.write(waits(path))
      expect((await connection.reply()).status).toBe(100)
      connection.write('{}')
      expect((await connection.reply()).status).toBe(200)
      connection.hangUp()
    }
    mounted.close()
    await before.close()
  })
})
