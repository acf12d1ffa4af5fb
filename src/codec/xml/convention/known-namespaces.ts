import { XML_NS, XMLNS_NS } from '../namespaces.ts'
import type { Scanner } from '../scanner.ts'

/** A prefix ('' for the default namespace) and its namespace. */
export type Declared = readonly [prefix: string, uri: string]

const NONE: readonly Declared[] = []

/**
 * The namespaces that are known within a value, for conventions that keep prefixes: those that its elements declare, and
 * those that they use and that were declared outside of it, so that the value can be understood by itself.
 */
export class KnownNamespaces {
  /** Of each prefix, the innermost last. */
  readonly #known = new Map<string, string[]>()

  /** What an element makes known, in the document's order. */
  enter(scanner: Scanner): readonly Declared[] {
    const { attributes } = scanner
    let made: Declared[] | undefined
    const know = (prefix: string, uri: string) => {
      made ??= []
      made.push([prefix, uri])
      const known = this.#known.get(prefix)
      if (known) known.push(uri)
      else this.#known.set(prefix, [uri])
    }
    for (let index = 0; index < attributes.count; index++) {
      if (attributes.uris[index] === XMLNS_NS)
        know(attributes.colon(index) < 0 ? '' : attributes.local(index), attributes.value(index))
    }
    const prefix = scanner.prefix()
    if (this.#isNews(prefix, scanner.uri)) know(prefix, scanner.uri)
    for (let index = 0; index < attributes.count; index++) {
      const uri = attributes.uris[index] as string
      if (uri === '' || uri === XMLNS_NS) continue
      const prefix = attributes.prefix(index)
      if (this.#isNews(prefix, uri)) know(prefix, uri)
    }
    return made ?? NONE
  }

  /** Forgets what an element made known. */
  leave(declared: readonly Declared[]): void {
    for (const [prefix] of declared) this.#known.get(prefix)?.pop()
  }

  #isNews(prefix: string, uri: string): boolean {
    return uri !== XML_NS && (this.#known.get(prefix)?.at(-1) ?? '') !== uri
  }
}
