import { connect, type Socket } from 'node:net'
import { responseReader } from './responses.ts'

/** So many are opened at a time: fewer than wait to be accepted by a server that says nothing about it (511). */
const AT_A_TIME = 200

/** A connection that is kept alive and carries one request at a time. */
export interface Connection {
  send(request: Buffer): void
  /** Called with each complete response. */
  onResponse(status: number, latencyMs: number): void
  close(): void
}

/** A request as its bytes: a GET, or a POST where there is a body. */
export function requestBytes(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Buffer {
  const framing =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const more = Object.entries({ ...headers, ...framing }).map(([name, value]) => `${name}: ${value}\r\n`)
  const method = body === undefined ? 'GET' : 'POST'
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: application/json\r\n${more.join('')}\r\n${body ?? ''}`,
  )
}

/**
 * Opens connections to a port on this machine.
 *
 * @param fail called when one of them breaks, or brings what is no response
 */
export async function openConnections(
  port: number,
  count: number,
  fail: (error: Error) => void,
): Promise<readonly Connection[]> {
  const all: Connection[] = []
  while (all.length < count) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - all.length) }, () => open(port, fail))
    all.push(...(await Promise.all(some)))
  }
  return all
}

async function open(port: number, fail: (error: Error) => void): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect({ port, host: '127.0.0.1', noDelay: true })
    opening.once('error', reject)
    opening.once('connect', () => resolve(opening.off('error', reject)))
  })
  let sent = 0
  let closed = false
  const connection: Connection = {
    send(request) {
      sent = performance.now()
      socket.write(request)
    },
    onResponse() {},
    close() {
      closed = true
      socket.destroy()
    },
  }
  const read = responseReader((status) => connection.onResponse(status, performance.now() - sent))
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch (error) {
      fail(error as Error)
    }
  })
  socket.on('error', fail)
  socket.on('close', () => closed || fail(new Error('a connection was closed under load')))
  return connection
}
