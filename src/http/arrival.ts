import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** How long requests may take to arrive whole, and how often it is looked. Milliseconds. */
export interface ArrivalBounds {
  readonly most: number
  readonly every: number
}

/** Requests that are passed on as they come: they may take as long as they move, and who passes them on sees whether they do. */
const streamed = new Set<IncomingMessage>()

/** From here on it is the caller's to see that the body of a request moves, and to say when it is over (`streamsNoMore`). */
export function streamsBody(request: IncomingMessage): void {
  streamed.add(request)
}

/** It is over, or nobody passes the rest of it on any more, so that it is bounded like all others. */
export function streamsNoMore(request: IncomingMessage): void {
  streamed.delete(request)
}

/** What Node keeps in a field of a socket: the last request that was read from it. */
type Served = Socket & { readonly parser?: { readonly incoming?: IncomingMessage | null } | null }

/**
 * Ends requests whose bodies do not arrive in time, with Node's own error and event (`clientError`). Node's `requestTimeout` would end
 * all of them, and with them a large upload that a proxied route streams through. Nothing is done for each request: from time to time all
 * connections are looked at, so that a bound is kept to one such time.
 */
export function watchArrivals(server: Server, { most, every }: ArrivalBounds): void {
  const sockets = new Set<Served>()
  const seen = new WeakMap<IncomingMessage, number>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const look = (socket: Served): void => {
    const request = socket.parser?.incoming
    if (!request || request.complete) return
    const now = performance.now()
    if (streamed.has(request)) seen.delete(request)
    else if (!seen.has(request)) seen.set(request, now)
    else if (now - (seen.get(request) as number) >= most) server.emit('clientError', late(), socket)
  }
  const begin = () => {
    const looking = setInterval(() => sockets.forEach(look), every).unref()
    server.once('close', () => clearInterval(looking))
  }
  // One that cannot listen never closes either.
  if (server.listening) begin()
  else server.once('listening', begin)
}

function late(): Error {
  return Object.assign(new Error('the request has not arrived in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
}
