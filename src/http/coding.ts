import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import Negotiator from 'negotiator'

/** The content codings that a kept reply is sent in (RFC 9110, section 8.4.1); the first is taken where both are as welcome. */
const CODINGS = ['br', 'gzip'] as const
export type Coding = (typeof CODINGS)[number]

/** For whoever takes a reply only as it is. */
export const NO_CODINGS: readonly Coding[] = Object.freeze([])

/** Shorter replies fit into one packet with their head, and then nobody gains. */
export const LEAST_BYTES = 1024

/** `Accept-Encoding` has few values in practice; the bound is for those who make them up. */
const known = new Map<string, readonly Coding[]>()
const MOST = 500
const LONGEST = 256

const ORDER = [...CODINGS, 'identity'] as const
/** What its published types leave out: the order among what is equally welcome. */
type Ordering = { encodings(available: readonly string[], options: { preferred: readonly string[] }): string[] }

/**
 * The codings that a client would rather have than none, the best one first, by the q-values of its `Accept-Encoding`
 * (RFC 9110, section 12.5.3). One who forbids `identity` still gets it where nothing else is there yet: a reply that was
 * asked for is worth more than a 406.
 */
export function acceptedCodings(header: string | undefined): readonly Coding[] {
  // No honest one is that long, and reading it would take a millisecond.
  if (!header || header.length > LONGEST) return NO_CODINGS
  let codings = known.get(header)
  if (codings === undefined) {
    // The older name of the same (section 8.4.1.3).
    const headers = { 'accept-encoding': header.replace(/\bx-gzip\b/gi, 'gzip') }
    const welcome = (new Negotiator({ headers }) as unknown as Ordering).encodings(ORDER, { preferred: ORDER })
    const end = welcome.indexOf('identity')
    codings = Object.freeze((end < 0 ? welcome : welcome.slice(0, end)) as Coding[])
    if (known.size >= MOST) known.clear()
    known.set(header, codings)
  }
  return codings
}

/** The entity tag of what a coding has made: other bytes, so another one (RFC 9110, section 8.8.3.3). @example codedEtag('"a"', 'br') // '"a-br"' */
export function codedEtag(etag: string, coding: Coding): string {
  return `${etag.slice(0, -1)}-${coding}"`
}

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Encodes bytes in zlib's threads. @param bytes one character a byte, as is what comes back: see `Representation.bytes` */
export async function encode(bytes: string, coding: Coding): Promise<string> {
  const plain = Buffer.from(bytes, 'latin1')
  const encoded =
    coding === 'br' ? await brotli(plain, { params: brotliParams(plain.length) }) : await zip(plain, { level: 6 })
  return encoded.toString('latin1')
}

/** 5 is where brotli is smaller than gzip and no slower; above it each per cent costs several times the CPU. */
function brotliParams(length: number) {
  return {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: length,
  }
}
