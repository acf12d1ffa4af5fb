import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { RequestHandler } from 'express'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { asks, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'

let backend: LineBackend
let facet: Harness
/** What runs before every request. */
let before: RequestHandler
beforeAll(async () => {
  backend = await lineBackend()
  const api = rest('backend', { url: backend.url, timeout: '5s', breaker: false })
  facet = await harness({
    routes: { through: proxy('ANY /p/*path', api) },
    before: [(request, response, next) => void before(request, response, next)],
  })
})
afterEach(async () => {
  await nothingLeft(facet)
  for (const each of backend.lines) each.hangUp()
  await until('the backend has no connection', () => backend.open === 0)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

test('who has left before anything was asked for is not asked for', async () => {
  const seen = timeline()
  let left = () => {}
  before = (_request, response, next) => {
    response.once('close', () => setTimeout(() => next(), 20))
    left()
  }
  const count = backend.requests.length
  const client = await line(facet.url)
  left = () => client.hangUp()
  client.say(asks('GET /p/x'))
  await seen.ended(1)
  seen.close()
  expect(seen.requests.map(({ status, code }) => [status, code])).toEqual([[499, 'client-closed']])
  expect(backend.requests).toHaveLength(count)
})

test('an answer that somebody else gives in the meantime leaves nothing under way', async () => {
  before = (_request, response, next) => {
    setTimeout(() => response.writeHead(503).end('too late'), 50)
    next()
  }
  backend.answer = () => {}
  const client = await line(facet.url)
  client.say(asks('GET /p/x'))
  await client.hears('too late')
  await backend.last.closed()
  client.hangUp()
})

test('an answer beside one that somebody else has begun ends them both', async () => {
  before = (_request, response, next) => {
    response.writeHead(200).write('first')
    next()
  }
  backend.answer = (line) => line.say(OK)
  const client = await line(facet.url)
  client.say(asks('GET /p/x'))
  expect(await client.closed()).not.toContain('ok')
  await backend.last.closed()
})

test('an answer that somebody else ends in its middle ends, and nothing else does', async () => {
  let end = () => {}
  before = (_request, response, next) => {
    end = () => {
      response.end()
      // The backend is heard before the end is out.
      response.cork()
    }
    next()
  }
  backend.answer = (line) => line.say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
  const client = await line(facet.url)
  client.say(asks('GET /p/x'))
  await client.hears('half')
  end()
  backend.last.say('4\r\nmore\r\n')
  await backend.last.closed()
  expect(client.heard).not.toContain('more')
  client.hangUp()
})

test('what a backend has said before it ended its connection comes whole to a client that is slow', async () => {
  before = (_request, _response, next) => next()
  const warnings: Error[] = []
  const warn = (warning: Error) => void warnings.push(warning)
  process.on('warning', warn)
  const size = 20 * 2 ** 20
  backend.answer = (line) => {
    line.say('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
    line.socket.end(Buffer.alloc(size, 'x'))
  }
  const client = await line(facet.url)
  let got = 0
  client.socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
    got += chunk.toString('latin1').split('x').length - 1
    client.socket.pause()
    setTimeout(() => client.socket.resume(), 1)
  })
  client.say(asks('GET /p/x').replace('HTTP/1.1', 'HTTP/1.0'))
  for (let waited = 0; !client.isClosed && waited < 10_000; waited += 20) await pause(20)
  process.off('warning', warn)
  expect(got).toBeGreaterThanOrEqual(size)
  expect(warnings).toEqual([])
})

test('a backend that answers before it is asked the next thing is asked on another connection', async () => {
  before = (_request, _response, next) => next()
  backend.answer = (line) => {
    line.say(OK)
    setTimeout(() => line.say('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n'), 10)
  }
  const client = await line(facet.url)
  client.say(asks('GET /p/x'))
  await client.hears(/ok$/)
  await backend.last.closed()
  client.say(asks('GET /p/y'))
  expect(await client.hears(/ok[\s\S]*ok$/)).not.toContain('408')
  client.hangUp()
})
