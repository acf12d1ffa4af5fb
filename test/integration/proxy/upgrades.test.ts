import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createConnection, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { WebSocket } from 'undici'
import { nobody, rawBackend } from '../support/raw-backend.ts'
import { expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import {
  acceptOf,
  BINARY,
  CLOSE,
  handshake,
  KEY,
  type Peer,
  PING,
  PONG,
  TEXT,
  upgraded,
  type WebSocketServer,
  webSocketServer,
} from '../support/websocket.ts'

let backend: WebSocketServer
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  backend = await webSocketServer()
})
afterEach(async () => {
  await facet.close()
  await backend.close()
  await nothingLeft(facet)
})

/** Starts Facet with one route that everything goes through. */
async function start(options: Parameters<typeof proxy>[2] = {}, more: object = {}): Promise<void> {
  const live = rest('live', { url: `${backend.url}/base`, timeout: '400ms', ...more })
  facet = await harness({ routes: { live: proxy('ANY /live/*path', live, options) } })
}

/** Opens a WebSocket through Facet; both ends of it. */
async function open(headers: readonly string[] = []): Promise<{ client: Peer; server: Peer; headers: Headers }> {
  const at = backend.peers.length
  const answer = await upgraded(facet.url, handshake('/live/chat?room=1', headers))
  expect(answer.status).toBe(101)
  await until('the backend has it', () => backend.peers.length > at)
  return { client: answer.peer, server: backend.peers[at] as Peer, headers: answer.headers }
}

const noConnections = () => until('the backend has no connection', () => backend.connections === 0)

