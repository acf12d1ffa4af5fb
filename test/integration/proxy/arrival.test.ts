// How long a request may take to arrive: bounded, but for what is streamed through as long as it moves.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { z } from 'zod'
import { type ArrivalBounds, watchArrivals } from '../../../src/http/arrival.ts'
import { listen, type RunningServer } from '../../../src/http/server.ts'
import { pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { wire } from '../support/wire.ts'

const BOUNDS: ArrivalBounds = { most: 300, every: 50 }
const arrived: string[] = []
const backend = createServer((request, response) => {
  if (request.url === '/early') return void response.end('early')
  let text = ''
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  request
    .on('error', () => {})
    .on('end', () => {
      arrived.push(text)
      response.end(`${text.length} bytes`)
    })
})
let facet: Harness
let front: RunningServer
let url: string

beforeAll(async () => {
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const crm = rest('crm', { url: `http://127.0.0.1:${(backend.address() as AddressInfo).port}` })
  facet = await harness({
    routes: {
      streamed: proxy('ANY /streamed/*path', crm),
      note: endpoint('POST /notes', { body: z.object({ text: z.string() }), deadline: '5s' }),
    },
  })
  front = await listen(facet.app.listener, 0, '127.0.0.1')
  watchArrivals(front.server, BOUNDS)
  url = `http://127.0.0.1:${front.port}`
})
afterAll(async () => {
  await front.drain(100)
  await facet.close()
  await new Promise((resolve) => backend.close(resolve))
})

/** Sends a body of ten bytes, one at a time, over three times as long as requests may take. */
async function trickle(head: string): Promise<{ readonly answered: Promise<string>; readonly sent: number }> {
  const connection = await wire(url)
  let isOver = false
  const answered = connection.ended.then((text) => {
    isOver = true
    return text
  })
  connection.write(`${head}Host: facet.example\r\nConnection: close\r\nContent-Length: 10\r\n\r\n`)
  let sent = 0
  while (!isOver && sent < 10) {
    connection.write(String(sent++))
    await pause(100)
  }
  return { answered, sent }
}

test("Node's own bound, which would end uploads as well, is off", () => {
  expect(front.server).toMatchObject({ requestTimeout: 0, headersTimeout: 30_000 })
})

describe('a request that comes a byte at a time', () => {
  test('is streamed through to the end, however long it takes', async () => {
    const { answered, sent } = await trickle('POST /streamed/slow HTTP/1.1\r\n')
    expect(await answered).toContain('10 bytes')
    expect([sent, arrived.at(-1)]).toEqual([10, '0123456789'])
  })

  test('to an endpoint is a 408 when its time is over', async () => {
    const seen = timeline()
    const { answered, sent } = await trickle('POST /notes HTTP/1.1\r\nContent-Type: application/json\r\n')
    expect(await answered).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-timeout"/)
    expect(sent).toBeLessThan(10)
    await seen.ended(1)
    seen.close()
  })

  test('behind an answer that did not wait for it is cut off when its time is over', async () => {
    const { answered, sent } = await trickle('POST /streamed/early HTTP/1.1\r\n')
    expect(await answered).toContain('early')
    expect(sent).toBeLessThan(10)
  })
})

test('a connection that is kept alive between two requests is nothing that has to arrive', async () => {
  const connection = await wire(url)
  const ask = () => connection.write('GET /streamed/x HTTP/1.1\r\nHost: facet.example\r\n\r\n')
  ask()
  await connection.reply()
  await pause(2 * BOUNDS.most)
  ask()
  expect((await connection.reply()).status).toBe(200)
  connection.hangUp()
})

test('nothing is looked at any more when the server is closed', async () => {
  const other = createServer((request: IncomingMessage, response) => response.end(request.url))
  watchArrivals(other, { most: 1, every: 1 })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const before = process.getActiveResourcesInfo().length
  await new Promise((resolve) => other.close(resolve))
  await until('its interval is gone', () => process.getActiveResourcesInfo().length < before)
})
