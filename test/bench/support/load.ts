import { connect, type Socket } from 'node:net'
import { responseReader } from './responses.ts'

const STALLED_MS = 15_000

/** What came of one run of the load generator. */
export interface LoadResult {
  requests: number
  /** From the first request to the last response. */
  elapsedMs: number
  latenciesMs: number[]
  /** Every status other than 200, with its count. */
  unexpected: Map<number, number>
}

/** A closed loop on kept-alive connections: each sends its next request when its last one has been answered. */
export interface Load {
  /** Sends for `ms`, then waits for the answers that are still out, so that nothing is in flight at the end. */
  run(ms: number): Promise<LoadResult>
  close(): void
}

interface Connection {
  socket: Socket
  send(): void
  /** Called with each complete response. */
  onResponse(status: number, latencyMs: number): void
}

/** Opens `connections` connections to a port on this machine. The paths are requested in turn. */
export async function openLoad(port: number, paths: readonly string[], connections: number): Promise<Load> {
  const requests = paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: application/json\r\n\r\n`),
  )
  let turn = 0
  let fail: (error: Error) => void = () => {}
  const next = (): Buffer => requests[turn++ % requests.length] as Buffer
  const all = await Promise.all(Array.from({ length: connections }, () => open(port, next, (error) => fail(error))))

  const run = (ms: number): Promise<LoadResult> =>
    new Promise((resolve, reject) => {
      const result: LoadResult = { requests: 0, elapsedMs: 0, latenciesMs: [], unexpected: new Map() }
      const began = performance.now()
      let busy = all.length
      let sending = true
      const timer = setTimeout(() => {
        sending = false
      }, ms)
      const watchdog = setTimeout(() => fail(new Error(`no end ${STALLED_MS} ms after the slice`)), ms + STALLED_MS)
      const settle = (outcome: () => void): void => {
        clearTimeout(timer)
        clearTimeout(watchdog)
        fail = () => {}
        outcome()
      }
      fail = (error) => settle(() => reject(error))
      for (const connection of all) {
        connection.onResponse = (status, latencyMs) => {
          result.requests++
          result.latenciesMs.push(latencyMs)
          if (status !== 200) result.unexpected.set(status, (result.unexpected.get(status) ?? 0) + 1)
          if (sending) connection.send()
          else if (--busy === 0) {
            result.elapsedMs = performance.now() - began
            settle(() => resolve(result))
          }
        }
        connection.send()
      }
    })

  return {
    run,
    close() {
      fail = () => {}
      for (const { socket } of all) socket.destroy()
    },
  }
}

async function open(port: number, next: () => Buffer, fail: (error: Error) => void): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect({ port, host: '127.0.0.1', noDelay: true })
    opening.once('error', reject)
    opening.once('connect', () => resolve(opening.off('error', reject)))
  })
  let sent = 0
  const connection: Connection = {
    socket,
    send() {
      sent = performance.now()
      socket.write(next())
    },
    onResponse() {},
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
  socket.on('close', () => fail(new Error('a connection was closed under load')))
  return connection
}