describe('a WebSocket', () => {
  test('is opened by a client as people use them, with its subprotocol, and closed with its code', async () => {
    await start()
    const client = new WebSocket(`${facet.url.replace('http', 'ws')}/live/chat`, ['v2.chat', 'v1.chat'])
    await new Promise((resolve) => client.addEventListener('open', resolve))
    expect(client.protocol).toBe('v2.chat')
    const [server] = backend.peers as [Peer]
    const said = new Promise((resolve) => client.addEventListener('message', ({ data }) => resolve(data)))
    server.send(TEXT, 'grüß dich')
    expect(await said).toBe('grüß dich')
    const closed = new Promise<[number, string]>((resolve) =>
      client.addEventListener('close', ({ code, reason }) => resolve([code, reason])),
    )
    server.close(4001, 'moved')
    const frame = await server.frame(0)
    expect([frame.opcode, frame.payload.readUInt16BE()]).toEqual([CLOSE, 4001])
    server.socket.end()
    expect(await closed).toEqual([4001, 'moved'])
    await noConnections()
  })

  test('has its codes, reasons, pings and pongs passed on both ways, as they are', async () => {
    await start()
    const { client, server } = await open()
    client.send(PING, 'from the client')
    server.send(PING, 'from the server')
    expect(await server.frame(0)).toMatchObject({ opcode: PING, payload: Buffer.from('from the client') })
    expect(await client.frame(0)).toMatchObject({ opcode: PING, payload: Buffer.from('from the server') })
    client.send(PONG, 'from the server')
    server.send(PONG, 'from the client')
    expect(await server.frame(1)).toMatchObject({ opcode: PONG, payload: Buffer.from('from the server') })
    expect(await client.frame(1)).toMatchObject({ opcode: PONG, payload: Buffer.from('from the client') })
    client.close(4001, 'I leave')
    const left = await server.frame(2)
    expect([left.opcode, left.payload.readUInt16BE(), left.payload.toString('utf8', 2)]).toEqual([8, 4001, 'I leave'])
    server.close(4002, 'so do I')
    const right = await client.frame(2)
    expect([right.opcode, right.payload.readUInt16BE(), right.payload.toString('utf8', 2)]).toEqual([
      8,
      4002,
      'so do I',
    ])
    server.socket.end()
    await until('the client is told', () => client.isOver)
    client.socket.end()
    await noConnections()
  })

  test('loses nothing that comes together with the request, or with the answer to it', async () => {
    await start()
    backend.onUpgrade = (_request, _socket, accept) => void accept().send(TEXT, 'at once')
    const text = handshake('/live/chat')
    // A frame of no bytes, masked by nothing.
    const { peer } = await upgraded(facet.url, `${text}\x89\x80\0\0\0\0`)
    expect((await peer.frame(0)).payload.toString()).toBe('at once')
    expect(await (backend.peers[0] as Peer).frame(0)).toMatchObject({ opcode: PING })
    peer.socket.destroy()
    await noConnections()
  })

  test('is asked for as its backend needs it: path, query, who asks, and nothing that only a client says', async () => {
    await start({}, { headers: { 'X-Key': 'secret' } })
    const { client, headers } = await open([
      'X-Forwarded-For: 6.6.6.6',
      'Forwarded: for=6.6.6.6',
      'X-Key: guessed',
      'X-Request-Id: chosen-1',
      'Via: 1.1 edge',
      'Keep-Alive: 5',
      'X-Hop: 1',
      'Connection: X-Hop',
      'Cookie: a=1',
      'Cookie: b=2',
      'Sec-WebSocket-Extensions: permessage-deflate',
    ])
    const [request] = backend.asked
    expect(request).toMatchObject({ url: '/base/chat?room=1', method: 'GET' })
    expect(request?.headers).toMatchObject({
      host: new URL(backend.url).host,
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': KEY,
      'sec-websocket-extensions': 'permessage-deflate',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'facet.test',
      'x-forwarded-proto': 'http',
      forwarded: 'for=127.0.0.1;host=facet.test;proto=http',
      'x-key': 'secret',
      'x-request-id': 'chosen-1',
      via: expect.stringMatching(/^1\.1 edge, 1\.1 facet-/),
      cookie: 'a=1; b=2',
    })
    expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-hop']))
    expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(['keep-alive']))
    expect(headers.get('sec-websocket-accept')).toBe(acceptOf(KEY))
    expect(headers.get('x-request-id')).toBe('chosen-1')
    expect(headers.get('via')).toMatch(/^1\.1 facet-/)
    client.socket.destroy()
    await noConnections()
  })

  test('brings back what its backend says in the head, but for what is of one connection', async () => {
    await start()
    backend.onUpgrade = (_request, _socket, accept) =>
      void accept('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: caf\xe9\r\nKeep-Alive: 5\r\nX-Request-Id: theirs\r\n')
    const { client, headers } = await open()
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    // The backend of this test writes UTF-8, whose bytes arrive as they are.
    expect(Buffer.from(headers.get('x-latin') ?? '', 'latin1').toString()).toBe('café')
    expect(headers.get('keep-alive')).toBeNull()
    expect(headers.get('x-request-id')).not.toBe('theirs')
    client.socket.destroy()
    await noConnections()
  })

  test('stands in the log once, when it has ended, with its whole duration', async () => {
    await start()
    const seen = timeline()
    const { client, server } = await open()
    await pause(60)
    expect(seen.requests).toEqual([])
    server.socket.end()
    await until('the client is told', () => client.isOver)
    client.socket.end()
    await seen.ended(1)
    seen.close()
    const [record] = seen.requests
    expect(record).toMatchObject({ status: 101, method: 'GET', path: '/live/chat', route: 'ANY /live/*path' })
    expect([record?.code, record?.client]).toEqual([undefined, 'web'])
    expect(record?.duration).toBeGreaterThan(50)
  })
})

