import { FacetError } from '../../errors.ts'
import { text, without } from '../../lib/fields.ts'
import { listed } from '../../lib/headers.ts'
import type { RequestContext } from '../context.ts'
import type { Rewrite } from './rewrites.ts'
import { withMember } from './via.ts'

/** What a route does with the fields of its responses, settled when the app starts. */
export interface IncomingRules {
  /** Names that are not passed on as they are, in lower case. */
  readonly dropped: ReadonlySet<string>
  /** The only names that are passed on, in lower case; undefined for all. */
  readonly allowed: ReadonlySet<string> | undefined
  /** What becomes of those fields of `dropped` that are passed on in another form. */
  readonly rewrites: ReadonlyMap<string, Rewrite>
  /** What every response has, names and values in turn. */
  readonly common: readonly string[]
  /** What this server calls itself in `Via`. */
  readonly pseudonym: string
}

/**
 * What belongs to the connection to the backend (RFC 9110, section 7.6.1), with what is said anew. The client asks about a request by
 * the id that it was told, and that is this server's.
 */
export const CONNECTIONS: readonly string[] = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authentication-info', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'via', 'x-request-id'],
]

/** Whose response it is, and what is said in it for this request alone. */
export interface Answered {
  readonly context: RequestContext
  /** Of the request, without what only says the client. */
  readonly path: string
  /** Names and values in turn. */
  readonly made: readonly string[] | undefined
}

/** Without it nobody would know where the body ends, whatever `Connection` lists. */
const LENGTH = 'content-length'

/**
 * The head of a response for the client, in one pass over the fields as they came.
 *
 * @param raw names and values in turn
 * @throws FacetError `backend-malformed` for a body in a coding of the connection that is not undone here
 */
export function incomingHead(
  status: number,
  raw: readonly (string | Buffer)[],
  { context, path, made }: Answered,
  { dropped, allowed, rewrites, common, pseudonym }: IncomingRules,
): string[] {
  const { request, requestId } = context
  const headers: string[] = []
  let via: string | undefined
  let connection: string | undefined
  let trailer: string | undefined
  let coding: string | undefined
  let hasLength = false
  for (let at = 0; at < raw.length; at += 2) {
    const given = text(raw[at] as string | Buffer)
    const value = text(raw[at + 1] as string | Buffer)
    const name = given.toLowerCase()
    if (!dropped.has(name)) {
      // A response without a body has no length either (RFC 9110, section 8.6).
      if (name === LENGTH) {
        if (status === 204 || status < 200) continue
        hasLength = true
      } else if (allowed !== undefined && !allowed.has(name)) continue
      headers.push(given, value)
    } else if (name === 'via') via = via === undefined ? value : `${via}, ${value}`
    else if (name === 'trailer') trailer = trailer === undefined ? value : `${trailer}, ${value}`
    else if (name === 'connection') connection = connection === undefined ? value : `${connection},${value}`
    else if (name === 'transfer-encoding') coding = coding === undefined ? value : `${coding}, ${value}`
    else {
      const rewrite = rewrites.get(name)
      if (rewrite !== undefined) headers.push(given, rewrite(value, context, path))
    }
  }
  // Chunks are undone by the client library; twice they would not be.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new FacetError('backend-malformed', { detail: `the transfer coding '${coding}' is not known` })
  const kept = connection === undefined ? headers : withoutNamed(headers, connection)
  kept.push('via', withMember(via, '1.1', pseudonym), 'x-request-id', requestId)
  if (status >= 200) {
    kept.push(...common)
    if (made) kept.push(...made)
  }
  // Only a body in chunks has something behind it.
  const isChunked =
    !hasLength && request.httpVersion === '1.1' && request.method !== 'HEAD' && status !== 204 && status !== 304
  if (trailer !== undefined && isChunked && status >= 200) kept.push('trailer', trailer)
  return kept
}

/** The fields that do not belong to the connection because it says so. */
function withoutNamed(headers: string[], connection: string): string[] {
  if (/^(keep-alive|close)$/i.test(connection)) return headers
  return without(headers, new Set(listed(connection).filter((name) => name !== LENGTH)))
}
