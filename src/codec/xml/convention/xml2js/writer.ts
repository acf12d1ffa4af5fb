import { lexical } from '../../lexical.ts'
import type { Attribute, Child, Parts } from '../render.ts'
import { isMissing, isScalar, plainValue } from '../value.ts'
import { type Dialect, notText, onlyProperty } from '../writing.ts'
import type { Xml2jsConvention } from './options.ts'

/** The elements of a list within a list, which xml2js drops. */
const ITEM = 'item'
const NOTHING: Parts<undefined> = { attributes: [], content: [] }

/** How the convention of xml2js writes: what its Builder makes, without what that loses or lets through. */
export function xml2jsDialect(convention: Xml2jsConvention): Dialect<undefined> {
  const { attrkey = '$', charkey = '_', rootName = 'root', xmlns, headless, xmldec } = convention
  const { pretty = false, indent = '  ', newline = '\n' } = convention.renderOpts ?? { pretty: true }
  const { version = '1.0', encoding, standalone } = xmldec ?? { encoding: 'UTF-8', standalone: true }

  const takeApart = (given: unknown): Parts<undefined> => {
    const value = plainValue(given)
    if (value === null || isMissing(value)) return NOTHING
    if (typeof value !== 'object') return { attributes: [], content: [lexical(value)] }
    if (Array.isArray(value)) return { attributes: [], content: value.map((entry) => element(ITEM, entry)) }
    const attributes: Attribute[] = []
    const content: (string | Child<undefined>)[] = []
    for (const [key, raw] of Object.entries(value)) {
      const entry = plainValue(raw)
      if (isMissing(entry) || (xmlns && key === `${attrkey}ns`)) continue
      if (key === attrkey) attributes.push(...attributesOf(entry))
      else if (key === charkey) {
        if (entry !== null) content.push(isScalar(entry) ? lexical(entry) : notText(key))
      } else for (const one of Array.isArray(entry) ? entry : [entry]) content.push(element(key, one))
    }
    return { attributes, content }
  }

  const attributesOf = (block: unknown): Attribute[] => {
    if (typeof block !== 'object' || Array.isArray(block)) notText(attrkey)
    return Object.entries(block ?? {}).flatMap(([name, raw]) => {
      // With namespaces, reading makes an object of each.
      const described = xmlns && typeof raw === 'object' && raw !== null && 'value' in raw ? raw.value : raw
      const value = plainValue(described)
      if (value === null || isMissing(value)) return []
      return [{ name, value: isScalar(value) ? lexical(value) : notText(name) }]
    })
  }

  const element = (name: string, value: unknown): Child<undefined> => ({ name, value, context: undefined })

  const rootOf = (given: unknown) => {
    const value = plainValue(given)
    const only = rootName === 'root' ? onlyProperty(value) : undefined
    if (!only || only[0] === attrkey || only[0] === charkey || Array.isArray(only[1])) return { name: rootName, value }
    return { name: only[0], value: only[1] }
  }

  const said = [
    `version="${version}"`,
    encoding === undefined ? '' : ` encoding="${encoding}"`,
    standalone === undefined ? '' : ` standalone="${standalone ? 'yes' : 'no'}"`,
  ]
  return {
    takeApart,
    context: undefined,
    rootOf,
    rootName: (name) => name,
    declaration: headless ? '' : `<?xml ${said.join('')}?>${pretty ? newline : ''}`,
    declaresXsi: false,
    inherits: false,
    cdata: convention.cdata ?? false,
    layout: pretty ? { indent, newline } : undefined,
  }
}
