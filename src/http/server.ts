import { randomUUID } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { channels } from '../channels.ts'
import { DefinitionError, type ErrorCode, FacetError } from '../errors.ts'
import { type ArrivalBounds, watchArrivals } from './arrival.ts'
import { holdBody } from './continue.ts'
import { type Drain, drainer } from './drain.ts'
import { problemOf } from './problem.ts'
import { isUpgrade, type UpgradeListener } from './upgrade.ts'

/**
 * Node's own bounds, set on purpose, in milliseconds. The head of a request must arrive within 30 s: a client that trickles its headers
 * holds a connection for nothing. An idle connection is kept for 5 s. The bodies have a bound that leaves out those that are streamed.
 */
const BOUNDS = {
  requestTimeout: 0,
  headersTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
}

/** A whole request must arrive within five minutes: an endpoint's has its deadline besides, but a middleware's reading has no other. */
const ARRIVAL: ArrivalBounds = { most: 300_000, every: 5_000 }

/** A server that can be ended without cutting anybody off. */
export interface RunningServer {
  readonly server: Server
  readonly port: number
  readonly drain: Drain
}

/** What Node's parser refuses never becomes a request, so it is answered here, in the same form as everything else. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** What Node keeps in fields of a socket: the answer that it is busy with, and the last request that was read from it. */
type Served = Socket & {
  readonly _httpMessage?: ServerResponse | null
  readonly parser?: { readonly incoming?: IncomingMessage | null } | null
}

/** What can be asked instead of a CONNECT. */
const TUNNEL_ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

function refuse(cause: NodeJS.ErrnoException, socket: Socket): void {
  // Behind half an answer, a second one would be read as the first one's body. Node's own handler looks at the same field.
  const { _httpMessage: answering, parser } = socket as Served
  // A client that leaves in the middle of its request is that request's business.
  const isUnfinished = answering || parser?.incoming?.complete === false
  const hasLeft =
    cause.code === 'ECONNRESET' || !socket.writable || (isUnfinished && cause.code === 'HPE_INVALID_EOF_STATE')
  if (hasLeft || answering?.headersSent) return void socket.destroy()
  answer(new FacetError(REFUSALS[cause.code ?? ''] ?? 'input-invalid', { cause }), socket)
}

function refuseTunnel(socket: Socket): void {
  // The parser is gone from it, and with it Node's bounds.
  socket.on('error', () => {}).setTimeout(BOUNDS.keepAliveTimeout, () => socket.destroy())
  if ((socket as Served)._httpMessage) return void socket.destroy()
  socket.resume()
  answer(new FacetError('method-unknown', { headers: { Allow: TUNNEL_ALLOW } }), socket)
}

/** Answers what has become no request of anybody's, and ends the connection. */
function answer(error: FacetError, socket: Socket): void {
  const { code, status, headers = {} } = error
  const id = randomUUID()
  const problem = problemOf(error, status, id)
  const text = JSON.stringify(problem)
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${id}\r\n${more.join('')}Connection: close\r\n\r\n${text}`,
  )
  const nothing = { method: '', path: '', route: undefined, client: undefined, cache: undefined, sources: [] }
  channels.request.publish({ ...nothing, id, started: performance.now(), duration: 0, status, code, error })
}

/**
 * Listens.
 *
 * @param variable the environment variable that sets the port, for messages
 * @param upgrade is given requests for other protocols; without it they are ordinary ones
 * @throws DefinitionError when the port is taken or may not be used
 */
export function listen(
  listener: RequestListener,
  port: number,
  host: string,
  variable = 'PORT',
  upgrade?: UpgradeListener,
): Promise<RunningServer> {
  // A request without a Host is refused in the same form as everything else (http/handler.ts), not with Node's empty answer.
  const options = { ...BOUNDS, requireHostHeader: false, ...(upgrade && { shouldUpgradeCallback: isUpgrade }) }
  const server = createServer(options, listener)
  if (upgrade) server.on('upgrade', (request, socket, head) => upgrade(request, socket, head))
  server.on('clientError', refuse)
  watchArrivals(server, ARRIVAL)
  // Whoever answers says when it wants the body: of what is passed on, that is when the backend does.
  server.on('checkContinue', (request, response) => {
    holdBody(response)
    listener(request, response)
  })
  // An expectation that nobody knows may be ignored (RFC 9110, section 10.1.1); Node would answer it with an empty 417.
  server.on('checkExpectation', listener)
  // Nobody is given a tunnel (RFC 9110, section 9.3.6); Node would hang up without a word.
  server.on('connect', (_, socket) => refuseTunnel(socket as Socket))
  const drain = drainer(server)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new DefinitionError(unusable(error.code, port, host, variable), error))
    })
    server.listen(port, host, () => {
      resolve({
        server,
        port: (server.address() as AddressInfo).port,
        drain,
      })
    })
  })
}

/** Why nothing can listen there, and which variable to change. */
function unusable(code: string | undefined, port: number, host: string, variable: string): string {
  if (code === 'EADDRINUSE') return `port ${port} is already in use; set ${variable} to another`
  if (code === 'EACCES') return `port ${port} may not be used by this user (${code}); set ${variable} to another`
  return `HOST is '${host}': an address of this machine was expected (${code})`
}
