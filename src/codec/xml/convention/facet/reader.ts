import { XML_NS, XMLNS_NS, XSI_NS } from '../../namespaces.ts'
import { propertyName } from '../../plain.ts'
import type { Scanner } from '../../scanner.ts'
import { trimWhite } from '../../white.ts'
import { isBlank } from '../blank.ts'
import { qualified, StackBuilder } from '../builder.ts'
import { type Declared, KnownNamespaces } from '../known-namespaces.ts'
import type { PathNode } from '../paths.ts'
import { Properties } from '../properties.ts'
import type { FacetPath, FacetRules } from './options.ts'

interface Frame {
  readonly key: string
  readonly path: PathNode<FacetPath> | undefined
  /** Attributes and elements; made when there is one. */
  properties: Properties | undefined
  text: string
  isNil: boolean
  elements: number
  /** Whether all elements so far have the name of list entries. */
  onlyItems: boolean
  /** What is in it, where its order is kept. */
  readonly content: unknown[] | undefined
  declared: readonly Declared[]
}

/** Reads whatever is there after Facet's own convention. */
export class FacetReader extends StackBuilder<Frame> {
  readonly #rules: FacetRules
  readonly #isRoot: boolean
  readonly #known = new KnownNamespaces()

  /** @param isRoot whether the value is a whole document */
  constructor(rules: FacetRules, isRoot: boolean) {
    super()
    this.#rules = rules
    this.#isRoot = isRoot
  }

  protected override openElement(scanner: Scanner, parent: Frame | undefined): Frame {
    const { namespaces, paths } = this.#rules
    const key = this.#key(scanner.prefix(), scanner.local(), scanner.uri)
    const path = parent ? parent.path?.children.get(key) : paths
    const frame: Frame = {
      key,
      path,
      properties: undefined,
      text: '',
      isNil: false,
      elements: 0,
      onlyItems: true,
      content: path?.said?.ordered ? [] : undefined,
      declared: namespaces === 'prefix' ? this.#known.enter(scanner) : [],
    }
    for (const [prefix, uri] of frame.declared) {
      // What nil is written with is declared wherever something is written.
      if (prefix === 'xsi' && uri === XSI_NS) continue
      const name = this.#rules.attributePrefix + (prefix === '' ? 'xmlns' : `xmlns:${prefix}`)
      this.#properties(frame).set(name, uri)
    }
    if (scanner.attributes.count > 0) this.#readAttributes(frame, scanner)
    return frame
  }

  protected override addText(frame: Frame, text: string): void {
    frame.text += text
    const { content } = frame
    if (!content || text === '') return
    const last = content.length - 1
    if (typeof content[last] === 'string') content[last] = `${content[last]}${text}`
    else content.push(text)
  }

  protected override closeElement(frame: Frame, parent: Frame | undefined): unknown {
    if (frame.declared.length > 0) this.#known.leave(frame.declared)
    const value = this.#valueOf(frame)
    const { key } = frame
    if (!parent) return this.#isRoot && this.#rules.keepRoot ? named(key, value) : value
    parent.elements++
    if (parent.content) parent.content.push({ name: key, value })
    else {
      if (key !== this.#rules.item) parent.onlyItems = false
      this.#properties(parent).add(key, value, frame.path?.said?.list === true)
    }
    return value
  }

  #valueOf(frame: Frame): unknown {
    const { content, elements, properties } = frame
    if (frame.isNil && elements === 0 && isBlank(frame.text)) return this.#beside(properties, null)
    if (content) return this.#beside(properties, contentOf(content))
    if (elements === 0) {
      const text = this.#trimmed(frame.text)
      if (frame.path && isBlank(text)) {
        const empty = this.#emptyLists(frame, frame.path)
        if (empty) return empty
      }
      return properties && text === '' ? properties.values : this.#beside(properties, text)
    }
    const all = properties as Properties
    const hasText = !isBlank(frame.text)
    const { item } = this.#rules
    if (frame.onlyItems && all.size === 1 && item !== undefined && !hasText)
      return all.isList(item) ? all.values[item] : [all.values[item]]
    if (hasText) all.add(this.#rules.textName, this.#trimmed(frame.text), false)
    if (frame.path) this.#addMissing(all, frame.path)
    return all.values
  }

  /** Text, null or ordered content: by itself, or beside attributes. */
  #beside(properties: Properties | undefined, value: unknown): unknown {
    if (!properties) return value
    properties.add(this.#rules.textName, value, false)
    return properties.values
  }

  /** An empty element that has lists in it, or is one. */
  #emptyLists(frame: Frame, path: PathNode<FacetPath>): unknown {
    const lists = [...path.children].filter(([, { said }]) => said?.list)
    if (lists.length === 0) return undefined
    if (lists.length === 1 && lists[0]?.[0] === this.#rules.item && !frame.properties) return []
    const all = this.#properties(frame)
    this.#addMissing(all, path)
    return all.values
  }

  #addMissing(properties: Properties, { children }: PathNode<FacetPath>): void {
    for (const [key, { said }] of children) if (said?.list && !properties.has(key)) properties.set(key, [])
  }

  #readAttributes(frame: Frame, { attributes }: Scanner): void {
    const { attributePrefix, namespaces } = this.#rules
    for (let index = 0; index < attributes.count; index++) {
      const uri = attributes.uris[index] as string
      if (uri === XMLNS_NS) continue
      if (uri === XSI_NS) {
        const local = attributes.local(index)
        if (local === 'nil') frame.isNil = /^\s*(true|1)\s*$/.test(attributes.value(index))
        // They speak of the document and of its schema.
        if (local === 'nil' || namespaces === 'local') continue
      }
      const key = attributePrefix + this.#key(attributes.prefix(index), attributes.local(index), uri)
      const properties = this.#properties(frame)
      // Of two with one local name, the one without a namespace is the element's own.
      if (uri === '' || !properties.has(key)) properties.set(key, attributes.value(index))
    }
  }

  #properties(frame: Frame): Properties {
    frame.properties ??= new Properties()
    return frame.properties
  }

  #key(prefix: string, local: string, uri: string): string {
    const name = propertyName(local)
    const { namespaces } = this.#rules
    if (namespaces === 'local' || uri === '') return name
    if (namespaces === 'prefix' || uri === XML_NS) return qualified(prefix, name)
    return `{${uri}}${name}`
  }

  #trimmed(text: string): string {
    return this.#rules.trim ? trimWhite(text) : text
  }
}

function named(key: string, value: unknown): unknown {
  const root = new Properties()
  root.set(key, value)
  return root.values
}

/** White space alone stands between elements only to be looked at. */
function contentOf(content: readonly unknown[]): unknown[] {
  const isText = (entry: unknown) => typeof entry === 'string'
  const hasText = content.some((entry) => isText(entry) && !isBlank(entry as string))
  const hasElements = content.some((entry) => !isText(entry))
  return hasText || !hasElements ? [...content] : content.filter((entry) => !isText(entry))
}
