import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A request for another protocol on the same connection (RFC 9110, section 7.8), that whoever answers it may switch to. */
export interface Upgrade {
  readonly socket: Socket
  /** What has come behind the request already. */
  readonly head: Buffer
  /** What is asked for, as it is spelt. */
  readonly protocols: readonly string[]
  /** Takes the connection over: nothing can be said by way of the response any more. */
  release(): void
  /** It is not switched: what comes behind the request is dropped, and a client that ends its side has left, as everywhere. */
  decline(): void
}

/**
 * Answers a request that a server gives away with its `upgrade` event.
 *
 * @param next is called where no route matches, with the connection as it was; without it that is a 404
 */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer, next?: () => void) => void

/**
 * HTTP in other versions, and TLS. They are never switched to, which every server may refuse by answering as if nothing had been asked:
 * Java's client asks for h2c with each first request, and behind an h2c that was passed on nobody would check the requests any more.
 */
const IGNORED = /^(h2c?|h3|https?|tls)(\/|$)/i

const asked = new WeakMap<IncomingMessage, Upgrade>()

/** What a request may be switched to; undefined for nearly all. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  // Node's mark on what it has given away: for others not even the map is asked.
  return (request as { readonly upgrade?: unknown }).upgrade === true ? asked.get(request) : undefined
}

/**
 * Whether a request is one for another protocol, and not an ordinary one that would only be glad of it. One with a body is answered
 * as it is, and so is one behind others that have not been answered yet, and one about the way or the resource (OPTIONS, TRACE), which
 * whoever stands on the way may be asked to answer (`Max-Forwards`). For `shouldUpgradeCallback` of Node's server.
 */
export function isUpgrade(request: IncomingMessage): boolean {
  const { headers, httpVersion, method, socket } = request
  if (method === 'OPTIONS' || method === 'TRACE') return false
  if (httpVersion !== '1.1' || protocolsOf(request).length === 0 || isBusy(socket)) return false
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
}

/**
 * Lets requests for other protocols go the way of all others, with the same checks and the same middleware: they have a response like
 * them, by which they are refused, and only who passes them on takes the connection.
 *
 * @param listener is given `next` for what no route of its own matches
 */
export function upgradeListener(
  listener: (request: IncomingMessage, response: ServerResponse, next?: () => void) => void,
): UpgradeListener {
  return (request, duplex, head, next) => {
    const socket = duplex as Socket
    // Node has taken its own listener off, and an error that nobody hears would end the process.
    socket.on('error', ignore)
    // An answer may not overtake the one before it; nobody sends the next request together with one for an upgrade.
    if (isBusy(socket)) return void socket.destroy()
    const protocols = isUpgrade(request) ? protocolsOf(request) : []
    const response = new ServerResponse(request)
    const drained = () => void response.emit('drain')
    const release = () => {
      socket.off('drain', drained)
      response.detachSocket(socket)
    }
    // Nobody reads a second request from this connection.
    response.shouldKeepAlive = false
    response.once('finish', () => socket.destroySoon())
    response.assignSocket(socket)
    socket.on('drain', drained)
    const decline = () => void socket.once('end', () => socket.destroy()).resume()
    if (protocols.length > 0) asked.set(request, { socket, head, protocols, release, decline })
    const leave = () => {
      release()
      socket.off('error', ignore)
      next?.()
    }
    listener(request, response, next && leave)
  }
}

/** Whether one of the protocols that are asked for is WebSocket (RFC 6455, section 4.1). */
export function isWebSocket({ protocols }: Upgrade): boolean {
  return protocols.some((protocol) => protocol.toLowerCase() === 'websocket')
}

function protocolsOf({ headers }: IncomingMessage): string[] {
  const names = (headers.upgrade ?? '').split(',').map((name) => name.trim())
  return names.filter((name) => name !== '' && !IGNORED.test(name))
}

/** Whether a connection is still busy with an answer: Node keeps it in a field of the socket. */
function isBusy(socket: Socket): boolean {
  return ((socket as { readonly _httpMessage?: unknown })._httpMessage ?? undefined) !== undefined
}

function ignore(): void {}
