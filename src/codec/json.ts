import { isUtf8 } from 'node:buffer'
import { FacetError } from '../errors.ts'
import type { Encoded } from './codec.ts'

/**
 * Bytes as JSON (RFC 8259: UTF-8; a byte-order mark is tolerated, as its section 8.1 allows).
 *
 * @throws SyntaxError for what is not UTF-8 or not JSON
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return JSON.parse(bytes.toString('utf8', marked ? 3 : 0))
}

/**
 * A backend's answer as JSON; an empty body is `undefined`.
 *
 * @throws FacetError `backend-malformed`; the parser's words, which quote the answer, stay in its cause
 */
export function decodeJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  try {
    return parseJson(bytes)
  } catch (cause) {
    throw new FacetError('backend-malformed', { detail: 'the answer is not JSON', cause })
  }
}

export function encodeJson(value: unknown): Encoded {
  return { body: stringify(value), contentType: 'application/json' }
}

/** JSON text: dates as ISO text, big integers as strings, since JSON's numbers lose them in most readers. */
export function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch (error) {
    // Big integers are rare, and a replacer triples the cost of every answer; so it comes in only when one was met.
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) throw error
    return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item))
  }
}
