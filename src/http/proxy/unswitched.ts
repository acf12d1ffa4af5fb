import type { IncomingMessage } from 'node:http'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { RequestContext } from '../context.ts'
import { isWebSocket, type Upgrade } from '../upgrade.ts'

/** What of an upgrade is passed on, by the method of its request; undefined where it is passed over (RFC 9110, section 7.8). */
export type Passed = (upgrade: Upgrade, method: string) => Upgrade | undefined

/**
 * Settles which upgrades a route passes on. Where its messages are changed, kept or copied, any name in `Upgrade` would else be a way
 * around all of that: there a WebSocket is, and nothing else.
 */
export function passedBy({ transform, cache, shadow }: ProxyRoute): Passed {
  if (!transform && !cache && !shadow) return (upgrade) => upgrade
  return (upgrade, method) =>
    method === 'GET' && isWebSocket(upgrade) ? { ...upgrade, protocols: ['websocket'] } : undefined
}

/**
 * What a client gets of an answer that switches to nothing: all of it, the same so that nobody keeps it, or that without its body.
 * A head says what a WebSocket's client has to know (`WWW-Authenticate`, `Location`, `Retry-After`), and no browser shows it the body.
 */
export type Unswitched = 'as it is' | 'unkept' | 'bare'

/** Settles what a route's clients get of such answers: nothing that the route would have changed. */
export function unswitchedOf({ transform, cache }: ProxyRoute): Unswitched {
  if (transform?.as || transform?.response) return 'bare'
  return cache ? 'unkept' : 'as it is'
}

/** What else would say for how long it is kept, of caches like Facet's too (RFC 9213, section 2). */
const LIFETIME = ['expires', 'pragma', 'age', 'cdn-cache-control', 'surrogate-control']
/** What is said of a body alone. */
const OF_BODY = [
  ...['content-encoding', 'content-language', 'content-length', 'content-location', 'content-range', 'content-type'],
  ...['accept-ranges', 'content-digest', 'content-md5', 'digest', 'etag', 'last-modified', 'repr-digest'],
  ...['transfer-encoding', 'vary'],
]

/** A cache would take it for the answer to every GET of its URL, and it has passed by Facet's own. */
export function markUnkept({ headers }: IncomingMessage): void {
  for (const name of LIFETIME) delete headers[name]
  headers['cache-control'] = 'no-store'
}

/** Answers with a head alone, made for the client already. */
export function answerBare(context: RequestContext, answer: IncomingMessage): void {
  const { statusCode: status = 0, statusMessage = '', headers } = answer
  for (const name of OF_BODY) delete headers[name]
  if (status !== 204 && status !== 304) headers['content-length'] = '0'
  context.response.writeHead(status, statusMessage, headers).end()
  context.done(status)
}
