import type { Element } from '../../codec/xml/index.ts'
import { type Documents, spokenOf } from '../documents.ts'
import { ImportError } from '../import-error.ts'
import type { Notes } from '../notes.ts'
import { attribute, keyOf, type QName, qnameIn, SOAP_ENCODING, WSDL, XML, XSD } from '../qname.ts'

/** A schema document, as it counts where it was included. */
export interface SchemaFile {
  readonly root: Element
  readonly location: string
  /** Its target namespace; without one of its own, that of the document that includes it (part 1, section 4.2.1). */
  readonly ns: string
  readonly isChameleon: boolean
}

/** The kinds of names that schemas give; simple and complex types share theirs. */
export type Kind = 'element' | 'type' | 'attribute' | 'group' | 'attributeGroup'

/** Something that a schema declares by name. */
export interface Component {
  readonly node: Element
  readonly file: SchemaFile
  readonly name: QName
  /** It was declared before, and that is what counts. */
  again: boolean
}

/** All schema documents of an import. */
export interface Schemas {
  /**
   * What a name stands for.
   *
   * @throws ImportError if no schema declares it
   */
  find(kind: Kind, name: QName, where: string): Component
  has(kind: Kind, name: QName): boolean
  /** The name that a QName in a schema stands for. */
  resolve(file: SchemaFile, node: Element, text: string, where: string): QName
  /** Everything declared of a kind, in the order of the documents. */
  all(kind: 'element' | 'type'): readonly Component[]
}

/** A schema to begin with. */
export interface SchemaSource {
  readonly root: Element
  readonly location: string
  /** It stands in a WSDL, and is not a document of its own. */
  readonly isInline: boolean
}

const KINDS: Readonly<Record<string, Kind>> = {
  element: 'element',
  simpleType: 'type',
  complexType: 'type',
  attribute: 'attribute',
  group: 'group',
  attributeGroup: 'attributeGroup',
}
/** What is built in, or only describes how services are described: never fetched. */
const KNOWN = new Set([XSD, XML, SOAP_ENCODING, WSDL, `${XSD}-instance`])

/**
 * Reads schemas and all that they include and import (part 1, section 4.2), each document once for each namespace that it
 * counts in; a circle of them ends where it began.
 *
 * @throws ImportError for a document that cannot be read, or is no schema
 */
export async function loadSchemas(
  documents: Documents,
  sources: readonly SchemaSource[],
  notes: Notes,
): Promise<Schemas> {
  const components = new Map<string, Component>()
  const seen = new Set<string>()

  const add = async (
    root: Element,
    location: string,
    including: string | undefined,
    isInline = false,
  ): Promise<void> => {
    if (root.local !== 'schema' || root.ns !== XSD)
      throw new ImportError(`${spokenOf(location)} is no XML schema: its root element is '${root.local}'`)
    const own = attribute(root, 'targetNamespace')
    if (own !== undefined && including !== undefined && own !== including)
      throw new ImportError(`${spokenOf(location)} has the namespace '${own}' but is included in '${including}'`)
    const file = {
      root,
      location,
      ns: own ?? including ?? '',
      isChameleon: own === undefined && including !== undefined,
    }
    const key = `${location} ${file.ns}`
    if (!isInline && seen.has(key)) return
    if (!isInline) seen.add(key)
    for (const node of root.all()) {
      if (node.ns !== XSD) continue
      if (node.local === 'include' || node.local === 'import' || node.local === 'redefine' || node.local === 'override')
        await follow(node, file)
      else declare(node, file)
    }
  }

  const follow = async (node: Element, file: SchemaFile): Promise<void> => {
    const isImport = node.local === 'import'
    const reference = attribute(node, 'schemaLocation')
    if (reference === undefined || (isImport && KNOWN.has(attribute(node, 'namespace') ?? ''))) return
    const { root, location } = await documents.read(reference, file.location)
    await add(root, location, isImport ? undefined : file.ns)
    if (node.local !== 'redefine' && node.local !== 'override') return
    const changed = node.all().flatMap((part) => attribute(part, 'name') ?? [])
    if (changed.length > 0)
      notes.sayAtHead(
        `schema ${file.ns}`,
        `xs:${node.local} is read as xs:include: its changes of ${changed.join(', ')} are left out`,
      )
  }

  const declare = (node: Element, file: SchemaFile): void => {
    const kind = KINDS[node.local]
    const local = attribute(node, 'name')
    if (kind === undefined || local === undefined) return
    const name = { ns: file.ns, local }
    const key = `${kind} ${keyOf(name)}`
    const known = components.get(key)
    if (known) known.again = true
    else components.set(key, { node, file, name, again: false })
  }

  for (const { root, location, isInline } of sources) await add(root, location, undefined, isInline)
  return {
    find(kind, name, where) {
      const component = components.get(`${kind} ${keyOf(name)}`)
      if (!component) throw new ImportError(`${where}: no schema declares the ${kind} ${keyOf(name)}`)
      if (component.again)
        notes.sayAtHead(`${kind} ${name.local}`, 'declared more than once: the first declaration counts')
      return component
    },
    has: (kind, name) => components.has(`${kind} ${keyOf(name)}`),
    resolve(file, node, text, where) {
      try {
        const name = qnameIn(node, text)
        return name.ns === '' && file.isChameleon ? { ...name, ns: file.ns } : name
      } catch (error) {
        throw error instanceof ImportError ? new ImportError(`${where}: ${error.message}`) : error
      }
    },
    all: (kind) => [...components].flatMap(([key, component]) => (key.startsWith(`${kind} `) ? [component] : [])),
  }
}