describe('a WebSocket is refused', () => {
  test.each([
    ['by a foreign page', '/live/x', ['Origin: https://evil.test'], 403, 'auth-forbidden'],
    ['by a page without an origin of its own', '/live/x', ['Origin: null'], 403, 'auth-forbidden'],
    ['by a page on another port', '/live/x', ['Origin: http://facet.test:8080'], 403, 'auth-forbidden'],
    [
      'by a page of a name that only begins alike',
      '/live/x',
      ['Origin: http://facet.test.evil'],
      403,
      'auth-forbidden',
    ],
    ['by what is no origin', '/live/x', ['Origin: facet.test'], 403, 'auth-forbidden'],
    ['by two pages', '/live/x', ['Origin: http://facet.test', 'Origin: http://evil.test'], 403, 'auth-forbidden'],
    ['on a path that nobody knows', '/nothing', [], 404, 'route-unknown'],
    ['on a path with dot segments', '/live/../x', [], 400, 'input-invalid'],
    ['on a path with dot segments that are encoded', '/live/%2e%2e/x', [], 400, 'input-invalid'],
    ['for two hosts', '/live/x', ['Host: other.test'], 400, 'input-invalid'],
    ['for a target that is too long', `/live/${'x'.repeat(9_000)}`, [], 414, 'uri-too-long'],
    ['for an unknown client', '/live/x', ['X-Client: nobody'], 400, 'client-unknown'],
  ])('%s', async (_, path, headers, status, code) => {
    await start()
    const answer = await upgraded(facet.url, handshake(path, headers))
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('connection')).toBe('close')
    expect(JSON.parse(await answer.text)).toMatchObject({ code, status, requestId: answer.headers.get('x-request-id') })
    expect(backend.asked).toEqual([])
  })

  test('where the parser refuses the request, with a CR or LF in a field', async () => {
    await start()
    for (const field of ['X-A: 1\rX-B: 2', 'X-A: 1\n X-B: 2', 'X A: 1', 'X-A: \0'])
      expect((await upgraded(facet.url, handshake('/live/x', [field]))).status).toBe(400)
    expect(backend.asked).toEqual([])
  })

  test('on a route that has none, as one that is no proxy has; what only might be one is answered as usual', async () => {
    await start({ websocket: false })
    const answer = await upgraded(facet.url, handshake('/live/x'))
    expect([answer.status, JSON.parse(await answer.text).issues]).toEqual([
      400,
      [{ path: 'headers.upgrade', message: 'this route does not switch to another protocol' }],
    ])
    const other = await upgraded(facet.url, handshake('/live/x').replace('websocket', 'chess/1'))
    expect([other.status, await other.text]).toEqual([200, expect.stringContaining('ordinary')])
  })

  test('by another method than GET, and on a route that has not GET', async () => {
    await start()
    const answer = await upgraded(facet.url, handshake('/live/x').replace('GET', 'POST'))
    expect([answer.status, JSON.parse(await answer.text).issues[0].path]).toEqual([400, 'method'])
  })

  test('where it has been here before', async () => {
    await start()
    const { client } = await open()
    const via = backend.asked[0]?.headers.via
    client.socket.destroy()
    expect((await upgraded(facet.url, handshake('/live/x', [`Via: ${via}`]))).status).toBe(508)
    await noConnections()
  })

  test('but not by a page of the same host, of an origin that is listed, or of any where all are', async () => {
    await start({ websocket: { origins: ['https://a.example', 'capacitor://localhost'] } })
    const ask = async (origin: string, host?: string) => {
      const { status, peer } = await upgraded(facet.url, handshake('/live/x', [`Origin: ${origin}`], host))
      peer.socket.destroy()
      return status
    }
    expect(await ask('http://facet.test')).toBe(101)
    expect(await ask('https://FACET.test', 'facet.test:443')).toBe(101)
    expect(await ask('https://facet.test:8443', 'facet.test:8443')).toBe(101)
    expect(await ask('https://a.example')).toBe(101)
    expect(await ask('capacitor://localhost')).toBe(101)
    expect(await ask('https://b.example')).toBe(403)
    await noConnections()
    await facet.close()
    await start({ websocket: { origins: ['*'] } })
    expect(await ask('https://b.example')).toBe(101)
    await noConnections()
  })
})

