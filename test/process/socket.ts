import { connect } from 'node:net'
import { eventually } from './child.ts'

/** A connection on which a test says, byte by byte, what it likes. */
export interface Connection {
  send(text: string): void
  /** All that came back so far. */
  received(): string
  /** Waits until what came back has something. */
  until(pattern: RegExp): Promise<void>
  /** Resolves when the other side has closed it, however it did. */
  readonly closed: Promise<void>
  close(): void
}

export async function open(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.removeAllListeners('error').on('error', () => {})
  return {
    send: (text) => void socket.write(text),
    received: () => received,
    until: (pattern) => eventually(`${pattern} on the connection`, () => pattern.test(received)),
    closed,
    close: () => void socket.destroy(),
  }
}

/** Whether a server takes new connections. */
export async function accepts(url: string): Promise<boolean> {
  try {
    ;(await open(url)).close()
    return true
  } catch {
    return false
  }
}
