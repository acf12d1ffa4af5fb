import type { Element } from '../../codec/xml/index.ts'
import { type Documents, spokenOf } from '../documents.ts'
import { ImportError } from '../import-error.ts'
import { plainText } from '../print/layout.ts'
import { attribute, child, keyOf, type QName, qnameIn, WSDL, XSD } from '../qname.ts'
import { textOf } from '../xsd/facets.ts'
import type { SchemaSource } from '../xsd/schemas.ts'

/** A part of a service description that others name. */
export interface Definition {
  readonly node: Element
  readonly name: QName
  readonly location: string
}

/** Kinds of definitions, each with names of its own (WSDL 1.1, section 2.1). */
export type DefinitionKind = 'message' | 'portType' | 'binding' | 'service'

/** A service description with all that it imports. */
export interface Wsdl {
  /** The `targetNamespace` of the document that was asked for. */
  readonly ns: string
  readonly documentation: string
  readonly schemas: readonly SchemaSource[]
  /** In the order of the documents. */
  all(kind: DefinitionKind): readonly Definition[]
  /**
   * What an attribute of a definition names.
   *
   * @throws ImportError for a name of nothing
   */
  named(kind: DefinitionKind, node: Element, name: string, where: string): Definition
}

const KINDS: ReadonlySet<string> = new Set(['message', 'portType', 'binding', 'service'])

/**
 * Reads a WSDL 1.1 document and those that it imports.
 *
 * @throws ImportError for what is no WSDL, or WSDL 2.0
 */
export async function loadWsdl(documents: Documents, source: string): Promise<Wsdl> {
  const definitions = new Map<string, Definition>()
  const schemas: SchemaSource[] = []
  const seen = new Set<string>()

  const add = async (root: Element, location: string): Promise<void> => {
    seen.add(location)
    for (const types of root.children('types', WSDL)) {
      for (const schema of types.children('schema', XSD)) schemas.push({ root: schema, location, isInline: true })
    }
    for (const node of root.all().filter(({ ns }) => ns === WSDL)) {
      if (node.local === 'import') await follow(node, location)
      const local = attribute(node, 'name')
      if (!KINDS.has(node.local) || local === undefined) continue
      const name = { ns: attribute(root, 'targetNamespace') ?? '', local }
      const key = `${node.local} ${keyOf(name)}`
      if (!definitions.has(key)) definitions.set(key, { node, name, location })
    }
  }

  const follow = async (node: Element, from: string): Promise<void> => {
    const reference = attribute(node, 'location')
    if (reference === undefined) return
    const { root, location } = await documents.read(reference, from)
    if (seen.has(location)) return
    // What many tools write, though it is for schemas to import schemas.
    if (root.ns === XSD && root.local === 'schema') schemas.push({ root, location, isInline: false })
    else await add(checked(root, location), location)
  }

  const { root, location } = await documents.read(source)
  await add(checked(root, location), location)
  const said = child(root, 'documentation', WSDL)
  return {
    ns: attribute(root, 'targetNamespace') ?? '',
    documentation: said ? plainText(textOf(said)) : '',
    schemas,
    all: (kind) => [...definitions].flatMap(([key, found]) => (key.startsWith(`${kind} `) ? [found] : [])),
    named(kind, node, name, where) {
      const text = attribute(node, name)
      if (text === undefined) throw new ImportError(`${where} has no attribute '${name}'`)
      const found = definitions.get(`${kind} ${keyOf(named(node, text, where))}`)
      if (!found) throw new ImportError(`${where}: there is no ${kind} '${text}'`)
      return found
    },
  }
}

/** The name that a QName in a service description stands for. */
export function named(node: Element, text: string, where: string): QName {
  try {
    return qnameIn(node, text)
  } catch (error) {
    throw error instanceof ImportError ? new ImportError(`${where}: ${error.message}`) : error
  }
}

function checked(root: Element, location: string): Element {
  const at = spokenOf(location)
  if (root.local === 'definitions' && root.ns === WSDL) return root
  if (root.local === 'description' && root.ns === 'http://www.w3.org/ns/wsdl')
    throw new ImportError(`${at} is WSDL 2.0; only WSDL 1.1 can be imported`)
  if (root.local === 'schema' && root.ns === XSD)
    throw new ImportError(`${at} is an XML schema; the WSDL that uses it can be imported`)
  throw new ImportError(`${at} is no WSDL: its root element is '${root.local}'`)
}

/** The documentation of a part of a service description. */
export function wsdlDocumentation(node: Element): string {
  const said = child(node, 'documentation', WSDL)
  return said ? plainText(textOf(said)) : ''
}
