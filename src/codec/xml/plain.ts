import { escapeText } from './escape.ts'
import { lexical } from './lexical.ts'

/** How values without a schema are written. */
export interface PlainOptions {
  /** The name of the root element. */
  readonly root: string
  /** The name of a list's elements, `item` if not said. */
  readonly item?: string
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/**
 * Any JSON-like value as an XML document, for clients that are answered in XML: a property is an element, a list an
 * element with an `item` for each of its values, null `xsi:nil`, `undefined` left out, dates ISO text. A property whose
 * name is not an XML name has the characters in question written as `_xHHHH_`, so that no two names become one.
 *
 * Characters that XML cannot carry become U+FFFD: an answer that is otherwise whole is not withheld for one of them.
 */
export function writePlain(value: unknown, { root, item = 'item' }: PlainOptions): string {
  const name = elementName(root)
  const namespace = ` xmlns:xsi="${XSI}"`
  // What is not there is null in JSON too; a document must have a root element.
  const element = node(name, value, item, namespace) || node(name, null, item, namespace)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element}`
}

function node(name: string, value: unknown, item: string, attributes = ''): string {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return ''
  if (value === null) return `<${name}${attributes} xsi:nil="true"/>`
  if (typeof value !== 'object') {
    const text = escapeText(lexical(value), 'replace')
    return text === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${text}</${name}>`
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return node(name, value.toJSON(), item, attributes)
  let content = ''
  // In a list as in JSON: what is not there leaves its place, so that positions keep their meaning.
  if (Array.isArray(value)) for (const entry of value) content += node(item, entry, item) || node(item, null, item)
  else for (const [key, entry] of Object.entries(value)) content += node(elementName(key), entry, item)
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

const PLAIN_NAME = /^[A-Za-z_][\w.-]*$/
/** Names come from code and repeat with every answer; the bound is for those that come from data. */
const names = new Map<string, string>()

/** A property's name as an element's name. `_x` itself is escaped, which keeps the mapping reversible. */
export function elementName(key: string): string {
  if (PLAIN_NAME.test(key) && !key.includes('_x') && !/^xml/i.test(key)) return key
  const known = names.get(key)
  if (known !== undefined) return known
  const escaped = (character: string) =>
    `_x${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}_`
  let name = key.replace(/_(?=x)|[^\w.-]/gu, escaped)
  if (name === '') name = '_x_'
  else if (!/^[A-Za-z_]/.test(name) || /^xml/i.test(name)) name = escaped(name.charAt(0)) + name.slice(1)
  if (names.size < 1_000) names.set(key, name)
  return name
}

/** The property that an element's name stands for: the inverse of `elementName`, for whatever document. */
export function propertyName(name: string): string {
  if (!name.includes('_x')) return name
  return name === '_x_' ? '' : name.replace(/_x([\dA-Fa-f]{4,6})_/g, decoded)
}

/** What is not the number of a character stays as it is. */
function decoded(escaped: string, digits: string): string {
  const code = Number.parseInt(digits, 16)
  return code > 0x10ffff ? escaped : String.fromCodePoint(code)
}
