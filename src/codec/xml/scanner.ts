import { Attributes } from './attributes.ts'
import { BANG, CLASS, DASH, GT, LT, OPEN_BRACKET, QUESTION, SLASH, WHITE } from './bytes.ts'
import { decodeBytes } from './charset.ts'
import { Current } from './current.ts'
import { isDoctype, readDoctype } from './doctype.ts'
import { limitsOf, type XmlLimits } from './limits.ts'
import { CDATA_START, endOfCdata, endOfComment, endOfInstruction } from './markup.ts'
import { NameScanner } from './name-scanner.ts'
import { OpenElements } from './open-elements.ts'
import { isThere, type Spelling } from './spelling.ts'
import { endOfText } from './text.ts'

/** What the scanner has come to. */
export type Token = typeof START | typeof END | typeof TEXT | typeof DONE
/** A start tag, or the first half of an empty element's tag. */
export const START = 1
export const END = 2
/** Text, or a CDATA section. Text may come in several pieces. */
export const TEXT = 3
/** The document has ended, and was well-formed. */
export const DONE = 0

/**
 * Reads a document once, byte by byte, and stops at each tag and each piece of text: a pull parser (non-validating, XML 1.0
 * fifth edition and Namespaces in XML 1.0). Everything that makes a document well-formed is checked here, whatever its user
 * looks at; strings are made only of what it asks for. Comments and processing instructions are checked and passed over.
 */
export class Scanner extends Current {
  readonly attributes: Attributes
  readonly #limits: Required<XmlLimits>
  readonly #names: NameScanner
  readonly #open = new OpenElements(this.source)
  #at = 0
  #length = 0
  #elements = 0
  #afterRoot = false
  #doctype = false
  #empty = false

