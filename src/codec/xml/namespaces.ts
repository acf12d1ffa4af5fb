import type { AttributeSpelling } from './attribute-list.ts'
import { type Declared, type Scope, Scopes } from './namespace-scope.ts'
import type { Source } from './source.ts'

/** Bound to the prefix `xml`, and to no other (Namespaces in XML 1.0, section 3). */
export const XML_NS = 'http://www.w3.org/XML/1998/namespace'
/** Where declarations themselves are; bound to the prefix `xmlns`. */
export const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'
/** `xsi:nil`, `xsi:type` (XML Schema part 1, section 2.6). */
export const XSI_NS = 'http://www.w3.org/2001/XMLSchema-instance'

/** `xop:Include` (XML-binary Optimized Packaging, section 2.1). */
export const XOP_NS = 'http://www.w3.org/2004/08/xop/include'

/** As long as there are no more declarations, looking through them is faster than any index. */
const FEW = 16

/** The namespaces in scope at one place of a document; '' is no namespace. */
export class Namespaces {
  readonly #source: Source
  readonly #scopes = new Scopes()
  #scope: Scope = this.#scopes.root
  /** The declarations in scope, the innermost last: prefix, namespace, depth of the element. */
  readonly #prefixes: string[] = []
  readonly #uris: string[] = []
  readonly #depths: number[] = []
  /** What holds before each of them. */
  readonly #before: Scope[] = []
  /** Once there are many: where the declarations of each prefix are among them, the innermost last. */
  readonly #index = new Map<string, number[]>()
  #isIndexed = false
  /** The prefix that was looked up last: where it stands, what it meant, and while which declarations hold. */
  #lastStart = 0
  #lastLength = 0
  #lastUri = ''
  #lastVersion = -1

  constructor(source: Source) {
    this.#source = source
  }

  /** The default namespace. */
  get default(): string {
    return this.#scope.default
  }

  /** What was looked up before holds while it is the same. */
  get version(): number {
    return this.#scope.version
  }

  /** Forgets a document. */
  reset(): void {
    this.#scopes.tidy()
    this.#scope = this.#scopes.root
    this.#lastVersion = -1
    if (this.#isIndexed) {
      this.#isIndexed = false
      this.#index.clear()
    }
    // A document that has been read to its end has taken its declarations with it.
    if (this.#depths.length > 0)
      this.#depths.length = this.#prefixes.length = this.#uris.length = this.#before.length = 0
  }

  /**
   * Declares once more what has been declared here before, in this document or another one.
   *
   * @param start where the declaration stands
   * @returns undefined, with nothing declared, for any other declaration
   */
  declareAgain(start: number, depth: number): Declared | undefined {
    const declared = this.#scope.next(this.#source.view, start)
    if (declared) this.#push(declared.prefix, declared.uri, depth, declared.scope)
    return declared
  }

  /**
   * Declares a prefix ('' for the default namespace) for an element and all in it.
   *
   * @param spelling how it is declared, where its bytes alone decide what it says
   * @returns what forbids it, if something does (Namespaces in XML 1.0, sections 2.2 and 3)
   */
  declare(prefix: string, uri: string, depth: number, spelling: AttributeSpelling | undefined): string | undefined {
    if (prefix === 'xmlns') return "the prefix 'xmlns' cannot be declared"
    if ((prefix === 'xml') !== (uri === XML_NS)) return "the prefix 'xml' and its namespace belong to each other alone"
    if (uri === XMLNS_NS) return 'the namespace of declarations cannot be declared'
    if (prefix !== '' && uri === '') return `the prefix '${prefix.slice(0, 40)}' is declared without a namespace`
    this.#push(prefix, uri, depth, this.#scopes.after(this.#scope, spelling, prefix, uri))
    return undefined
  }

  /** The depth of the innermost element that declares something, 0 if none does. */
  get declaredAt(): number {
    return this.#depths.length === 0 ? 0 : (this.#depths[this.#depths.length - 1] as number)
  }

  /** Ends what an element has declared. */
  leave(depth: number): void {
    while (this.declaredAt === depth) {
      this.#depths.pop()
      this.#uris.pop()
      const prefix = this.#prefixes.pop() as string
      if (this.#isIndexed) this.#index.get(prefix)?.pop()
      this.#scope = this.#before.pop() as Scope
    }
  }

  /** The namespace of a prefix, undefined if it is not declared. */
  lookup(prefix: string): string | undefined {
    return prefix === '' ? this.default : (this.#find(prefix) ?? (prefix === 'xml' ? XML_NS : undefined))
  }

  /**
   * The namespace of an element's prefix, by its place in the document. Neighbours mostly have the same one.
   *
   * @throws XmlSyntaxError for one that is not declared
   */
  ofPrefix(start: number, end: number): string {
    if (this.#lastVersion === this.#scope.version && this.#isLast(start, end)) return this.#lastUri
    const prefix = this.#source.text(start, end)
    const uri = this.lookup(prefix)
    if (uri === undefined) return this.#source.fail(start, `the prefix '${prefix.slice(0, 40)}' is not declared`)
    this.#lastStart = start
    this.#lastLength = end - start
    this.#lastUri = uri
    this.#lastVersion = this.#scope.version
    return uri
  }

  #push(prefix: string, uri: string, depth: number, scope: Scope): void {
    const place = this.#depths.push(depth) - 1
    this.#prefixes.push(prefix)
    this.#uris.push(uri)
    this.#before.push(this.#scope)
    if (this.#isIndexed) this.#enter(prefix, place)
    else if (place === FEW) this.#makeIndex()
    this.#scope = scope
  }

  #isLast(start: number, end: number): boolean {
    if (this.#lastLength !== end - start) return false
    const { bytes } = this.#source
    for (let offset = 0; offset < this.#lastLength; offset++) {
      if (bytes[this.#lastStart + offset] !== bytes[start + offset]) return false
    }
    return true
  }

  #find(prefix: string): string | undefined {
    if (this.#isIndexed) return this.#uris[this.#index.get(prefix)?.at(-1) ?? -1]
    for (let place = this.#prefixes.length - 1; place >= 0; place--) {
      if (this.#prefixes[place] === prefix) return this.#uris[place]
    }
    return undefined
  }

  #makeIndex(): void {
    this.#isIndexed = true
    for (const [place, prefix] of this.#prefixes.entries()) this.#enter(prefix, place)
  }

  #enter(prefix: string, place: number): void {
    const places = this.#index.get(prefix)
    if (places) places.push(place)
    else this.#index.set(prefix, [place])
  }
}
