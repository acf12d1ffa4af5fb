import { AttributeList } from './attribute-list.ts'
import {
  AMP,
  APOS,
  CLASS,
  EQUALS,
  FORBIDDEN,
  GT,
  LT,
  NAME,
  NAME_START,
  QUOTE,
  SLASH,
  STOPS_VALUE,
  WHITE,
} from './bytes.ts'
import type { XmlLimits } from './limits.ts'
import type { NameScanner } from './name-scanner.ts'
import { type Namespaces, XMLNS_NS, XSI_NS } from './namespaces.ts'
import { endOfReference } from './reference-scanner.ts'
import { readScalar } from './scalars.ts'
import { NON_ASCII, REFERENCES, type Source, TOKENS, UNNORMALISED } from './source.ts'

/** The letter that `xmlns` starts with. */
const X = 0x78

/** Reads the attributes of a tag, the declarations of namespaces among them. */
export class Attributes extends AttributeList {
  /** Whether one of them has a prefix: without one none is in a namespace. */
  hasPrefixes = false
  readonly #source: Source
  readonly #names: NameScanner
  readonly #namespaces: Namespaces
  readonly #most: number
  /** Namespaces are compared at every element: long ones that differ at their end would take time. */
  readonly #longest: number

  constructor(source: Source, names: NameScanner, namespaces: Namespaces, limits: Required<XmlLimits>) {
    super(source)
    this.#source = source
    this.#names = names
    this.#namespaces = namespaces
    this.#most = limits.attributes
    this.#longest = limits.nameLength
  }

