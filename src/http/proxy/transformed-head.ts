import type { Format } from '../../endpoint/client.ts'
import { type Fields, without } from '../../lib/fields.ts'
import { listed } from '../../lib/headers.ts'
import { decodable } from './body-coding.ts'
import { formatOf } from './body-format.ts'

/** What is true of the bytes that came, and of no others (RFC 9530 for the digests). */
const OF_BYTES: readonly string[] = ['content-length', 'content-md5', 'digest', 'content-digest', 'repr-digest']

const OF_REQUEST: ReadonlySet<string> = new Set([...OF_BYTES, 'content-type'])
/** A piece is cut out of what the backend has; and a trailer is said of a body that is gone. */
const OF_ANSWER: ReadonlySet<string> = new Set([
  ...OF_BYTES,
  ...['content-type', 'content-encoding', 'etag', 'accept-ranges', 'trailer', 'vary'],
])
const LENGTH: ReadonlySet<string> = new Set(['content-length'])
const PARTS: ReadonlySet<string> = new Set(['range', 'if-range'])

/**
 * Asks, in place, for an answer that can be changed: whole, in a coding that is known, and with `as` in the media type that is
 * to be translated. @param headers names and values in turn
 */
export function askForWhole(headers: string[], as: Format | undefined): void {
  rewrite(headers, (name, value) => {
    if (PARTS.has(name)) return undefined
    if (name === 'accept-encoding') return decodable(value)
    return name === 'accept' && as !== undefined ? translated(value, as) : value
  })
}

/**
 * Says, in place, what is true of a request's changed body.
 *
 * @param contentType undefined where none is said
 * @param isPlain whether its content coding is undone
 */
export function describeBody(headers: string[], contentType: string | undefined, isPlain: boolean): void {
  rewrite(headers, (name, value) =>
    OF_REQUEST.has(name) || (isPlain && name === 'content-encoding') ? undefined : value,
  )
  if (contentType) headers.push('content-type', contentType)
}

/** Takes away what is not said of a body that is sent on as bytes of its own. */
export function withoutLength(headers: string[]): void {
  headers.splice(0, headers.length, ...without(headers, LENGTH))
}

/** What is said of a changed body. */
export interface ChangedBody {
  readonly contentType: string
  /** The content codings that it is in. */
  readonly codings: readonly string[]
  /** Whether it depends on what the client accepts. */
  readonly isNegotiated: boolean
  /** Bytes; undefined where there is no body. */
  readonly length: number | undefined
}

/** The head of a response with a changed body, names and values in turn. */
export function changedHead(fields: Fields, body: ChangedBody): readonly string[] {
  const { contentType, codings, isNegotiated, length } = body
  const headers = [...fields.without(OF_ANSWER).raw, 'content-type', contentType]
  if (codings.length > 0) headers.push('content-encoding', codings.join(', '))
  if (length !== undefined) headers.push('content-length', String(length))
  return [...headers, ...weakTag(fields), ...vary(fields, isNegotiated)]
}

/** The head of a 304: it speaks of what was sent before, changed or not, and nobody knows which. */
export function unmodifiedHead(fields: Fields): readonly string[] {
  return [...fields.without(new Set([...OF_BYTES, 'etag'])).raw, ...weakTag(fields)]
}

/** The same content in other bytes has a weak tag (RFC 9110, section 8.8.1); what is no tag says nothing. */
function weakTag(fields: Fields): string[] {
  const [etag = ''] = fields.all('etag')
  return /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag) ? ['etag', etag.startsWith('W/') ? etag : `W/${etag}`] : []
}

function vary(fields: Fields, isNegotiated: boolean): string[] {
  const given = fields.get('vary')
  const names = listed(given)
  if (!isNegotiated || names.includes('*') || names.includes('accept-encoding'))
    return given === undefined ? [] : ['vary', given]
  return ['vary', given === undefined || names.length === 0 ? 'Accept-Encoding' : `${given}, Accept-Encoding`]
}

/** Where a client asks for one format the backend is asked for the other, as urgently; the rest is as it was. */
function translated(accept: string, as: Format): string {
  const others = as === 'json' ? ['application/xml', 'text/xml'] : ['application/json']
  const members = accept.split(',').map((member) => {
    const [range = '', ...parameters] = member.split(';')
    if (formatOf(range) !== as) return member
    const named = range.trim()
    const suffixed = named.includes('+') ? [named.replace(/\+\w+$/, as === 'json' ? '+xml' : '+json')] : []
    return [...suffixed, ...others].map((other) => [other, ...parameters].join(';')).join(', ')
  })
  return members.join(',')
}

function rewrite(headers: string[], change: (name: string, value: string) => string | undefined): void {
  const given = headers.splice(0)
  for (let at = 0; at < given.length; at += 2) {
    const name = given[at] as string
    const value = change(name.toLowerCase(), given[at + 1] as string)
    if (value !== undefined) headers.push(name, value)
  }
}
