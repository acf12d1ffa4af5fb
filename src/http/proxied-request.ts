import { endToEnd } from '../cache/http/connection.ts'
import { Fields } from '../lib/fields.ts'
import type { RequestContext } from './context.ts'

/** What a client says of whom it stands for is not passed on: a backend would take it for Facet's word. */
export const CLIENTS_WORD: readonly string[] = [
  'forwarded',
  'x-real-ip',
  ...['for', 'host', 'port', 'prefix', 'proto'].map((what) => `x-forwarded-${what}`),
]

/**
 * What belongs to one connection (RFC 9110, section 7.6.1). `transfer-encoding` stays: the body is streamed as it comes.
 * `expect` has been answered by the time a request is here, and httpxy would set no timer for a request that has it.
 */
export const HOP_BY_HOP: readonly string[] = [
  ...['expect', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'upgrade'],
]

/** What follows the route's own segments in a raw path, still encoded as it came. */
export function tail(path: string, depth: number): string {
  let at = 0
  for (let i = 0; i < depth && at >= 0; i++) at = path.indexOf('/', at + 1)
  return at < 0 ? '/' : path.slice(at)
}

/** The client's fields, as far as they are for the backend. */
export function clientFields({ request }: RequestContext): Fields {
  return endToEnd(new Fields(request.rawHeaders), [...CLIENTS_WORD, 'expect', 'content-length', 'x-request-id'])
}

/** How the client has reached this server, names and values in turn: an answer may have links made of it. */
export function reached({ request }: RequestContext): string[] {
  const isEncrypted = (request.socket as { readonly encrypted?: boolean }).encrypted === true
  const host = request.headers.host ?? ''
  // The port that the client knows, as plain proxying has it: the one that this server listens on may be another.
  const port = /:(\d+)$/.exec(host)?.[1] ?? (isEncrypted ? '443' : '80')
  return [
    ...['x-forwarded-host', host],
    ...['x-forwarded-port', port],
    ...['x-forwarded-proto', isEncrypted ? 'https' : 'http'],
  ]
}

/** Which client it is, and which request. */
export function whoAsks({ request, requestId }: RequestContext): string[] {
  return ['x-forwarded-for', request.socket.remoteAddress ?? '', 'x-request-id', requestId]
}
