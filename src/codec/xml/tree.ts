import { Parser, processors } from 'xml2js'
import { FacetError } from '../../errors.ts'
import { guard } from './guard.ts'

/** An element as xml2js gives it, asked about by namespace URI and local name, never by prefix. */
export interface Element {
  readonly local: string
  readonly ns: string
  readonly text: string
  attribute(local: string, ns: string): string | undefined
  /** The child elements of that name, in the document's order; any namespace where none is given. */
  children(local: string, ns: string | undefined): Element[]
  /** Every child element, grouped by name. */
  all(): Element[]
}

interface Attribute {
  readonly value: string
  readonly local: string
  readonly uri: string
}

/** Neither key can be the name of an element, so no document can collide with them. */
const ATTRIBUTES = '@'
const TEXT = '#'
const NAME = `${ATTRIBUTES}ns`

type Node = Readonly<Record<string, unknown>>

/**
 * Reads a document. xml2js parses strictly, with namespaces, and never expands entities of a document's own.
 *
 * @throws FacetError `backend-malformed`; what the parser said, which quotes the document, stays in its cause
 */
export function parseXml(text: string): Element {
  const parser = new Parser({
    attrkey: ATTRIBUTES,
    charkey: TEXT,
    xmlns: true,
    // One list for elements of one local name, whatever their prefixes: the document's order holds across prefixes too.
    tagNameProcessors: [processors.stripPrefix],
    explicitArray: true,
    includeWhiteChars: true,
    async: false,
  })
  let failure: unknown = null
  let root: Node | null = null
  parser.on('error', (error: unknown) => {
    failure ??= error
    // Otherwise it would read on after the first error, and report every other one to nobody.
    throw error
  })
  parser.on('end', (result: Node | null) => {
    if (root) failure ??= new SyntaxError('more than one root element')
    root ??= result
  })
  try {
    guard(text)
    // Without a callback, which would end the parsing at the root's end and let anything follow it.
    parser.parseString(text)
  } catch (error) {
    failure ??= error
  }
  if (failure !== null) {
    const detail =
      failure instanceof RangeError ? `the answer has ${failure.message}` : 'the answer is not well-formed XML'
    throw new FacetError('backend-malformed', { detail, cause: failure })
  }
  const [node] = Object.values((root ?? {}) as Node)
  if (typeof node !== 'object' || node === null)
    throw new FacetError('backend-malformed', { detail: 'the answer is an empty document' })
  return element(node as Node)
}

function element(node: Node): Element {
  const { uri, local } = node[NAME] as { uri: string; local: string }
  const all = () =>
    Object.entries(node).flatMap(([key, value]) =>
      key === ATTRIBUTES || key === TEXT || key === NAME ? [] : elements(value),
    )
  return {
    local,
    ns: uri,
    text: (node[TEXT] as string | undefined) ?? '',
    attribute: (name, ns) => {
      for (const { local, uri, value } of Object.values((node[ATTRIBUTES] ?? {}) as Record<string, Attribute>)) {
        if (local === name && uri === ns) return value
      }
      return undefined
    },
    children: (name, ns) => {
      const named = Object.hasOwn(node, name) ? elements(node[name]) : []
      return ns === undefined ? named : named.filter((child) => child.ns === ns)
    },
    all,
  }
}

/** xml2js puts its own prototype where an element is called `__proto__`; only what it parsed itself bears a name. */
function elements(value: unknown): Element[] {
  return Array.isArray(value)
    ? value.filter((item: Node) => Object.hasOwn(item, NAME)).map((item: Node) => element(item))
    : []
}
