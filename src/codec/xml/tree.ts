import type { XmlLimits } from './limits.ts'
import { XML_NS, XMLNS_NS } from './namespaces.ts'
import { END, Scanner, START, TEXT } from './scanner.ts'

/** An element of a document that is kept whole, asked about by namespace URI and local name, never by prefix. */
export interface Element {
  readonly local: string
  /** The namespace's URI, '' for none. */
  readonly ns: string
  /** The element's own text, without that of the elements in it. */
  readonly text: string
  attribute(local: string, ns: string): string | undefined
  /** Every attribute, those that declare namespaces left out. */
  attributes(): readonly XmlAttribute[]
  /** The child elements of that name, in the document's order; any namespace where none is given. */
  children(local: string, ns: string | undefined): Element[]
  /** Every child element, in the document's order. */
  all(): Element[]
  /** The namespace of a prefix where this element stands ('' for the default one); undefined if it is not declared. */
  lookup(prefix: string): string | undefined
}

/**
 * Reads a whole document. For what no schema directs, such as a WSDL; answers of backends are read by `reader.ts`.
 *
 * @throws XmlSyntaxError
 * @throws XmlLimitError
 */
export function parseTree(bytes: Buffer, contentType: string | undefined, limits?: XmlLimits): Element {
  const scanner = new Scanner(limits)
  scanner.open(bytes, contentType)
  const open: TreeElement[] = []
  let root: TreeElement | undefined
  for (let token = scanner.next(); token !== 0; token = scanner.next()) {
    const parent = open.at(-1)
    if (token === TEXT) {
      if (parent) parent.text += scanner.text()
    } else if (token === END) open.pop()
    else if (token === START) {
      const element = new TreeElement(scanner, parent)
      parent?.elements.push(element)
      root ??= element
      open.push(element)
    }
  }
  return root as TreeElement
}

/** An attribute of an element that is kept. */
export interface XmlAttribute {
  readonly local: string
  readonly ns: string
  readonly value: string
}

class TreeElement implements Element {
  readonly local: string
  readonly ns: string
  text = ''
  readonly elements: TreeElement[] = []
  readonly #attributes: XmlAttribute[] = []
  readonly #parent: TreeElement | undefined
  readonly #declared = new Map<string, string>()

  constructor(scanner: Scanner, parent: TreeElement | undefined) {
    this.local = scanner.local()
    this.ns = scanner.uri
    this.#parent = parent
    const { attributes } = scanner
    for (let index = 0; index < attributes.count; index++) {
      const local = attributes.local(index)
      const ns = attributes.uris[index] as string
      const value = attributes.value(index)
      this.#attributes.push({ local, ns, value })
      if (ns === XMLNS_NS) this.#declared.set(attributes.prefix(index) === '' ? '' : local, value)
    }
  }

  attribute(local: string, ns: string): string | undefined {
    return this.#attributes.find((attribute) => attribute.local === local && attribute.ns === ns)?.value
  }

  attributes(): readonly XmlAttribute[] {
    return this.#attributes.filter(({ ns }) => ns !== XMLNS_NS)
  }

  children(local: string, ns: string | undefined): Element[] {
    return this.elements.filter((child) => child.local === local && (ns === undefined || child.ns === ns))
  }

  all(): Element[] {
    return [...this.elements]
  }

  lookup(prefix: string): string | undefined {
    for (let at: TreeElement | undefined = this; at; at = at.#parent) {
      const uri = at.#declared.get(prefix)
      if (uri !== undefined) return uri
    }
    return prefix === 'xml' ? XML_NS : prefix === '' ? '' : undefined
  }
}
