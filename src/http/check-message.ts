import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { FacetError } from '../errors.ts'
import { rawField } from '../lib/headers.ts'
import { isHost } from '../lib/host.ts'
import { hasDotSegments } from '../lib/path.ts'
import type { RequestContext } from './context.ts'

/**
 * Refuses what Node's parser lets through, but what another server on the way may read otherwise: no route is looked up for it.
 * A target in absolute form says for whom it is, whatever `Host` says.
 *
 * @throws FacetError `input-invalid` or `uri-too-long`
 */
export function checkMessage(context: RequestContext, urlMaxBytes: number): void {
  const { request, path } = context
  const { httpVersion, rawHeaders, url = '' } = request
  // A bare `GET /` is HTTP/0.9 to Node, and it takes 2.0 in the words of 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw untrusted(request, 'version', 'HTTP/1.1 or HTTP/1.0 was expected')
  // Exactly one, says RFC 9112, section 3.2. Node would refuse none with an empty answer, and let two through.
  const host = rawField(rawHeaders, 'host')
  if (host === null || (host === undefined && httpVersion === '1.1'))
    throw invalid('headers.host', 'one Host field was expected')
  // What it is to one server, another may read as more: it goes on to backends, in fields and in links that they make.
  if (host && !isHost(host)) throw invalid('headers.host', 'a host was expected, with a port or without')
  checkCoding(request)
  if (url.length > urlMaxBytes) throw new FacetError('uri-too-long')
  if (path.includes('.') || path.includes('%')) {
    if (hasDotSegments(path)) throw invalid('path', 'dot segments are not allowed')
  }
  if (url.charCodeAt(0) !== SLASH) takeAuthority(request, path)
}

const SLASH = 47

/** Connections on which nobody can say where a message ends. */
const lost = new WeakSet<Socket>()

/**
 * Whether a request stands behind one whose framing was refused, on its connection: Node has read it in the same turn, and it may be
 * that one's body.
 */
export function isBehindRefused({ socket }: IncomingMessage): boolean {
  return lost.has(socket)
}

/**
 * The framing of a body must be beyond doubt: Node undoes `chunked` and leaves what stands before it, and takes it from HTTP/1.0,
 * where a proxy in front may go by the length (RFC 9112, section 6.1).
 */
function checkCoding(request: IncomingMessage): void {
  const { httpVersion, rawHeaders } = request
  const coding = rawField(rawHeaders, 'transfer-encoding')
  if (coding === undefined) return
  if (coding?.toLowerCase() !== 'chunked')
    throw untrusted(request, 'headers.transfer-encoding', "'chunked' alone was expected, once")
  if (httpVersion === '1.0') throw untrusted(request, 'headers.transfer-encoding', 'HTTP/1.0 has none')
}

/** The authority of an absolute target takes the place of `Host` (RFC 9112, section 3.2.2), for everything that asks for that. */
function takeAuthority(request: IncomingMessage, path: string): void {
  const [, authority] = /^https?:\/\/([^/?]*)/i.exec(request.url ?? '') ?? []
  if (authority === undefined) {
    // What is neither a path nor a URL of this kind is for nobody; `*` is for whoever knows it.
    if (path === '*') return
    throw new FacetError('route-unknown')
  }
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (!isHost(host)) throw invalid('path', 'a target without a host is for nobody')
  const { headers, rawHeaders } = request
  const at = rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')
  if (at < 0) rawHeaders.push('Host', host)
  else rawHeaders[at + 1] = host
  headers.host = host
}

function invalid(path: string, message: string): FacetError {
  return new FacetError('input-invalid', { issues: [{ path, message }] })
}

/** What follows such a message on its connection cannot be told from it: nothing more is heard there. */
function untrusted({ socket }: IncomingMessage, path: string, message: string): FacetError {
  lost.add(socket)
  return new FacetError('input-invalid', { issues: [{ path, message }], headers: { Connection: 'close' } })
}