describe('a backend that', () => {
  test('is dead is a 502 in the form of all problems, not a hang-up', async () => {
    facet = await harness({ routes: { live: proxy('ANY /live/*path', rest('live', { url: await nobody() })) } })
    const seen = timeline()
    const answer = await upgraded(facet.url, handshake('/live/x'))
    expect(answer.status).toBe(502)
    const problem = JSON.parse(await answer.text)
    expect(problem).toMatchObject({ type: '/problems/backend-unreachable', status: 502, code: 'backend-unreachable' })
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 502, code: 'backend-unreachable' })
  })

  test.each([
    ['never answers', '', 504, 'backend-timeout'],
    ['speaks another protocol', '220 ESMTP ready\r\n', 502, 'backend-malformed'],
    ['hangs up', undefined, 502, 'backend-unreachable'],
    [
      'switches to what nobody has asked for',
      'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      502,
      'backend-malformed',
    ],
    ['switches to nothing', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\n\r\n', 502, 'backend-malformed'],
    [
      'answers in a coding that is not known',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      502,
      'backend-malformed',
    ],
  ])('%s is told of', async (_, says, status, code) => {
    const raw = await rawBackend((socket) => void (says === undefined ? socket.destroy() : socket.write(says)))
    facet = await harness({
      routes: { live: proxy('ANY /live/*path', rest('live', { url: raw.url, timeout: '200ms' })) },
    })
    const answer = await upgraded(facet.url, handshake('/live/x'))
    expect(answer.status).toBe(status)
    const text = await answer.text
    expect(JSON.parse(text)).toMatchObject({ code })
    expect(text).not.toContain('ESMTP')
    await raw.close()
  })

  test.each([
    ['with a length', 'Content-Length: 5\r\n\r\nsorry', 'sorry'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nsorry\r\n0\r\n\r\n', '5\r\nsorry\r\n0\r\n\r\n'],
  ])('answers with another status, %s, has its answer passed on', async (_, rest, text) => {
    await start()
    const seen = timeline()
    backend.onUpgrade = (_request, socket) =>
      void socket.write(`HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nSet-Cookie: a=1\r\n${rest}`)
    const answer = await upgraded(facet.url, handshake('/live/x'))
    expect(answer.status).toBe(426)
    expect(answer.headers.get('sec-websocket-version')).toBe('13')
    expect(answer.headers.get('connection')).toBe('close')
    expect(answer.headers.get('x-request-id')).not.toBeNull()
    expect(await answer.text).toBe(text)
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 426, code: undefined })
    await noConnections()
  })

  test('answers much has all of it passed on, to a client that is slow', async () => {
    await start()
    backend.onUpgrade = (_request, socket) => {
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 3000000\r\n\r\n')
      socket.write('x'.repeat(3_000_000))
    }
    const answer = await upgraded(facet.url, handshake('/live/x'))
    answer.peer.socket.pause()
    await pause(200)
    answer.peer.socket.resume()
    expect((await answer.text).length).toBe(3_000_000)
    await noConnections()
  })

  test('fails too often rests, and is not asked', async () => {
    await start({}, { breaker: { minimum: 3, open: '5s' } })
    backend.onUpgrade = (_request, socket) => void socket.end('HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n')
    const statuses: number[] = []
    for (let nth = 0; nth < 5; nth++) statuses.push((await upgraded(facet.url, handshake('/live/x'))).status)
    expect(statuses).toEqual([500, 500, 500, 503, 503])
    expect(backend.asked.length).toBe(3)
  })

  test('has its places only until it has answered, and its instances each their turn', async () => {
    const other = await webSocketServer()
    await start(
      {},
      { url: [backend.url, other.url], balance: 'round-robin', slowStart: '0s', concurrency: { limit: 1, queue: 0 } },
    )
    const peers: Peer[] = []
    for (let nth = 0; nth < 6; nth++) {
      const { status, peer } = await upgraded(facet.url, handshake('/live/x'))
      expect(status).toBe(101)
      peers.push(peer)
    }
    expect([backend.peers.length, other.peers.length]).toEqual([3, 3])
    for (const { socket } of peers) socket.destroy()
    await until('both know', () => backend.connections + other.connections === 0)
    await other.close()
  })
})