  constructor(limits: XmlLimits = {}) {
    super()
    this.#limits = limitsOf(limits)
    this.#names = new NameScanner(this.source, this.#limits.nameLength)
    this.attributes = new Attributes(this.source, this.#names, this.namespaces, this.#limits)
  }

  /**
   * Starts on a document.
   *
   * @throws XmlSyntaxError for an encoding that is not kept, or a declaration that is not one
   */
  open(bytes: Buffer, contentType: string | undefined): void {
    const decoded = decodeBytes(bytes, contentType)
    const { declaration } = decoded
    this.source.open(decoded)
    this.namespaces.reset()
    this.#length = this.source.bytes.length
    if (declaration && !declaration.valid)
      this.source.fail(0, 'an XML declaration must say version 1.x, then perhaps the encoding, then perhaps standalone')
    this.#at = declaration?.length ?? 0
    this.depth = this.#elements = 0
    this.#afterRoot = this.#doctype = this.#empty = false
  }

  /** Lets go of the document. */
  close(): void {
    this.source.close()
    this.#length = 0
  }

  /**
   * Goes on to the next tag or piece of text.
   *
   * @param first the spelling of the start tag that is expected, if one is
   * @param second another one
   * @param white whether text of nothing but white space between tags matters
   * @throws XmlSyntaxError where the document is not well-formed
   * @throws XmlLimitError where it goes beyond the limits
   */
  next(first?: Spelling, second?: Spelling, white = true): Token {
    if (this.#empty) return this.#endEmpty()
    const { bytes } = this.source
    const length = this.#length
    for (let at = this.#at; ; ) {
      if (at >= length) return this.#end()
      if (bytes[at] !== LT) {
        const start = at
        if (!white || this.depth === 0) while (at < length && (CLASS[bytes[at] as number] as number) & WHITE) at++
        if (at < length && bytes[at] === LT) continue
        if (this.depth > 0) return this.#text(start)
        if (at < length) this.source.fail(at, `text ${this.#afterRoot ? 'after' : 'before'} the root element`)
        continue
      }
      const next = bytes[at + 1]
      if (next === SLASH) return this.#endTag(at)
      if (next === BANG) {
        if (bytes[at + 2] === OPEN_BRACKET && this.depth > 0) return this.#cdata(at)
        at = bytes[at + 2] === DASH ? endOfComment(this.source, at) : this.#endOfDoctype(at)
      } else if (next === QUESTION) at = endOfInstruction(this.source, this.#names, at)
      else return this.#startTag(at, first, second)
    }
  }

  /**
   * Reads a whole element at once, from its start tag to its end tag, if it is spelt so and has no attributes and nothing but
   * plain text in it. Most elements of most documents are of this kind.
   *
   * @returns false, with nothing read, for any other element
   */
  leaf({ start: open, end: close }: Spelling): boolean {
    const { source } = this
    const { bytes, view } = source
    const most = this.#length - open.size - close.size
    let at = this.#at
    while (at <= most && (CLASS[bytes[at] as number] as number) & WHITE) at++
    if (at > most || this.#empty || !isThere(view, at, open)) return false
    const start = at + open.size
    const end = endOfText(source, start)
    if (end + close.size > this.#length || !isThere(view, end, close)) return false
    // Whatever is wrong is found, and said, on the other way.
    if (this.#elements >= this.#limits.elements || this.depth >= this.#limits.depth) return false
    this.#elements++
    this.found(start, end)
    this.#at = end + close.size
    return true
  }

  /**
   * Reads on to the end of an element whose start tag has been read, if it has nothing but text in it.
   *
   * @returns false, with nothing read, for any other element
   */
  leafText(): boolean {
    const start = this.#at
    if (this.#empty) return false
    const end = endOfText(this.source, start)
    const after = this.source.bytes[end + 1] === SLASH ? this.#open.endOfTag(end, this.depth) : -1
    if (after < 0) return false
    this.found(start, end)
    this.#at = after
    this.#leave()
    return true
  }

  #end(): Token {
    if (this.depth > 0) this.source.fail(this.#length, `the document ends within '${this.#open.name(this.depth)}'`)
    if (!this.#afterRoot) this.source.fail(this.#length, 'the document has no element')
    this.#at = this.#length
    return DONE
  }

  #text(start: number): Token {
    const end = endOfText(this.source, start)
    this.found(start, end)
    this.#at = end
    return TEXT
  }

  #cdata(start: number): Token {
    const end = endOfCdata(this.source, start)
    this.found(start + CDATA_START, end)
    this.#at = end + 3
    return TEXT
  }

  #endOfDoctype(start: number): number {
    if (this.source.bytes[start + 2] === OPEN_BRACKET)
      this.source.fail(start, 'a CDATA section outside the root element')
    if (this.depth > 0 || !isDoctype(this.source, start)) this.source.fail(start, "'<!' that starts nothing")
    if (!this.#limits.doctype) this.source.fail(start, 'a DOCTYPE, which this document may not have')
    if (this.#doctype || this.#elements > 0) this.source.fail(start, 'a DOCTYPE that is not before the root element')
    this.#doctype = true
    return readDoctype(this.source, start)
  }

  #startTag(start: number, first: Spelling | undefined, second: Spelling | undefined): Token {
    const { bytes } = this.source
    const limits = this.#limits
    if (this.#afterRoot) this.source.fail(start, 'a second root element')
    if (++this.#elements > limits.elements) this.source.exceed(start, `more than ${limits.elements} elements`)
    if (this.depth >= limits.depth) this.source.exceed(start, `more than ${limits.depth} elements within each other`)
    const nameStart = start + 1
    const spelling = this.#isSpelt(start, first) ? first : this.#isSpelt(start, second) ? second : undefined
    this.expected = spelling === undefined ? 0 : spelling === first ? 1 : 2
    const end = spelling ? nameStart + spelling.length : this.#names.end(nameStart, 'the name of an element')
    const colon = spelling ? (spelling.colon < 0 ? -1 : nameStart + spelling.colon) : this.#names.colon
    this.#open.push(this.depth++, nameStart, end)
    this.attributes.count = 0
    let at = end
    if (bytes[at] !== GT) {
      at = this.attributes.read(nameStart, end, this.depth)
      if (bytes[at] === SLASH) {
        this.#empty = true
        at++
      }
    }
    this.#at = at + 1
    this.nameStart = nameStart
    this.nameColon = colon
    this.nameEnd = end
    this.uri = colon < 0 ? this.namespaces.default : this.namespaces.ofPrefix(nameStart, colon)
    return START
  }

  /** Whether a start tag has that name. */
  #isSpelt(start: number, spelling: Spelling | undefined): boolean {
    if (spelling === undefined || start + spelling.tag.size >= this.#length) return false
    if (!isThere(this.source.view, start, spelling.tag)) return false
    const after = this.source.bytes[start + spelling.tag.size] as number
    return after === GT || after === SLASH || ((CLASS[after] as number) & WHITE) !== 0
  }

  #endTag(start: number): Token {
    if (this.depth === 0) this.source.fail(start, 'an end tag without a start tag')
    const end = this.#open.endOfTag(start, this.depth)
    if (end < 0) {
      const isCut = !this.source.bytes.includes(GT, start)
      this.source.fail(
        start,
        isCut ? 'a tag that does not end' : `an end tag that is not the one of '${this.#open.name(this.depth)}'`,
      )
    }
    this.#at = end
    this.#leave()
    return END
  }

  #endEmpty(): Token {
    this.#empty = false
    this.#leave()
    return END
  }

  #leave(): void {
    if (this.namespaces.declaredAt === this.depth) this.namespaces.leave(this.depth)
    if (--this.depth === 0) this.#afterRoot = true
  }
}
