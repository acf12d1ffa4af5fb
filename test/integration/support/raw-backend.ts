import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A backend that says to its socket whatever a test wants, HTTP or not. */
export interface RawBackend {
  readonly url: string
  /** How many requests have begun to arrive. */
  readonly asked: number
  close(): Promise<void>
}

/** @param answer is called for each piece of a request that arrives */
export async function rawBackend(answer: (socket: Socket) => void): Promise<RawBackend> {
  const sockets = new Set<Socket>()
  let asked = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.on('data', () => {
      asked++
      answer(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A port on which nobody listens. */
export async function nobody(): Promise<string> {
  const backend = await rawBackend(() => {})
  await backend.close()
  return backend.url
}
