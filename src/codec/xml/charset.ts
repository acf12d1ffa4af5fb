import { isAscii, isUtf8 } from 'node:buffer'
import { parametersOf } from '../../lib/media-type.ts'
import { type Declaration, declarationOf } from './declaration.ts'
import { XmlSyntaxError } from './limits.ts'

/** What the scanner reads as it stands: one of these, in which every ASCII byte is an ASCII character. */
export type Charset = 'utf-8' | 'iso-8859-1' | 'windows-1252'

/** A document in a form that can be scanned, without its byte-order mark. */
export interface Decoded {
  readonly bytes: Buffer
  readonly charset: Charset
  readonly ascii: boolean
  /** Whether the bytes are not those that came. */
  readonly transcoded: boolean
  /** Of the bytes as they are here. */
  readonly declaration: Declaration | undefined
}

/**
 * The document's bytes, transcoded to UTF-8 if they have to be, in the order of RFC 7303, section 3: byte-order mark, then
 * the Content-Type's charset, then the XML declaration, then UTF-8. Malformed sequences are refused, never replaced.
 *
 * @throws XmlSyntaxError for bytes that are not in the encoding that they are said to be in
 */
export function decodeBytes(bytes: Buffer, contentType: string | undefined): Decoded {
  const mark = markOf(bytes)
  const content = mark ? bytes.subarray(mark.length) : bytes
  const external = labelOf(contentType)
  const certain = mark?.label ?? external ?? undeclared(bytes)
  const declaration = declarationOf(content)
  const label = certain ?? declaration?.encoding ?? 'utf-8'
  const encoding = resolve(label, content)
  // A declaration that can be read byte by byte is not in an encoding that has two of them a character.
  if (certain === undefined && encoding.startsWith('utf-16')) refuse(label)
  const decoded = decodeAs(encoding, label, content, declaration)
  if (external === undefined && (mark || decoded.transcoded)) refuseContradiction(mark, label, decoded.declaration)
  return decoded
}

function decodeAs(encoding: string, label: string, content: Buffer, declaration: Declaration | undefined): Decoded {
  const ascii = isAscii(content)
  if (encoding === 'utf-8' || encoding === 'us-ascii') {
    if (!ascii && (encoding === 'us-ascii' || !isUtf8(content))) return refuse(label)
    if (!ascii) refuseNoncharacters(content)
    return { bytes: content, charset: 'utf-8', ascii, transcoded: false, declaration }
  }
  if (encoding === 'iso-8859-1' || encoding === 'windows-1252')
    return { bytes: content, charset: encoding, ascii, transcoded: false, declaration }
  const transcoded = Buffer.from(decode(encoding, label, content))
  return { ...decodeAs('utf-8', label, transcoded, declarationOf(transcoded)), transcoded: true }
}

/**
 * A byte-order mark beside a declaration of something else: nobody can say which of them is true. And two bytes a character
 * without a mark have to be declared (XML 1.0, section 4.3.3).
 */
function refuseContradiction(mark: Mark | undefined, label: string, declaration: Declaration | undefined): void {
  const declared = declaration?.encoding
  if (declared === undefined && mark) return
  const family = (encoding: string): string => encodingOf(encoding.toLowerCase(), encoding).slice(0, 6)
  if (declared === undefined || family(declared) !== family(label))
    throw new XmlSyntaxError(
      `the document is ${label.slice(0, 40)}, and declares ${declared === undefined ? 'nothing' : `'${declared.slice(0, 40)}'`}`,
      START,
    )
}

function decode(encoding: string, label: string, bytes: Buffer): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse(label)
  }
}

function refuse(label: string): never {
  throw new XmlSyntaxError(`the document is not in the encoding '${label.slice(0, 40)}' that it says it is in`, START)
}

const START = { line: 1, column: 1 }

/** Labels that have been met; the bound is for those that somebody makes up. */
const known = new Map<string, string>()

function resolve(label: string, bytes: Buffer): string {
  let encoding = known.get(label)
  if (encoding === undefined) {
    encoding = encodingOf(label.toLowerCase(), label)
    if (known.size < 100) known.set(label, encoding)
  }
  // Without a mark the order of the bytes shows in the first character, which is ASCII (XML 1.0, appendix F).
  return encoding === 'utf-16' ? (bytes[0] === 0 ? 'utf-16be' : 'utf-16le') : encoding
}

/** The canonical name of a label's encoding. */
function encodingOf(name: string, label: string): string {
  // TextDecoder takes the labels of these two for windows-1252, which gives the bytes from 0x80 to 0x9f another meaning.
  if (/^(iso[-_]?8859-1|iso_8859-1:1987|iso-ir-100|latin-?1|l1|cp819|ibm819|csisolatin1)$/.test(name))
    return 'iso-8859-1'
  if (/^(us-ascii|us|ascii|ansi_x3\.4-19(68|86)|iso-ir-6|iso646-us|iso_646\.irv:1991|cp367|ibm367|csascii)$/.test(name))
    return 'us-ascii'
  if (/^(utf-?16|ucs-2|iso-10646-ucs-2)$/.test(name)) return 'utf-16'
  try {
    return new TextDecoder(name).encoding
  } catch {
    throw new XmlSyntaxError(`the encoding '${label.slice(0, 40)}' is not known`, START)
  }
}

interface Mark {
  readonly label: string
  readonly length: number
}

function markOf(bytes: Buffer): Mark | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { label: 'utf-8', length: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { label: 'utf-16le', length: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { label: 'utf-16be', length: 2 }
  return undefined
}

function labelOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !contentType.includes('=')) return undefined
  if (labels.has(contentType)) return labels.get(contentType)
  const label = parametersOf(contentType).charset || undefined
  if (labels.size < 100 && contentType.length < 200) labels.set(contentType, label)
  return label
}

/** What Content-Types that have been met say; the bound is for those that somebody makes up. */
const labels = new Map<string, string | undefined>()

/** Bytes that cannot be the start of a document in any encoding that has ASCII's bytes (XML 1.0, appendix F). */
function undeclared(bytes: Buffer): string | undefined {
  return (bytes[0] === 0 && bytes[1] === 0x3c) || (bytes[0] === 0x3c && bytes[1] === 0) ? 'utf-16' : undefined
}

/** U+FFFE and U+FFFF are well-formed UTF-8 but no characters of XML (production 2); surrogates are not even that. */
function refuseNoncharacters(bytes: Buffer): void {
  // Most documents do not have the byte that both begin with, for which it takes least to look.
  if (!bytes.includes(0xef)) return
  for (const character of NONCHARACTERS) {
    const at = bytes.indexOf(character)
    if (at < 0) continue
    const before = bytes.toString('utf8', 0, at)
    throw new XmlSyntaxError('a character that XML does not have', {
      line: before.split('\n').length,
      column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1,
    })
  }
}

const NONCHARACTERS = [Buffer.from([0xef, 0xbf, 0xbe]), Buffer.from([0xef, 0xbf, 0xbf])]