  /**
   * Reads what follows the name in a start tag.
   *
   * @param nameStart where the element's name starts
   * @param from where it ends
   * @param depth of the element
   * @returns the place of the `>` or `/>` that ends the tag
   */
  read(nameStart: number, from: number, depth: number): number {
    const source = this.#source
    const { bytes } = source
    let at = from
    const element = source.declared && source.text(nameStart, from)
    let declared = false
    let prefixed = false
    for (;;) {
      const before = at
      while ((CLASS[bytes[at] as number] as number) & WHITE) at++
      const byte = bytes[at]
      if (byte === GT) break
      if (byte === SLASH) {
        if (bytes[at + 1] !== GT) source.fail(at, "'/' in a tag that is not its end")
        break
      }
      if (at >= bytes.length) source.fail(from, 'a tag that does not end')
      if (at === before) source.fail(at, 'white space was expected before an attribute')
      if (element === undefined) {
        const after = byte === X ? this.#declareAgain(at, depth) : this.#plain(at)
        if (after >= 0) {
          at = after
          continue
        }
      }
      at = this.#attribute(at, element)
      if (this.#names.colon >= 0) prefixed = true
      if (this.#declares(this.count - 1)) declared = true
    }
    if (declared) this.#declare(depth)
    this.hasPrefixes = prefixed
    if (prefixed) this.#resolve()
    if (this.count > 1) {
      const duplicate = this.duplicate()
      if (duplicate >= 0) source.fail(duplicate, 'two attributes of one element have the same name')
    }
    return at
  }

  /** Whether `xsi:nil` says that the element has no value (XML Schema part 1, section 2.6.2). */
  isNil(): boolean {
    if (this.count === 0 || !this.hasPrefixes) return false
    const nil = this.named('nil', XSI_NS)
    return nil !== undefined && readScalar(nil, 'boolean') === true
  }

  /**
   * One attribute of the most frequent kind: without a prefix, and with nothing in its value that needs a look.
   *
   * @returns the place after the quote that ends its value; -1, with nothing read, for any other one
   */
  #plain(start: number): number {
    const { bytes } = this.#source
    if (((CLASS[bytes[start] as number] as number) & NAME_START) === 0) return -1
    let at = start + 1
    while ((CLASS[bytes[at] as number] as number) & NAME) at++
    const nameEnd = at
    const quote = bytes[at + 1]
    if (bytes[at] !== EQUALS || (quote !== QUOTE && quote !== APOS)) return -1
    if (nameEnd - start > this.#longest || this.count === this.#most) return -1
    let seen = 0
    for (at += 2; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if ((CLASS[byte] as number) & STOPS_VALUE) break
      seen |= byte
    }
    if (bytes[at] !== quote) return -1
    this.add(start, -1, nameEnd, nameEnd + 2, at, seen >= 0x80 ? NON_ASCII : 0)
    return at + 1
  }

  /** The same for the declaration of a namespace that has been made here before: it is known by its bytes. */
  #declareAgain(start: number, depth: number): number {
    if (this.count === this.#most) return -1
    const declared = this.#namespaces.declareAgain(start, depth)
    if (declared === undefined) return -1
    const { colon, nameLength, bytes } = declared
    const end = start + bytes.size - 1
    this.add(start, colon < 0 ? -1 : start + colon, start + nameLength, start + declared.valueStart, end, 0)
    this.uris[this.count - 1] = XMLNS_NS
    return end + 1
  }

  /** One attribute, from its name to the place after the quote that ends its value. */
  #attribute(start: number, element: string | undefined): number {
    const source = this.#source
    const { bytes } = source
    if (this.count === this.#most) source.exceed(start, `more than ${this.#most} attributes of one element`)
    const nameEnd = this.#names.end(start, 'the name of an attribute')
    let at = nameEnd
    while ((CLASS[bytes[at] as number] as number) & WHITE) at++
    if (bytes[at] !== EQUALS) source.fail(at, "'=' was expected after the name of an attribute")
    at++
    while ((CLASS[bytes[at] as number] as number) & WHITE) at++
    const quote = bytes[at]
    if (quote !== QUOTE && quote !== APOS) source.fail(at, 'the value of an attribute must stand in quotes')
    const valueStart = ++at
    let flags = element !== undefined && this.#isTokens(element, source.text(start, nameEnd)) ? TOKENS : 0
    let seen = 0
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (((CLASS[byte] as number) & STOPS_VALUE) === 0) seen |= byte
      else if (byte === quote) {
        this.add(start, this.#names.colon, nameEnd, valueStart, at, seen >= 0x80 ? flags | NON_ASCII : flags)
        return at + 1
      } else if (byte === AMP) {
        flags |= REFERENCES
        at = endOfReference(source, at)
      } else if (byte === LT) source.fail(at, "'<' in the value of an attribute")
      else if ((CLASS[byte] as number) & FORBIDDEN) source.forbid(at)
      else if (byte !== QUOTE && byte !== APOS) flags |= UNNORMALISED
    }
    return source.fail(valueStart, 'the value of an attribute that does not end')
  }

  #isTokens(element: string, attribute: string): boolean {
    return this.#source.declared?.get(`${element} ${attribute}`) === false
  }

  /** Whether an attribute is a namespace declaration. */
  #declares(index: number): boolean {
    if (this.#source.bytes[this.nameStart(index)] !== X) return false
    const colon = this.colon(index)
    return colon < 0 ? this.isLocal(index, 'xmlns') : this.prefix(index) === 'xmlns'
  }

  /** Declarations first, since they hold for every attribute of the tag, whatever the order. */
  #declare(depth: number): void {
    for (let index = 0; index < this.count; index++) {
      if (this.uris[index] === XMLNS_NS || !this.#declares(index)) continue
      this.uris[index] = XMLNS_NS
      const start = this.nameStart(index)
      const prefix = this.colon(index) < 0 ? '' : this.local(index)
      const uri = this.value(index)
      if (uri.length > this.#longest) this.#source.exceed(start, `a namespace of more than ${this.#longest} characters`)
      const fault = this.#namespaces.declare(prefix, uri, depth, this.spelling(index))
      if (fault !== undefined) this.#source.fail(start, fault)
    }
  }

  #resolve(): void {
    for (let index = 0; index < this.count; index++) {
      if (this.colon(index) < 0 || this.uris[index] === XMLNS_NS) continue
      const prefix = this.prefix(index)
      const uri = this.#namespaces.lookup(prefix)
      if (uri === undefined)
        this.#source.fail(this.nameStart(index), `the prefix '${prefix.slice(0, 40)}' is not declared`)
      this.uris[index] = uri as string
    }
  }
}
