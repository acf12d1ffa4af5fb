import { CR, LF, type Slicing } from './bytes.ts'
import type { Charset, Decoded } from './charset.ts'
import { type Position, XmlLimitError, XmlSyntaxError } from './limits.ts'
import { resolve, type Space } from './resolve.ts'

/** What a piece of a document has besides plain ASCII: bits, since one piece may have several. */
export const NON_ASCII = 1
export const REFERENCES = 2
/** Line ends or white space that a reader has to normalise. */
export const UNNORMALISED = 4

/**
 * Text is cut out of pieces of the document of so many characters. V8 copies substrings of less than 13 characters; longer
 * ones are views, which keep what they are cut from alive: a piece, and never all of a large document.
 */
const PIECE = 4_096

const WINDOWS_1252 = new TextDecoder('windows-1252')

/** Blanks around it and more than one between do not count, since the DOCTYPE says that it is a name or a list of names. */
export const TOKENS = 8

const EMPTY = Buffer.alloc(0)
const EMPTY_VIEW = new DataView(new ArrayBuffer(0))

/** The bytes of a document, and the strings made of them. */
export class Source {
  bytes: Buffer = EMPTY
  /** The same bytes, to be compared four at a time. */
  view: DataView = EMPTY_VIEW
  charset: Charset = 'utf-8'
  /** Whether the whole document is ASCII. */
  ascii = true
  /** Attributes of other types than CDATA that the DOCTYPE declares, by element: the first declaration of each counts. */
  declared: Map<string, boolean> | undefined
  /** What the piece that was found last has besides plain ASCII. */
  flags = 0
  /** Some of the bytes, each as one character: if they are ASCII, that is their text, at a third of what a decoder costs. */
  #piece = ''
  #pieceStart = 0
  #pieceEnd = 0

  open({ bytes, charset, ascii }: Decoded): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.charset = charset
    this.ascii = ascii
    this.declared = undefined
    this.#pieceStart = this.#pieceEnd = 0
  }

  /** Lets go of the document. */
  close(): void {
    this.bytes = EMPTY
    this.view = EMPTY_VIEW
    this.declared = undefined
    this.#piece = ''
    this.#pieceStart = this.#pieceEnd = 0
  }

  /** Bytes as text, as they stand. */
  text(start: number, end: number, ascii = this.ascii): string {
    if (ascii || this.charset === 'iso-8859-1') {
      if (start < this.#pieceStart || end > this.#pieceEnd) {
        if (end - start > PIECE) return (this.bytes as Slicing).latin1Slice(start, end)
        this.#pieceStart = start
        this.#pieceEnd = Math.min(start + PIECE, this.bytes.length)
        this.#piece = (this.bytes as Slicing).latin1Slice(start, this.#pieceEnd)
      }
      return this.#piece.substring(start - this.#pieceStart, end - this.#pieceStart)
    }
    if (this.charset === 'utf-8') return (this.bytes as Slicing).utf8Slice(start, end)
    return WINDOWS_1252.decode(this.bytes.subarray(start, end))
  }

  /** Text between tags as its reader sees it: references resolved, line ends as line feeds (XML 1.0, section 2.11). */
  content(start: number, end: number, flags: number): string {
    return flags <= NON_ASCII
      ? this.text(start, end, (flags & NON_ASCII) === 0)
      : this.#resolve(start, end, flags, 'lines')
  }

  /** An attribute's value as its reader sees it (XML 1.0, section 3.3.3). */
  value(start: number, end: number, flags: number): string {
    return flags <= NON_ASCII
      ? this.text(start, end, (flags & NON_ASCII) === 0)
      : this.#resolve(start, end, flags, flags & TOKENS ? 'tokens' : 'spaces')
  }

  #resolve(start: number, end: number, flags: number, space: Space): string {
    const references = (flags & REFERENCES) !== 0
    if (this.charset === 'utf-8' || (flags & NON_ASCII) === 0) return resolve(this.bytes, start, end, space, references)
    const bytes = Buffer.from(this.text(start, end, false))
    return resolve(bytes, 0, bytes.length, space, references)
  }

  declareAttribute(element: string, attribute: string, isText: boolean): void {
    const name = `${element} ${attribute}`
    this.declared ??= new Map()
    if (!this.declared.has(name)) this.declared.set(name, isText)
  }

  /** The character at a place, and how many bytes it has. UTF-8 has been checked before. */
  codePointAt(at: number): { readonly code: number; readonly length: number } {
    const first = this.bytes[at] ?? 0
    const length = this.charset !== 'utf-8' || first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    return { code: this.text(at, at + length, first < 0x80).codePointAt(0) ?? 0, length }
  }

  /** @throws XmlSyntaxError always, for a character that no document may have */
  forbid(at: number): never {
    const code = (this.bytes[at] as number).toString(16).toUpperCase().padStart(4, '0')
    return this.fail(at, `the character U+${code}, which XML does not have`)
  }

  /** @throws XmlSyntaxError always */
  fail(at: number, reason: string): never {
    throw new XmlSyntaxError(reason, this.position(at))
  }

  /** @throws XmlLimitError always */
  exceed(at: number, reason: string): never {
    throw new XmlLimitError(reason, this.position(at))
  }

  /** Counted only when something is wrong. */
  position(at: number): Position {
    let line = 1
    let column = 1
    for (let index = 0; index < Math.min(at, this.bytes.length); index++) {
      const byte = this.bytes[index] as number
      if (byte === LF || (byte === CR && this.bytes[index + 1] !== LF)) {
        line++
        column = 1
      } else if (this.charset !== 'utf-8' || !isContinuation(byte)) column++
    }
    return { line, column }
  }
}

/** Whether a byte of UTF-8 belongs to a character that has begun before. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
