import { lexical } from '../../lexical.ts'
import { isXmlName } from '../../names.ts'
import type { Attribute, Child, Parts } from '../render.ts'
import { isMissing, isScalar, plainValue } from '../value.ts'
import { type Dialect, notText, onlyProperty, UTF8_DECLARATION } from '../writing.ts'
import type { ApigeeConvention } from './options.ts'
import { apigeeRules } from './rules.ts'

type Content = (string | Child<undefined>)[]

/** How Apigee's JSONToXML policy writes. */
export function apigeeDialect(convention: ApigeeConvention): Dialect<undefined> {
  const { objectRootElementName = 'Root', arrayRootElementName = 'Array', arrayItemElementName = 'Item' } = convention
  const { indent = false, omitXmlDeclaration = false } = convention
  const rules = apigeeRules(convention)
  const { attributeBlockName, attributePrefix, namespaceBlockName, nullValue, textNodeName } = rules

  const takeApart = (given: unknown): Parts<undefined> => {
    const value = plainValue(given)
    if (value === null || isMissing(value) || value === nullValue) return { attributes: [], content: [] }
    if (typeof value !== 'object') return { attributes: [], content: [lexical(value)] }
    if (Array.isArray(value))
      return { attributes: [], content: value.map((entry) => element(arrayItemElementName, entry)) }
    const attributes: Attribute[] = []
    const content: Content = []
    let pieces: string[] = []
    for (const [key, raw] of Object.entries(value)) {
      const entry = plainValue(raw)
      if (isMissing(entry)) continue
      if (key === namespaceBlockName) attributes.push(...declarations(entry))
      else if (key === attributeBlockName) attributes.push(...block(entry))
      else if (key === textNodeName) {
        if (Array.isArray(entry)) pieces = entry.flatMap(text)
        else content.push(...text(entry))
      } else if (isAttribute(key) && (isScalar(entry) || entry === null)) attributes.push(...attribute(key, entry))
      else for (const one of Array.isArray(entry) ? entry : [entry]) content.push(element(spelt(key), one))
    }
    return { attributes, content: pieces.length === 0 ? content : between(pieces, content) }
  }

  const isAttribute = (key: string): boolean => attributePrefix !== '' && key.startsWith(attributePrefix)

  const attribute = (key: string, given: unknown): Attribute[] => {
    const value = plainValue(given)
    if (value === null || isMissing(value)) return []
    const name = spelt(isAttribute(key) ? key.slice(attributePrefix.length) : key)
    return [{ name, value: isScalar(value) ? lexical(value) : notText(key) }]
  }

  const block = (entry: unknown): Attribute[] => {
    if (typeof entry !== 'object' || Array.isArray(entry)) notText(attributeBlockName as string)
    return Object.entries(entry ?? {}).flatMap(([key, value]) => attribute(key, value))
  }

  const declarations = (entry: unknown): Attribute[] => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) notText(namespaceBlockName as string)
    return Object.entries(entry as object).map(([prefix, uri]) => ({
      name: prefix === rules.defaultNamespaceNodeName ? 'xmlns' : `xmlns:${prefix}`,
      value: typeof uri === 'string' ? uri : notText(prefix),
    }))
  }

  const text = (entry: unknown): string[] => {
    if (entry === null || entry === nullValue) return []
    return [isScalar(entry) ? lexical(entry) : notText(textNodeName)]
  }

  const spelt = (key: string): string => {
    const { namespaceSeparator: separator } = rules
    const at = separator === undefined ? -1 : key.indexOf(separator)
    if (at <= 0) return valid(key)
    return `${valid(key.slice(0, at))}:${valid(key.slice(at + (separator as string).length))}`
  }

  /** A run of characters that a name cannot have is replaced as one. */
  const valid = (name: string): string => {
    const { invalidCharsReplacement: replacement } = convention
    if (replacement === undefined || isXmlName(name)) return name
    let replaced = ''
    let isRun = false
    for (const character of name) {
      const fits = isXmlName(replaced === '' ? character : `_${character}`)
      if (fits) replaced += character
      else if (!isRun) replaced += replacement
      isRun = !fits
    }
    return replaced === '' ? replacement : replaced
  }

  const element = (name: string, value: unknown): Child<undefined> => ({ name, value, context: undefined })

  const rootOf = (given: unknown) => {
    const value = plainValue(given)
    if (Array.isArray(value)) return { name: arrayRootElementName, value }
    const only = onlyProperty(value)
    const isElement =
      only &&
      !Array.isArray(only[1]) &&
      ![textNodeName, attributeBlockName, namespaceBlockName].includes(only[0]) &&
      !(isAttribute(only[0]) && isScalar(only[1]))
    return isElement ? { name: spelt(only[0]), value: only[1] } : { name: objectRootElementName, value }
  }

  return {
    takeApart,
    context: undefined,
    rootOf,
    rootName: (name) => name,
    declaration: omitXmlDeclaration ? '' : `${UTF8_DECLARATION}${indent ? '\n' : ''}`,
    declaresXsi: false,
    inherits: false,
    cdata: false,
    layout: indent ? { indent: '  ', newline: '\n' } : undefined,
  }
}

/** Pieces of text are what elements have left of it: a list of them goes before, between and after elements. */
function between(pieces: readonly string[], elements: Content): Content {
  const content: Content = []
  for (let at = 0; at < Math.max(pieces.length, elements.length); at++)
    content.push(...pieces.slice(at, at + 1), ...elements.slice(at, at + 1))
  return content
}
