import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createConnection, type Socket } from 'node:net'
import { until } from './until.ts'

/** One frame (RFC 6455, section 5.2), unmasked. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** One end of a WebSocket, by hand: nothing is answered that a test does not answer. */
export class Peer {
  readonly socket: Socket
  readonly frames: Frame[] = []
  /** Whether the other side has ended the connection. */
  isOver = false
  onFrame: (frame: Frame) => void = () => {}
  readonly #masks: boolean
  #chunks: Buffer[] = []
  #length = 0

  /** @param masks whether it is the client's end */
  constructor(socket: Socket, masks: boolean, first: Buffer = Buffer.alloc(0)) {
    this.socket = socket
    this.#masks = masks
    socket.on('error', () => {})
    socket.on('end', () => {
      this.isOver = true
    })
    socket.on('close', () => {
      this.isOver = true
    })
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    if (first.length > 0) this.#take(first)
  }

  send(opcode: number, payload: Buffer | string = ''): boolean {
    const bytes = Buffer.from(payload)
    const length = bytes.length < 126 ? Buffer.from([bytes.length]) : Buffer.from([127, 0, 0, 0, 0, 0, 0, 0, 0])
    if (bytes.length >= 126) length.writeBigUInt64BE(BigInt(bytes.length), 1)
    length[0] = (length[0] as number) | (this.#masks ? 0x80 : 0)
    const head = Buffer.concat([Buffer.from([0x80 | opcode]), length])
    if (!this.#masks) return this.socket.write(Buffer.concat([head, bytes]))
    const mask = randomBytes(4)
    return this.socket.write(Buffer.concat([head, mask, masked(bytes, mask)]))
  }

  /** Says goodbye with a code and a reason. */
  close(code: number, reason: string): void {
    const payload = Buffer.alloc(2)
    payload.writeUInt16BE(code)
    this.send(CLOSE, Buffer.concat([payload, Buffer.from(reason)]))
  }

  async frame(at: number): Promise<Frame> {
    await until(`frame ${at} is there`, () => this.frames.length > at)
    return this.frames[at] as Frame
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    for (;;) {
      let bytes = this.#chunks[0] as Buffer
      if (this.#chunks.length > 1 && bytes.length < 14) bytes = this.#joined()
      const found = headOf(bytes)
      if (!found || this.#length < found.end) return
      bytes = this.#joined()
      const payload = bytes.subarray(found.start, found.end)
      const frame = { opcode: found.opcode, payload: found.mask ? masked(payload, found.mask) : payload }
      this.#chunks = [bytes.subarray(found.end)]
      this.#length -= found.end
      this.frames.push(frame)
      this.onFrame(frame)
    }
  }

  #joined(): Buffer {
    const whole = Buffer.concat(this.#chunks)
    this.#chunks = [whole]
    return whole
  }
}

function headOf(bytes: Buffer): { opcode: number; start: number; end: number; mask: Buffer | undefined } | undefined {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] as number) & 0x7f
  const isMasked = ((bytes[1] as number) & 0x80) !== 0
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  const start = at + (isMasked ? 4 : 0)
  if (bytes.length < start) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  return {
    opcode: (bytes[0] as number) & 0xf,
    start,
    end: start + length,
    mask: isMasked ? bytes.subarray(at, start) : undefined,
  }
}

function masked(bytes: Buffer, mask: Buffer): Buffer {
  const result = Buffer.from(bytes)
  for (let at = 0; at < result.length; at++) result[at] = (result[at] as number) ^ (mask[at & 3] as number)
  return result
}

/** A server of WebSockets over Node's own, without a library. */
export interface WebSocketServer {
  readonly url: string
  readonly server: Server
  /** The requests for upgrades, in their order. */
  readonly asked: IncomingMessage[]
  readonly peers: Peer[]
  /** How many connections are open. */
  readonly connections: number
  /** Answers an upgrade; by default it is accepted with the first protocol that is offered. */
  onUpgrade: (request: IncomingMessage, socket: Socket, accept: (more?: string) => Peer) => void
  onRequest: (request: IncomingMessage, response: ServerResponse) => void
  /** Whether it still sends when its client has ended. */
  staysHalfOpen: boolean
  close(): Promise<void>
}

/** What a server answers a key with (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

export async function webSocketServer(): Promise<WebSocketServer> {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => made.onRequest(request, response))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    // Node's servers leave it to whoever has taken the connection over to part as well.
    socket.on('end', () => made.staysHalfOpen || socket.end())
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket
    made.asked.push(request)
    made.onUpgrade(request, socket, (more = '') => {
      const [first] = (request.headers['sec-websocket-protocol'] ?? '').split(',')
      const protocol = first ? `Sec-WebSocket-Protocol: ${first.trim()}\r\n` : ''
      const key = acceptOf(request.headers['sec-websocket-key'] ?? '')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n${protocol}${more}\r\n`,
      )
      const peer = new Peer(socket, false, head)
      made.peers.push(peer)
      return peer
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const made: WebSocketServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    asked: [],
    peers: [],
    get connections() {
      return sockets.size
    },
    onUpgrade: (_request, _socket, accept) => void accept(),
    onRequest: (_, response) => void response.end('ordinary'),
    staysHalfOpen: false,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return made
}

/** The answer to a handshake, with the client's end where there is one. */
export interface Handshake {
  readonly status: number
  readonly headers: Headers
  /** The body of a refusal, as soon as the connection has ended. */
  readonly text: Promise<string>
  readonly peer: Peer
}

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** The text of a handshake. @param more whole lines of the head */
export function handshake(path: string, more: readonly string[] = [], host = 'facet.test'): string {
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13']
  return [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...lines, ...more, '', ''].join('\r\n')
}

/** Sends the text of a request for an upgrade, and gives the answer; rejects where the connection ends without one. */
export async function upgraded(url: string, text: string): Promise<Handshake> {
  const { port, hostname } = new URL(url)
  const socket = createConnection({ port: Number(port), host: hostname })
  socket.on('error', () => {})
  let received: Buffer = Buffer.alloc(0)
  const { end, over } = await new Promise<{ end: number; over: Promise<void> }>((resolve, reject) => {
    const closed = new Promise<void>((done) => socket.once('close', done))
    closed.then(() => reject(new Error(`the connection ended without an answer: ${received.toString('latin1')}`)))
    const data = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const at = received.indexOf('\r\n\r\n')
      if (at < 0) return
      socket.off('data', data)
      resolve({ end: at, over: closed })
    }
    socket.on('data', data)
    socket.write(text, 'latin1')
  })
  const [first = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
  const rest = received.subarray(end + 4)
  const status = Number(first.split(' ')[1])
  if (status === 101) return { status, headers, text: Promise.resolve(''), peer: new Peer(socket, true, rest) }
  const chunks: Buffer[] = [rest]
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  return {
    status,
    headers,
    text: over.then(() => Buffer.concat(chunks).toString()),
    peer: new Peer(socket, true),
  }
}
