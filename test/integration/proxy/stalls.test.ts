// An exchange in which nothing moves any more: whoever is waited for is to blame. The five minutes of the server are 300 ms here.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { Pool } from 'undici'
import { Passage } from '../../../src/call/passage.ts'
import { plainUpstream } from '../../../src/call/plain-upstream.ts'
import type { OpenRuntime } from '../../../src/call/runtime.ts'
import { RequestContext } from '../../../src/http/context.ts'
import { fail } from '../../../src/http/handler.ts'
import { Exchange } from '../../../src/http/proxy/exchange.ts'
import { RequestBody } from '../../../src/http/proxy/request-body.ts'
import { testRuntime } from '../../unit/support/calls.ts'
import { pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { type Wire, wire } from '../support/wire.ts'

const TIMES = { timeout: 150, idle: 300 }
const incoming = {
  dropped: new Set<string>(),
  allowed: undefined,
  rewrites: new Map(),
  common: [],
  pseudonym: 'test',
}

let servers: Server[] = []
let pool: Pool
let runtime: OpenRuntime
let client: Wire
const codes: (string | undefined)[] = []

afterEach(async () => {
  client.hangUp()
  await pool.destroy()
  await runtime.close()
  for (const server of servers) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  servers = []
  codes.length = 0
})

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A front that passes a body on to a backend, with short times; what its client hears. */
async function start(backend: RequestListener): Promise<void> {
  const url = await listening(backend)
  pool = new Pool(url)
  runtime = testRuntime()
  const passage = new Passage(runtime, plainUpstream('stalling', url))
  const front = await listening((request, response) => {
    const context = new RequestContext(request, response, true)
    const body = request.method === 'POST' ? new RequestBody(request, () => {}) : undefined
    const rules = { timers: runtime.timers, ...TIMES, incoming, fail }
    const exchange = new Exchange({ context, path: '/', made: undefined, headed: undefined, body }, rules)
    response.on('close', () => codes.push(context.record.code))
    const headers = body ? ['content-length', request.headers['content-length'] as string] : []
    const pass = passage.enter(context.token, TIMES.timeout)
    if (pass instanceof Promise) throw new TypeError('there is a place at once')
    exchange.start(pass, pool, { method: request.method as 'GET', path: '/', headers, body: (body ?? null) as never })
  })
  client = await wire(front)
}

const post = (length: number) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`

test('a client that stops in the middle of its upload is told so, and its connection ends', async () => {
  await start((request) => void request.resume())
  client.write(`${post(10)}12345`)
  const reply = await client.reply()
  expect([reply.status, reply.headers.get('connection'), reply.text]).toEqual([
    408,
    'close',
    expect.stringContaining('"code":"request-timeout"'),
  ])
  await client.ended
  await until('it is over', () => codes.length > 0)
  expect(codes).toEqual(['request-timeout'])
})

test('an upload that moves may take longer than anything', async () => {
  await start((request, response) => void request.resume().on('end', () => response.end('all of it')))
  client.write(post(10))
  for (let sent = 0; sent < 10; sent++) {
    await pause(TIMES.timeout / 2)
    client.write('x')
  }
  const reply = await client.reply()
  expect([reply.status, reply.text]).toEqual([200, 'all of it'])
})

test('a backend that takes no more of an upload is the one to blame', async () => {
  await start((request) => void request.pause())
  const much = 'x'.repeat(8_000_000)
  client.write(post(much.length) + much)
  const reply = await client.reply()
  expect([reply.status, reply.text]).toEqual([504, expect.stringContaining('"code":"backend-timeout"')])
})

test('a backend that stops in the middle of its answer is cut off, and is the one to blame', async () => {
  await start((_, response) => void response.writeHead(200, { 'Content-Length': '10' }).write('12345'))
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await client.ended).toMatch(/12345$/)
  await until('it is over', () => codes.length > 0)
  expect(codes).toEqual(['backend-timeout'])
})

test('a backend that says something now and then is not', async () => {
  await start((_, response) => {
    let left = 6
    const timer = setInterval(() => (left-- > 0 ? response.write('.') : response.end('!')), TIMES.timeout / 2)
    response.on('close', () => clearInterval(timer))
  })
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect((await client.reply()).text).toBe('......!')
})
