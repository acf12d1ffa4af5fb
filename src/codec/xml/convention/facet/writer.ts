import { lexical } from '../../lexical.ts'
import { isXmlName } from '../../names.ts'
import { elementName } from '../../plain.ts'
import { isBlank } from '../blank.ts'
import type { PathNode } from '../paths.ts'
import type { Attribute, Child, Parts } from '../render.ts'
import { unwritable } from '../scope.ts'
import { isMissing, isScalar, plainValue } from '../value.ts'
import type { FacetPath, FacetRules } from './options.ts'

/** Where in the value something is. */
export type FacetContext = PathNode<FacetPath> | undefined
type Content = (string | Child<FacetContext>)[]

const NIL: Attribute = { name: 'xsi:nil', value: 'true' }
const NOTHING: Parts<FacetContext> = { attributes: [], content: [] }

/** A property's name as an element's, its prefix kept as one. */
export function prefixedName(key: string): string {
  const colon = key.indexOf(':')
  if (colon <= 0 || !isXmlName(key.slice(0, colon))) return elementName(key)
  return `${key.slice(0, colon)}:${elementName(key.slice(colon + 1))}`
}

/** Takes a value apart after Facet's own convention. */
export function takeApartFacet(rules: FacetRules): (value: unknown, context: FacetContext) => Parts<FacetContext> {
  const { attributePrefix, textName, item = 'item' } = rules

  const takeApart = (given: unknown, path: FacetContext): Parts<FacetContext> => {
    const value = plainValue(given)
    // What is not there is null in JSON too, where there has to be something.
    if (value === null || isMissing(value)) return { attributes: [NIL], content: [] }
    if (typeof value !== 'object') return { attributes: [], content: [lexical(value)] }
    if (!Array.isArray(value)) return takeObjectApart(value as Readonly<Record<string, unknown>>, path)
    return path?.said?.ordered
      ? { attributes: [], content: inOrder(value, path) }
      : { attributes: [], content: items(value, path) }
  }

  const takeObjectApart = (value: Readonly<Record<string, unknown>>, path: FacetContext): Parts<FacetContext> => {
    const attributes: Attribute[] = []
    const content: Content = []
    const properties = Object.entries(value).map(([key, given]) => [key, plainValue(given)] as const)
    const present = properties.filter(([, entry]) => !isMissing(entry))
    for (const [key, entry] of present) {
      if (key === textName && isText(entry, present, path)) {
        if (entry === null) attributes.push(NIL)
        else if (Array.isArray(entry)) for (const one of inOrder(entry, path as PathNode<FacetPath>)) content.push(one)
        else content.push(lexical(entry))
      } else if (isAttribute(key, entry)) {
        attributes.push(attribute(key.slice(attributePrefix.length), lexical(entry)))
      } else {
        const child = path?.children.get(key)
        const isList = Array.isArray(entry) && isRepeated(child)
        for (const one of isList ? entry : [entry]) content.push(element(key, one, child))
      }
    }
    return attributes.length + content.length === 0 ? NOTHING : { attributes, content }
  }

  const isAttribute = (key: string, value: unknown): boolean =>
    isScalar(value) && key.startsWith(attributePrefix) && key !== attributePrefix

  /** Whether a list is one element after the other, and not entries in an element. */
  const isRepeated = (path: FacetContext): boolean =>
    path?.said?.list === true || (rules.item === undefined && path?.said?.ordered !== true)

  /** Whether the property for text can be text: what a reader would not find again as such is an element instead. */
  const isText = (value: unknown, present: readonly (readonly [string, unknown])[], path: FacetContext): boolean => {
    const isElement = ([key, entry]: readonly [string, unknown]) => key !== textName && !isAttribute(key, entry)
    if (Array.isArray(value)) return path?.said?.ordered === true
    if (value === null) return !present.some(isElement)
    return isScalar(value) && !(isBlank(lexical(value)) && present.some(isElement))
  }

  /** In a list as in JSON: what is not there leaves its place, so that positions keep their meaning. */
  const items = (values: readonly unknown[], path: FacetContext): Content => {
    const child = path?.children.get(item)
    return Array.from(values, (value) => element(item, value, child))
  }

  const inOrder = (values: readonly unknown[], path: PathNode<FacetPath>): Content =>
    Array.from(values, (value) => {
      if (isScalar(value)) return lexical(value)
      const { name, value: inner } = (value ?? {}) as { readonly name?: unknown; readonly value?: unknown }
      if (typeof name !== 'string') throw unwritable('ordered content is a list of text and of { name, value }')
      return element(name, inner, path.children.get(name))
    })

  const element = (key: string, value: unknown, context: FacetContext): Child<FacetContext> => ({
    ...spelt(key),
    value,
    context,
  })

  const attribute = (key: string, value: string): Attribute =>
    rules.namespaces === 'prefix' && /^xmlns(:|$)/.test(key) ? { name: key, value } : { ...spelt(key, ''), value }

  /** A property's name as it is written, the inverse of what the reader makes of it. */
  const spelt = (key: string, none?: string): { readonly name: string; readonly uri?: string | undefined } => {
    const { namespaces } = rules
    if (namespaces === 'uri') {
      const [, uri, local] = /^\{([^{}]+)\}(.*)$/s.exec(key) ?? []
      if (uri !== undefined && local !== undefined) return { name: elementName(local), uri }
      if (none === '' && key.startsWith('xml:')) return { name: key }
      return { name: elementName(key), uri: '' }
    }
    return { name: namespaces === 'prefix' ? prefixedName(key) : elementName(key) }
  }

  return takeApart
}
