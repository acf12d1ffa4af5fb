import { createConnection } from 'node:net'

/** An answer as it stands on the wire. */
export interface RawAnswer {
  readonly head: string
  readonly body: Buffer
  /** Whether the server ended the connection; it keeps it where it thinks that all was said. */
  readonly closed: boolean
}

// The connection is kept alive after a complete message: silence for a while is its end.
const SILENCE_MS = 200

/** Asks for `/` without an HTTP client that would judge the answer; rejects where the connection breaks. */
export function rawRequest(port: number): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = createConnection(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'))
    const finish = (closed: boolean): void => {
      const all = Buffer.concat(chunks)
      const end = all.indexOf('\r\n\r\n') + 4
      socket.destroy()
      resolve({ head: all.toString('latin1', 0, end), body: all.subarray(end), closed })
    }
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => finish(true))
    socket.setTimeout(SILENCE_MS, () => finish(false))
  })
}
