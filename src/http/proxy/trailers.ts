import { text } from '../../lib/fields.ts'
import { CONNECTIONS, type IncomingRules } from './incoming-head.ts'

/**
 * What may not stand behind a body (RFC 9110, section 6.5.1), also where a route passes it on in the head as it is: a recipient may put
 * trailers among the headers, where it would be believed. Validators and digests (`ETag`, `Content-Digest`) may.
 */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...CONNECTIONS,
  // Framing and routing.
  ...['content-length', 'host'],
  // Request modifiers.
  ...['cache-control', 'expect', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'],
  ...['max-forwards', 'pragma', 'range'],
  // Authentication, and what is as good as that.
  ...['authorization', 'cookie', 'proxy-authorization', 'set-cookie', 'set-cookie2', 'www-authenticate'],
  // Response control data.
  ...['age', 'cdn-cache-control', 'content-location', 'date', 'expires', 'location', 'refresh', 'retry-after'],
  ...['surrogate-control', 'vary', 'warning'],
  // How to read the body.
  ...['content-encoding', 'content-range', 'content-type'],
])

/** The fields behind a body that may be passed on, names and values in turn; the client has been told that they come, or not. */
export function trailersOf(
  raw: readonly (string | Buffer)[],
  { dropped, allowed }: IncomingRules,
): [name: string, value: string][] {
  const trailers: [string, string][] = []
  for (let at = 0; at < raw.length; at += 2) {
    const given = text(raw[at] as string | Buffer)
    const name = given.toLowerCase()
    if (FORBIDDEN.has(name) || dropped.has(name) || (allowed !== undefined && !allowed.has(name))) continue
    trailers.push([given, text(raw[at + 1] as string | Buffer)])
  }
  return trailers
}