describe('what is upgraded', () => {
  test.each([
    ['towards the client', true],
    ['towards the backend', false],
  ])('is passed on no faster than it is taken, %s', async (_, isDown) => {
    const sockets: Socket[] = []
    const live = rest('live', { url: backend.url })
    facet = await harness({ routes: { live: proxy('ANY /live/*path', live) } })
    // A server of somebody's own, which sees the connections.
    const theirs = createServer((request, response) => facet.app.listener(request, response))
    theirs.on('connection', (socket) => sockets.push(socket))
    theirs.on('upgrade', (request, socket, head) => facet.app.upgrade(request, socket, head))
    await new Promise<void>((resolve) => theirs.listen(0, '127.0.0.1', resolve))
    const { peer: client } = await upgraded(
      `http://127.0.0.1:${(theirs.address() as AddressInfo).port}`,
      handshake('/live/x'),
    )
    const server = backend.peers[0] as Peer
    const [writer, reader] = isDown ? [server, client] : [client, server]
    reader.socket.pause()
    // More than all the buffers of the kernel on the way.
    const bytes = Buffer.alloc(5 * 1024 * 1024, 'facet')
    for (let nth = 0; nth < 8; nth++) writer.send(BINARY, bytes)
    let most = 0
    for (let nth = 0; nth < 20; nth++) {
      await pause(20)
      most = Math.max(most, ...sockets.map(({ writableLength, readableLength }) => writableLength + readableLength))
    }
    expect(most).toBeLessThan(300_000)
    expect(writer.socket.writableLength).toBeGreaterThan(bytes.length)
    expect(reader.frames).toEqual([])
    reader.socket.resume()
    for (let nth = 0; nth < 8; nth++) {
      const { opcode, payload } = await reader.frame(nth)
      expect([opcode, payload.equals(bytes)]).toEqual([BINARY, true])
    }
    for (const { writableLength } of sockets) expect(writableLength).toBeLessThan(300_000)
    client.socket.destroy()
    await noConnections()
    theirs.close()
  })

  test('is closed when nothing has moved for long enough, and not before', async () => {
    await start({ websocket: { idle: '600ms' } })
    const seen = timeline()
    const { client, server } = await open()
    for (let nth = 0; nth < 8; nth++) {
      await pause(150)
      server.send(PING)
    }
    expect(client.isOver).toBe(false)
    const quiet = performance.now()
    await until('both are told', () => client.isOver && server.isOver)
    expect(performance.now() - quiet).toBeGreaterThan(550)
    expect(performance.now() - quiet).toBeLessThan(2_500)
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 101, code: 'backend-timeout' })
    await noConnections()
  })

  test.each([
    ['in the middle', (socket: Socket) => void socket.destroy(), undefined],
    ['without a goodbye', (socket: Socket) => void socket.resetAndDestroy(), 'backend-unreachable'],
  ])('ends for the client when the backend dies %s', async (_, die, code) => {
    await start()
    const seen = timeline()
    const { client, server } = await open()
    server.send(TEXT, 'last words')
    await client.frame(0)
    die(server.socket)
    await until('the client is told', () => client.isOver)
    // It does not part by itself, and is not waited for.
    await until('its connection is closed', () => client.socket.destroyed)
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 101, code })
    await noConnections()
  })

  test.each([
    ['', (socket: Socket) => void socket.destroy()],
    [' without a goodbye', (socket: Socket) => void socket.resetAndDestroy()],
  ])('ends for the backend when the client dies%s', async (_, die) => {
    await start()
    const seen = timeline()
    const { client, server } = await open()
    die(client.socket)
    await until('the backend is told', () => server.isOver)
    await noConnections()
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 101, code: undefined })
  })

  test('may be half closed: what the other side has still to say arrives', async () => {
    await start()
    backend.staysHalfOpen = true
    const { client, server } = await open()
    client.socket.end()
    await until('the backend is told', () => server.isOver)
    server.send(TEXT, 'the rest')
    expect((await client.frame(0)).payload.toString()).toBe('the rest')
    server.socket.destroy()
    await noConnections()
  })

  test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'is given up when the client leaves before there is an answer: %s',
    async (leave) => {
      await start({}, { timeout: '10s' })
      const seen = timeline()
      backend.onUpgrade = () => {}
      const socket = createConnection(Number(new URL(facet.url).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write(handshake('/live/x'))
      await until('it is asked', () => backend.asked.length === 1)
      socket[leave]()
      await seen.ended(1)
      seen.close()
      expect(seen.requests[0]).toMatchObject({ status: 499, code: 'client-closed' })
      await noConnections()
    },
  )

  test('may be another protocol, by another method', async () => {
    await start()
    backend.onUpgrade = (request, socket) => {
      expect([request.method, request.headers.upgrade]).toEqual(['POST', 'SPDY/3.1'])
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n')
      socket.on('data', (chunk) => socket.write(chunk))
    }
    // HTTP in another version is offered with it, and never asked for.
    const text = 'POST /live/exec HTTP/1.1\r\nHost: facet.test\r\nConnection: Upgrade\r\nUpgrade: h2c, SPDY/3.1\r\n\r\n'
    const { status, headers, peer } = await upgraded(facet.url, text)
    expect([status, headers.get('upgrade')]).toEqual([101, 'SPDY/3.1'])
    const echoed = new Promise((resolve) => peer.socket.once('data', (chunk) => resolve(chunk.toString('latin1'))))
    peer.socket.write('\x01bytes', 'latin1')
    expect(await echoed).toBe('\x01bytes')
    peer.socket.destroy()
    await noConnections()
  })

  test('is never HTTP in another version: that is answered as if nothing had been asked, bodies too', async () => {
    await start()
    backend.onRequest = ({ method, headers }, response) => void response.end(`${method} ${headers.upgrade}`)
    for (const [method, body] of [
      ['GET', ''],
      ['POST', 'abc'],
    ]) {
      const text = `${method} /live/x HTTP/1.1\r\nHost: facet.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\nContent-Length: ${body?.length}\r\n\r\n${body}`
      const answer = await upgraded(facet.url, text)
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'keep-alive'])
      answer.peer.socket.end()
      expect(await answer.text).toContain(`${method} undefined`)
    }
  })

  test.each(['OPTIONS', 'TRACE'])('is nothing that %s could ask for: who is told to answers it', async (method) => {
    await start()
    backend.onRequest = (request, response) =>
      void response.end(`passed on with ${request.headers['max-forwards']}, ${request.headers.upgrade}`)
    const theirs = await mounted((request, socket, head) => facet.app.upgrade(request, socket, head))
    for (const url of [facet.url, theirs.url]) {
      const asked = backend.asked.length
      const text = handshake('/live/x', ['Max-Forwards: 0']).replace('GET', method)
      expect((await upgraded(url, text)).status).toBe(method === 'TRACE' ? 405 : 204)
      const answer = await upgraded(url, text.replace('Max-Forwards: 0', 'Max-Forwards: 2'))
      expect(answer.status).toBe(200)
      answer.peer.socket.end()
      expect(await answer.text).toContain('passed on with 1, undefined')
      expect(backend.asked).toHaveLength(asked)
    }
    await theirs.close()
  })

  test('does not overtake the answer before it', async () => {
    await start()
    backend.onRequest = (_, response) => void setTimeout(() => response.end('first'), 50)
    const first = 'GET /live/slow HTTP/1.1\r\nHost: facet.test\r\n\r\n'
    const answer = await upgraded(facet.url, first + handshake('/live/x'))
    expect(answer.status).toBe(200)
    expect(backend.asked).toEqual([])
    await pause(100)
    answer.peer.socket.end()
    expect((await answer.text).startsWith('first')).toBe(true)
  })

  test('leaves nothing, two hundred times opened and cut by either side', async () => {
    await start()
    const seen = timeline()
    for (let round = 0; round < 10; round++) {
      const opened = await Promise.all(Array.from({ length: 20 }, () => upgraded(facet.url, handshake('/live/x'))))
      for (const [nth, { peer }] of opened.entries()) {
        peer.send(TEXT, 'x'.repeat(1_000))
        const server = backend.peers[round * 20 + nth] as Peer
        if (nth % 2 === 0) peer.socket.resetAndDestroy()
        else server.socket.destroy()
      }
      await noConnections()
    }
    await until('all have ended', () => seen.requests.length === 200)
    seen.close()
    for (const { status } of seen.requests) expect(status).toBe(101)
    expect(facet.app.runtime.timers.size).toBe(0)
  })
})

