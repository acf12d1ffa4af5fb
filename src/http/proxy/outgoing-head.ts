import type { IncomingMessage } from 'node:http'
import { FacetError } from '../../errors.ts'
import { type Names, without } from '../../lib/fields.ts'
import { listed } from '../../lib/headers.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { wayOf } from './forwarded.ts'
import { withMember } from './via.ts'

/** What a route does with the fields of its requests, settled when the app starts. */
export interface OutgoingRules {
  /** Names that are not passed on: those of one connection, those that are said anew, those that the route denies. */
  readonly dropped: Names
  /** The only names that are passed on, in lower case; undefined for all. */
  readonly allowed: ReadonlySet<string> | undefined
  /** What every request is sent, names and values in turn. */
  readonly common: readonly string[]
  /** The same two for TRACE, whose request the backend sends back to the client. */
  readonly trace: Pick<OutgoingRules, 'dropped' | 'common'>
  /** What this server does not say of who asks, since the route denies it or says it; undefined for none. */
  readonly unsaid: ReadonlySet<string> | undefined
  /** What this server calls itself in `Via`. */
  readonly pseudonym: string
  /** Which proxies in front of this server are believed. */
  readonly trusted: TrustedProxies
}

/** The head of a request as its backend gets it. */
export interface OutgoingHead {
  /** Names and values in turn, without `Host`. */
  readonly headers: string[]
  readonly hasBody: boolean
  /** How many more proxies may pass it on (`Max-Forwards`); undefined where nothing is said. */
  readonly forwards: number | undefined
  /** What the client has asked, '' where it has not said: for backends that are told. */
  readonly host: string
}

/**
 * What belongs to one connection (RFC 9110, section 7.6.1), with what is said anew. `Expect` is answered by this server, and the
 * framing of the body is that of the connection that it goes over.
 */
export const CONNECTIONS: readonly string[] = [
  ...[
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  ...['expect', 'host', 'x-request-id', 'via', 'max-forwards'],
]

/**
 * What a client says of whom it stands for, and of what it has asked, is not passed on: a backend would take it for this server's word.
 * All of `X-Forwarded*` belongs to these, too, and so does what this server says of a request for a shadow.
 */
export const CLIENTS_WORD: readonly string[] = [
  ...['forwarded', 'true-client-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-facet-shadow', 'x-original-host'],
  ...['x-original-url', 'x-real-ip', 'x-rewrite-url'],
]

/** What a TRACE must not have: the answer shows it to every script on the way (RFC 9110, section 9.3.8). */
export const CREDENTIALS: readonly string[] = ['authorization', 'cookie']

/** Without these a body would be taken for the next request, whatever `Connection` lists. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/**
 * The head of a request for its backend, in one pass over the fields as they came.
 *
 * @throws FacetError `input-invalid` for a TRACE with a body
 */
export function outgoingHead(context: RequestContext, rules: OutgoingRules): OutgoingHead {
  const { request, requestId } = context
  const raw = context.fields()
  const { allowed } = rules
  const isTrace = request.method === 'TRACE'
  const { dropped, common } = isTrace ? rules.trace : rules
  const headers: string[] = []
  let via: string | undefined
  let connection: string | undefined
  let forwards: string | undefined
  let length = '0'
  let isChunked = false
  for (let at = 0; at < raw.length; at += 2) {
    const given = raw[at] as string
    const value = raw[at + 1] as string
    const name = given.toLowerCase()
    if (dropped.has(name)) {
      if (name === 'via') via = via === undefined ? value : `${via}, ${value}`
      else if (name === 'connection') connection = connection === undefined ? value : `${connection},${value}`
      else if (name === 'max-forwards') forwards = value
      else if (name === 'transfer-encoding') isChunked = true
      continue
    }
    if (name === 'content-length') length = value
    else if (allowed !== undefined && !allowed.has(name)) continue
    headers.push(given, value)
  }
  const named = connection === undefined ? undefined : namedIn(connection)
  const kept = named === undefined ? headers : without(headers, named)
  const way = wayOf(context, rules.trusted)
  kept.push('via', withMember(via, request.httpVersion, rules.pseudonym), 'x-request-id', requestId)
  kept.push(...said(way.asked, rules), ...said(way.asker, rules), ...common)
  const hasBody = isChunked || length !== '0'
  if (isTrace && hasBody)
    throw new FacetError('input-invalid', { issues: [{ path: 'body', message: 'a TRACE has none' }] })
  return { headers: kept, hasBody, forwards: forwardsOf(request, forwards, kept), host: way.host }
}

/** Fields that this server says of who asks, as far as the route leaves it to. */
export function said(fields: readonly string[], { unsaid }: Pick<OutgoingRules, 'unsaid'>): readonly string[] {
  return unsaid === undefined ? fields : without(fields, unsaid)
}

/** The fields that belong to the connection because it says so; undefined where that is none, as nearly always. */
function namedIn(connection: string): ReadonlySet<string> | undefined {
  if (connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(listed(connection).filter((name) => !FRAMING.has(name)))
}

/** `Max-Forwards` counts for these methods only (RFC 9110, section 7.6.2); elsewhere it goes on as it came. */
function forwardsOf({ method }: IncomingMessage, said: string | undefined, headers: string[]): number | undefined {
  if (said === undefined) return undefined
  const isCounted = (method === 'OPTIONS' || method === 'TRACE') && /^\d{1,9}$/.test(said)
  const left = isCounted ? Number(said) : undefined
  if (left !== 0) headers.push('max-forwards', left === undefined ? said : String(left - 1))
  return left
}
