import { type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import { FacetError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import type { Upgrade } from '../upgrade.ts'
import { type Answered, type IncomingRules, incomingHead } from './incoming-head.ts'
import { type OutgoingHead, type OutgoingRules, outgoingHead } from './outgoing-head.ts'

/** The head of a request for another protocol, as its backend gets it; without `Host`. */
export function upgradeHead(
  context: RequestContext,
  { protocols }: Upgrade,
  rules: OutgoingRules,
): Pick<OutgoingHead, 'headers' | 'host'> {
  const { headers, host } = outgoingHead(context, rules)
  return { headers: [...headers, 'connection', 'upgrade', 'upgrade', protocols.join(', ')], host }
}

/**
 * Makes of a `101` what the client is to be told: its head is written by http-proxy-middleware from `headers`.
 *
 * @throws FacetError `backend-malformed` where it switches to what nobody has asked for
 */
export function switchedHead(
  answer: IncomingMessage,
  answered: Answered,
  { protocols }: Upgrade,
  rules: IncomingRules,
): void {
  const chosen = answer.headers.upgrade ?? ''
  if (!protocols.some((protocol) => protocol.toLowerCase() === chosen.toLowerCase()))
    throw new FacetError('backend-malformed', { detail: `it has switched to '${chosen}', which was not asked for` })
  const headers = fieldsOf(incomingHead(101, answer.rawHeaders, answered, rules))
  // No message follows that could have a length (RFC 9110, section 8.6).
  delete headers['content-length']
  headers.connection = 'Upgrade'
  headers.upgrade = chosen
  answer.headers = headers as IncomingMessage['headers']
}

/**
 * The same for an answer that switches to nothing. It ends the connection, since nothing is read from it any more.
 *
 * @throws FacetError `backend-malformed` for a `101` that says not to what, and for a coding of the connection that is not known
 */
export function answeredHead(answer: IncomingMessage, answered: Answered, rules: IncomingRules): void {
  const { statusCode = 0, statusMessage = '', rawHeaders } = answer
  if (statusCode < 200) throw new FacetError('backend-malformed', { detail: 'it has switched to nothing' })
  const isChunked = answer.headers['transfer-encoding'] !== undefined
  const headers = fieldsOf(incomingHead(statusCode, rawHeaders, answered, rules))
  delete headers.trailer
  if (isChunked) headers['transfer-encoding'] = 'chunked'
  answer.headers = headers as IncomingMessage['headers']
  answer.httpVersion = '1.1'
  answer.statusMessage = /^[\t\x20-\x7e]+$/.test(statusMessage) ? statusMessage : (STATUS_CODES[statusCode] ?? '')
}

/** Names and values in turn as Node's client takes them: by lower-case names, repeated ones as a list. */
export function fieldsOf(flat: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = Object.create(null)
  for (let at = 0; at < flat.length; at += 2) {
    const name = (flat[at] as string).toLowerCase()
    const value = flat[at + 1] as string
    const known = fields[name]
    if (known === undefined) fields[name] = value
    else if (typeof known === 'string') fields[name] = [known, value]
    else known.push(value)
  }
  return fields
}
