import { Base64Bytes } from '../lib/base64.ts'
import { parametersOf } from '../lib/media-type.ts'

/** One part of a multipart message. */
export interface MessagePart {
  readonly contentType: string | undefined
  readonly bytes: Buffer
}

/** A message of parts that belong together (RFC 2387): the one to start with, and the others by their Content-ID. */
export interface RelatedParts {
  readonly root: MessagePart
  readonly byId: ReadonlyMap<string, Uint8Array>
}

/** Nobody sends so many; more would only be work. */
const MOST_PARTS = 1_000
/** A part's header fields have to end before this. */
const LONGEST_HEADER = 16_384

/**
 * Splits a multipart/related message (RFC 2046, section 5.1; RFC 2387), as MTOM and SOAP with attachments send it.
 *
 * @returns undefined for a Content-Type of another kind
 * @throws SyntaxError for a message that is none
 */
export function relatedParts(bytes: Buffer, contentType: string | undefined): RelatedParts | undefined {
  if (contentType === undefined || !/^\s*multipart\/related\s*(?:;|$)/i.test(contentType)) return undefined
  const { boundary, start } = parametersOf(contentType)
  if (!boundary || boundary.length > 70) throw new SyntaxError('a multipart message without a boundary')
  const parts = split(bytes, Buffer.from(`--${boundary}`, 'latin1')).map(readPart)
  const byId = new Map<string, Uint8Array>()
  for (const { id, bytes: content } of parts) {
    if (id === undefined) continue
    if (byId.has(id)) throw new SyntaxError('a multipart message with two parts of one Content-ID')
    // No Buffer, so that bytes are the same kind of value wherever in the message they stand.
    byId.set(id, new Base64Bytes(content.buffer as ArrayBuffer, content.byteOffset, content.length))
  }
  const id = start === undefined ? undefined : withoutBrackets(start)
  const root = id === undefined ? parts[0] : parts.find((part) => part.id === id)
  if (!root) throw new SyntaxError('a multipart message without the part that it starts with')
  return { root, byId }
}

interface IdentifiedPart extends MessagePart {
  readonly id: string | undefined
}

/** What is between delimiters; what is before the first and after the last is nothing (RFC 2046, section 5.1.1). */
function split(bytes: Buffer, dashBoundary: Buffer): Buffer[] {
  const parts: Buffer[] = []
  let delimiter = findDelimiter(bytes, dashBoundary, 0)
  if (!delimiter) throw new SyntaxError('a multipart message without its boundary')
  while (!delimiter.isLast) {
    const next: Delimiter | undefined = findDelimiter(bytes, dashBoundary, delimiter.end)
    if (!next) throw new SyntaxError('a multipart message that does not end')
    if (parts.length === MOST_PARTS) throw new SyntaxError(`a multipart message of more than ${MOST_PARTS} parts`)
    parts.push(bytes.subarray(delimiter.end, next.start))
    delimiter = next
  }
  return parts
}

interface Delimiter {
  /** Where the line end before it starts, which belongs to it. */
  readonly start: number
  readonly end: number
  readonly isLast: boolean
}

/** The next delimiter: it stands at the start of a line. */
function findDelimiter(bytes: Buffer, dashBoundary: Buffer, from: number): Delimiter | undefined {
  for (let at = bytes.indexOf(dashBoundary, from); at >= 0; ) {
    const found = at === 0 || bytes[at - 1] === LF ? delimiterAt(bytes, at, at + dashBoundary.length) : undefined
    // Between two delimiters may be one line end alone, which both claim.
    if (found) return { ...found, start: Math.max(found.start, from) }
    const line = bytes.indexOf(LF, at)
    at = line < 0 ? -1 : bytes.indexOf(dashBoundary, line + 1)
  }
  return undefined
}

/** A delimiter has nothing but blanks after its boundary, and the line end before it is its own. */
function delimiterAt(bytes: Buffer, at: number, endOfBoundary: number): Delimiter | undefined {
  let end = endOfBoundary
  const isLast = bytes[end] === DASH && bytes[end + 1] === DASH
  if (isLast) end += 2
  while (bytes[end] === SPACE || bytes[end] === TAB) end++
  const lineEnd = bytes[end] === LF ? 1 : bytes[end] === CR && bytes[end + 1] === LF ? 2 : 0
  if (lineEnd === 0 && end < bytes.length) return undefined
  return { start: at === 0 ? 0 : at - (bytes[at - 2] === CR ? 2 : 1), end: end + lineEnd, isLast }
}

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d
const SPACE = 0x20
const TAB = 0x09

function readPart(part: Buffer): IdentifiedPart {
  const text = part.toString('latin1', 0, LONGEST_HEADER)
  // A part may have no header fields at all: then it starts with the empty line.
  const end = /^\r?\n|\r?\n\r?\n/.exec(text)
  if (!end) throw new SyntaxError('a part of a multipart message without an end of its headers')
  const fields = fieldsOf(text.slice(0, end.index))
  const content = part.subarray(end.index + end[0].length)
  const id = fields.get('content-id')
  return {
    id: id === undefined ? undefined : withoutBrackets(id),
    contentType: fields.get('content-type'),
    bytes: decodeTransfer(content, fields.get('content-transfer-encoding')),
  }
}

/** Header fields by their names in lower case; a line that starts with a blank goes on with the one before. */
function fieldsOf(header: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of header.replace(/\r?\n[ \t]/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return fields
}

/** RFC 2045, section 6; over HTTP nearly always `binary`. */
function decodeTransfer(bytes: Buffer, encoding = 'binary'): Buffer {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return decodeBase64(bytes.toString('latin1').replace(/[ \t\r\n]+/g, ''))
    case '7bit':
    case '8bit':
    case 'binary':
      return bytes
    default:
      throw new SyntaxError(`a part of a multipart message in the transfer encoding '${encoding.slice(0, 40)}'`)
  }
}

/** `Buffer.from` alone would pass over whatever is no base64. */
function decodeBase64(text: string): Buffer {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw new SyntaxError('a part of a multipart message whose base64 is none')
  return Buffer.from(text, 'base64')
}

function withoutBrackets(id: string): string {
  return id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id
}