describe('at the end', () => {
  test('a server waits as long as it may, and then ends what is open, on both sides', async () => {
    await start()
    const seen = timeline()
    const { client, server } = await open()
    const started = performance.now()
    const closed = facet.close()
    await pause(300)
    server.send(TEXT, 'still here')
    expect((await client.frame(0)).payload.toString()).toBe('still here')
    await closed
    expect(performance.now() - started).toBeGreaterThan(950)
    expect(performance.now() - started).toBeLessThan(2_500)
    await until('both are told', () => client.isOver && server.isOver)
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]).toMatchObject({ status: 101 })
  })

  test('a server waits no longer than somebody is there', async () => {
    await start()
    const { client } = await open()
    const started = performance.now()
    const closed = facet.close()
    client.socket.end()
    await closed
    expect(performance.now() - started).toBeLessThan(950)
  })

  test('an app that is mounted elsewhere ends with its own close', async () => {
    await start()
    const theirs = await mounted((request, socket, head) => facet.app.upgrade(request, socket, head))
    const { status, peer } = await upgraded(theirs.url, handshake('/live/x'))
    expect(status).toBe(101)
    await facet.app.close()
    await until('both are told', () => peer.isOver && (backend.peers[0] as Peer).isOver)
    await theirs.close()
  })
})

