import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { DefinitionError, ERRORS, type ErrorCode } from '../errors.ts'
import { PROBLEMS } from './problem.ts'

/**
 * Node's own bounds, set on purpose. A whole request must arrive within 300 s (large uploads to proxied routes are slow
 * but honest; an endpoint's body is bounded by its deadline), its head within 30 s (a client that trickles its headers
 * holds a connection for nothing), and an idle connection is kept 5 s, less than the usual balancer's 60 s being the
 * balancer's business to retry on.
 */
const BOUNDS = {
  requestTimeout: 300_000,
  headersTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
}

/** A server that can be ended without cutting anybody off. */
export interface RunningServer {
  readonly server: Server
  readonly port: number
  /** Accepts no more, lets what is in flight finish within a bound, then cuts. Resolves to whether all finished. */
  drain(milliseconds: number): Promise<boolean>
}

/** What Node's parser refuses never becomes a request, so it is answered here, in the same form as everything else. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const code = REFUSALS[error.code ?? ''] ?? 'input-invalid'
  const { status, title } = ERRORS[code]
  const text = JSON.stringify({ type: PROBLEMS + code, title, status, code })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${text}`,
  )
}

/**
 * Listens.
 *
 * @throws DefinitionError when the port is taken or may not be used
 */
export function listen(listener: RequestListener, port: number, host: string): Promise<RunningServer> {
  const server = createServer({ ...BOUNDS, requireHostHeader: true }, listener)
  server.on('clientError', refuse)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${error.code})`
      reject(new DefinitionError(`port ${port} ${why}; set PORT to another`, error))
    })
    server.listen(port, host, () => {
      resolve({
        server,
        port: (server.address() as AddressInfo).port,
        drain: (milliseconds) => drain(server, milliseconds),
      })
    })
  })
}

async function drain(server: Server, milliseconds: number): Promise<boolean> {
  let finished = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A kept-alive connection becomes idle when its answer is out; without this it would be waited for until it times out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => {
    finished = false
    server.closeAllConnections()
  }, milliseconds)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
  return finished
}
