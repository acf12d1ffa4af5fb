import type { Element } from '../../codec/xml/index.ts'
import { plainText } from '../print/layout.ts'
import { attribute, child, XSD } from '../qname.ts'

/** What restricts a simple type, over all steps of its derivation (XML Schema part 2, section 4.3). */
export interface Facets {
  /** Of the last step that has any. */
  readonly enumeration?: readonly string[]
  /** A value matches one of each step's. */
  readonly patterns: readonly (readonly string[])[]
  readonly length?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly min?: Bound
  readonly max?: Bound
  readonly totalDigits?: number
  readonly fractionDigits?: number
  /** Restrictions that are not of XML Schema 1.0. */
  readonly unknown: readonly string[]
}

export interface Bound {
  readonly text: string
  readonly exclusive: boolean
}

export const NO_FACETS: Facets = { patterns: [], unknown: [] }

const COUNTS = ['length', 'minLength', 'maxLength', 'totalDigits', 'fractionDigits'] as const
const BOUNDS = {
  minInclusive: ['min', false],
  minExclusive: ['min', true],
  maxInclusive: ['max', false],
  maxExclusive: ['max', true],
} as const
/** What a restriction has besides facets; white space is left as it is sent. */
const OTHERS = new Set(
  'annotation simpleType attribute attributeGroup anyAttribute whiteSpace pattern enumeration'.split(' '),
)

/** A type's restrictions with those of one more step. */
export function restricted(before: Facets, restriction: Element): Facets {
  const facets: { -readonly [K in keyof Facets]: Facets[K] } = { ...before }
  const values = (name: string) => restriction.children(name, XSD).map((facet) => attribute(facet, 'value') ?? '')
  const enumeration = values('enumeration')
  if (enumeration.length > 0) facets.enumeration = [...new Set(enumeration)]
  const patterns = values('pattern')
  if (patterns.length > 0) facets.patterns = [...before.patterns, patterns]
  for (const name of COUNTS) {
    const [value] = values(name)
    if (value !== undefined && /^\s*\+?\d{1,9}\s*$/.test(value)) facets[name] = Number(value)
  }
  for (const [name, [side, exclusive]] of Object.entries(BOUNDS)) {
    const [value] = values(name)
    if (value !== undefined) facets[side] = { text: value.trim(), exclusive }
  }
  const known = (name: string) => OTHERS.has(name) || name in BOUNDS || (COUNTS as readonly string[]).includes(name)
  const unknown = restriction.all().filter(({ ns, local }) => ns === XSD && !known(local))
  facets.unknown = [...before.unknown, ...unknown.map(({ local }) => local)]
  return facets
}

/** Whether nothing is restricted. */
export function isFree({ patterns, unknown, ...more }: Facets): boolean {
  return patterns.length === 0 && unknown.length === 0 && Object.keys(more).length === 0
}

/** What an enumeration says of its values: `A: active. B: blocked.` */
export function documentedValues(restriction: Element): string {
  return restriction
    .children('enumeration', XSD)
    .flatMap((facet) => {
      const said = documentation(facet)
      return said === '' ? [] : [`${attribute(facet, 'value') ?? ''}: ${said}`]
    })
    .join(' · ')
}

/** The documentation of a part of a schema or WSDL, as one line of text. */
export function documentation(element: Element | undefined): string {
  const annotation = element && child(element, 'annotation', XSD)
  const texts = annotation?.children('documentation', XSD).map(textOf) ?? []
  return plainText(texts.join(' '))
}

/** The text of an element and of all in it. */
export function textOf(element: Element): string {
  return [element.text, ...element.all().map(textOf)].join(' ')
}
