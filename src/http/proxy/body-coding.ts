import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  brotliCompress,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  deflate,
  gzip,
  zstdCompress,
} from 'node:zlib'
import Negotiator from 'negotiator'

/** The content codings that are undone and made again (RFC 9110, section 8.4.1; RFC 8878 for zstd). */
export type BodyCoding = 'br' | 'gzip' | 'deflate' | 'zstd'

/** For whoever sends something else. */
export const BODY_CODINGS = 'br, gzip, deflate, zstd, identity'

/** More than two within each other are nobody's honest wish. */
const MOST_CODINGS = 2
/** No honest `Accept-Encoding` is longer, and reading it would take a millisecond. */
const LONGEST = 256

/** A body that is larger than it may be, as it came or once its coding is undone. */
export class BodySizeError extends Error {}

/** A body that is not in the coding that it is said to be in. */
export class BodyCodingError extends Error {}

/** The codings of a body, in the order in which they were applied; undefined where one is not known, or there are too many. */
export function codingsOf(contentEncoding: string | undefined): readonly BodyCoding[] | undefined {
  const codings: BodyCoding[] = []
  for (const member of (contentEncoding ?? '').split(',')) {
    const name = aliasOf(member.trim().toLowerCase())
    if (name === '' || name === 'identity') continue
    if (!isCoding(name) || codings.length === MOST_CODINGS) return undefined
    codings.push(name)
  }
  return codings
}

/** Whether a client says that it takes a coding; one that says nothing takes none, though RFC 9110 would let it be sent any. */
export function accepts(acceptEncoding: string | undefined, codings: readonly BodyCoding[]): boolean {
  if (!acceptEncoding || acceptEncoding.length > LONGEST) return codings.length === 0
  const headers = { 'accept-encoding': acceptEncoding.replace(/\bx-gzip\b/gi, 'gzip') }
  return new Negotiator({ headers }).encodings([...codings]).length === codings.length
}

/** An `Accept-Encoding` with nothing in it that could not be undone here. @example decodable('br, dcb, *') // 'br' */
export function decodable(acceptEncoding: string): string {
  const known = acceptEncoding.split(',').filter((member) => {
    const name = aliasOf(member.split(';', 1)[0]?.trim().toLowerCase() ?? '')
    return name === 'identity' || isCoding(name)
  })
  return known.length === 0 ? 'identity' : known.map((member) => member.trim()).join(', ')
}

/**
 * Undoes the codings of a body. A few bytes may stand for gigabytes, so it stops as soon as there are too many.
 *
 * @throws BodySizeError beyond `maxBytes`, before each step and after
 * @throws BodyCodingError for bytes that are no such coding, that break off, or with something behind them
 */
export async function decodeBody(bytes: Buffer, codings: readonly BodyCoding[], maxBytes: number): Promise<Buffer> {
  if (bytes.length > maxBytes) throw new BodySizeError()
  let plain = bytes
  for (const coding of codings.toReversed()) plain = await decode(plain, coding, maxBytes)
  return plain
}

/** Codes a body, in zlib's threads. */
export async function encodeBody(bytes: Buffer, codings: readonly BodyCoding[]): Promise<Buffer> {
  let encoded = bytes
  for (const coding of codings) encoded = await ENCODERS[coding](encoded)
  return encoded
}

/** What all of zlib's streams have. */
type Decoder = Transform & { readonly bytesWritten: number }

async function decode(bytes: Buffer, coding: BodyCoding, maxBytes: number): Promise<Buffer> {
  // What was announced as coded may still be nothing at all, as of a response to HEAD.
  if (bytes.length === 0) return bytes
  const decoder = decoderOf(coding, bytes)
  const chunks: Buffer[] = []
  let size = 0
  try {
    decoder.end(bytes)
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new BodySizeError()
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof BodySizeError ? error : new BodyCodingError(`not ${coding}`, { cause: error })
  }
  if (decoder.bytesWritten !== bytes.length) throw new BodyCodingError(`something behind the end of ${coding}`)
  return Buffer.concat(chunks, size)
}

function decoderOf(coding: BodyCoding, bytes: Buffer): Decoder {
  switch (coding) {
    case 'br':
      return createBrotliDecompress()
    case 'gzip':
      return createGunzip()
    case 'zstd':
      // A frame may ask for a window of 128 MiB; in HTTP 8 MiB are all that it may (RFC 9659).
      return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } })
    case 'deflate':
      // Some send it without zlib's two bytes before it (RFC 9110, section 8.4.1.2).
      return isZlib(bytes) ? createInflate() : createInflateRaw()
  }
}

/** RFC 1950, section 2.2. */
function isZlib(bytes: Buffer): boolean {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0
}

const ENCODERS: Readonly<Record<BodyCoding, (bytes: Buffer) => Promise<Buffer>>> = {
  // As for kept replies: 5 is where brotli is smaller than gzip and no slower.
  br: (bytes) => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
  deflate: promisify(deflate),
  zstd: promisify(zstdCompress),
}
const brotli = promisify(brotliCompress)

/** The older name of the same (RFC 9110, section 8.4.1.3). */
function aliasOf(name: string): string {
  return name === 'x-gzip' ? 'gzip' : name
}

function isCoding(name: string): name is BodyCoding {
  return Object.hasOwn(ENCODERS, name)
}
