import { lexical } from '../../lexical.ts'
import type { Attribute, Child, Parts } from '../render.ts'
import { unwritable } from '../scope.ts'
import { isMissing, isScalar, plainValue } from '../value.ts'
import { type Dialect, notText, rootProperty, UTF8_DECLARATION } from '../writing.ts'
import { ATTRIBUTE, NAMESPACES_KEY, TEXT_KEY } from './options.ts'

/** How BadgerFish writes: what its reading gives, and text without its `$`. */
export const BADGERFISH_DIALECT: Dialect<undefined> = {
  takeApart,
  context: undefined,
  rootOf: (value) => rootProperty(plainValue(value)),
  rootName: (name) => name,
  declaration: `${UTF8_DECLARATION}\n`,
  declaresXsi: false,
  inherits: false,
  cdata: false,
  layout: undefined,
}

function takeApart(given: unknown): Parts<undefined> {
  const value = plainValue(given)
  if (value === null || isMissing(value)) return { attributes: [], content: [] }
  if (Array.isArray(value)) throw unwritable('a list within a list has no elements in BadgerFish')
  if (typeof value !== 'object') return { attributes: [], content: [lexical(value)] }
  const attributes: Attribute[] = []
  const content: (string | Child<undefined>)[] = []
  for (const [key, raw] of Object.entries(value)) {
    const entry = plainValue(raw)
    if (isMissing(entry)) continue
    if (key === NAMESPACES_KEY) attributes.push(...declarations(entry))
    else if (key === TEXT_KEY || key.startsWith(ATTRIBUTE)) {
      if (entry === null) continue
      const text = isScalar(entry) ? lexical(entry) : notText(key)
      if (key === TEXT_KEY) content.push(text)
      else attributes.push({ name: key.slice(ATTRIBUTE.length), value: text })
    } else for (const one of Array.isArray(entry) ? entry : [entry]) content.push(element(key, one))
  }
  return { attributes, content }
}

function element(name: string, value: unknown): Child<undefined> {
  return { name, value, context: undefined }
}

function declarations(block: unknown): Attribute[] {
  if (typeof block !== 'object' || block === null || Array.isArray(block)) notText(NAMESPACES_KEY)
  return Object.entries(block as object).map(([prefix, uri]) => ({
    name: prefix === TEXT_KEY ? 'xmlns' : `xmlns:${prefix}`,
    value: typeof uri === 'string' ? uri : notText(prefix),
  }))
}