describe("in somebody's server", () => {
  test('what no route of Facet has is theirs, and the path where it is mounted is taken off by them', async () => {
    await start()
    const theirs = await mounted((request, socket, head) => {
      request.url = request.url?.replace(/^\/api/, '')
      facet.app.upgrade(request, socket, head, () => {
        expect(socket.listenerCount('error')).toBe(0)
        socket.end('HTTP/1.1 200 theirs\r\nContent-Length: 0\r\n\r\n')
      })
    })
    const { status, peer } = await upgraded(theirs.url, handshake('/api/live/x'))
    expect(status).toBe(101)
    peer.socket.destroy()
    expect((await upgraded(theirs.url, handshake('/api/nothing'))).status).toBe(200)
    await noConnections()
    await theirs.close()
  })

  test('what their server gives away though it is an ordinary request is answered as one', async () => {
    await start()
    const theirs = await mounted((request, socket, head) => facet.app.upgrade(request, socket, head))
    const seen = timeline()
    const text = 'GET /live/x HTTP/1.1\r\nHost: facet.test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
    const answer = await upgraded(theirs.url, text)
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    expect(await answer.text).toContain('ordinary')
    await seen.ended(1)
    seen.close()
    const first = 'GET /live/slow HTTP/1.1\r\nHost: facet.test\r\n\r\n'
    backend.onRequest = () => {}
    await expect(upgraded(theirs.url, first + handshake('/live/x'))).rejects.toThrow('ended without an answer')
    expect(backend.asked).toEqual([])
    await theirs.close()
  })

  test('middleware before Facet sees an upgrade as every other request, and may refuse it', async () => {
    const live = rest('live', { url: backend.url })
    facet = await harness({
      routes: { live: proxy('ANY /live/*path', live) },
      before: [
        (request, response, next) =>
          void (request.headers.cookie === 'known=1'
            ? setTimeout(() => next(), 10)
            : response.status(401).send('who?')),
      ],
    })
    const unknown = await upgraded(facet.url, handshake('/live/x'))
    expect([unknown.status, await unknown.text]).toEqual([401, 'who?'])
    expect(backend.asked).toEqual([])
    const known = await upgraded(facet.url, handshake('/live/x', ['Cookie: known=1']))
    expect(known.status).toBe(101)
    known.peer.socket.destroy()
    expect((await upgraded(facet.url, handshake('/nothing', ['Cookie: known=1']))).status).toBe(404)
    await noConnections()
  })
})

/** A server that is not Facet's, with an `upgrade` listener of its own. */
async function mounted(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) {
  const server = createServer((request, response) => facet.app.listener(request, response))
  server.on('upgrade', upgrade)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}
