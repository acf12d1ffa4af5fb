import type { Declaration, Settings, Simple, SimpleUse } from '../shape.ts'
import type { Facets } from '../xsd/facets.ts'
import { patternCode } from '../xsd/pattern.ts'
import { PatternError } from '../xsd/pattern-class.ts'
import { type Code, type Comment, call, list, method, quoted } from './code.ts'
import { integerCode, numberText } from './number-code.ts'
import { collapsed, valueCode } from './value-code.ts'

/** Remembers what could not be expressed, and gives the comment that says it. */
export type Say = (what: string) => Comment

/** An expression, with what could not be expressed in it. */
export interface Written {
  readonly code: Code
  readonly comments: readonly Comment[]
  /** The constants that it speaks of. */
  readonly uses: readonly Declaration[]
}

/** The zod schema of a simple type. */
export function simpleCode(simple: Simple, settings: Settings, say: Say): Written {
  const comments: Comment[] = []
  const uses: Declaration[] = []
  const refuse: Say = (what) => {
    const comment = say(what)
    comments.push(comment)
    return comment
  }
  const use = ({ simple: used, declaration }: SimpleUse): Code => {
    if (!declaration) {
      const written = simpleCode(used, settings, refuse)
      uses.push(...written.uses)
      return written.code
    }
    uses.push(declaration)
    return declaration.name
  }
  for (const name of simple.facets.unknown) refuse(`not checked: ${name}`)
  const code = simple.item
    ? listCode(simple, simple.item, use, refuse)
    : simple.members
      ? unionCode(simple, simple.members, use, refuse)
      : atomicCode(simple, settings, refuse)
  return { code, comments, uses }
}

/** What a use of a simple type is written as. */
type Use = (use: SimpleUse) => Code

/** Values separated by white space (XML Schema part 2, section 4.1.2.2); lengths count them. */
function listCode(simple: Simple, item: SimpleUse, use: Use, refuse: Say): Code {
  const { length, minLength, maxLength, ...facets } = simple.facets
  refuseAll({ ...facets }, 'a list', refuse)
  return call('xml.list', lengths(call('z.array', use(item)), simple.facets, 1))
}

function unionCode({ facets }: Simple, members: readonly SimpleUse[], use: Use, refuse: Say): Code {
  if (facets.enumeration) return enumCode(facets.enumeration)
  refuseAll(facets, 'a union', refuse)
  if (members.some(({ simple }) => simple.item !== undefined)) {
    refuse('a union with a list in it: read and written as text')
    return call('z.string')
  }
  const codes = members.map(use)
  const [first] = codes
  if (first === undefined) return call('z.string')
  return codes.length === 1 ? first : call('z.union', list(codes))
}

function atomicCode(simple: Simple, settings: Settings, refuse: Say): Code {
  const { builtin, facets } = simple
  switch (builtin.kind) {
    case 'any':
      return call('xml.any')
    case 'boolean':
      refuseAll(facets, 'a boolean', refuse)
      return call('z.boolean')
    case 'bytes':
      refuseAll(facets, 'bytes', refuse)
      return call('xml.bytes')
    case 'integer':
      refuseAll({ patterns: facets.patterns, unknown: [] }, 'a number', refuse)
      return facets.enumeration ? literals(simple, facets.enumeration, settings, refuse) : integerCode(builtin, facets)
    case 'number':
      if (builtin.name === 'decimal' && settings.decimal === 'string') return decimalText(facets, refuse)
      refuseAll({ patterns: facets.patterns, unknown: [] }, 'a number', refuse)
      return facets.enumeration ? literals(simple, facets.enumeration, settings, refuse) : numberCode(facets, refuse)
    case 'text':
      return textCode(simple, settings, refuse)
  }
}

function textCode({ builtin, facets }: Simple, settings: Settings, refuse: Say): Code {
  const { enumeration, patterns, length, minLength, maxLength, ...more } = facets
  refuseAll({ ...more, patterns: [] }, 'text', refuse)
  if (builtin.name === 'dateTime' && settings.dates) {
    refuseAll({ patterns, unknown: [], ...(enumeration && { enumeration }) }, 'a date', refuse)
    return call('z.date')
  }
  if (enumeration) return enumCode(enumeration.map((value) => (builtin.isCollapsed ? collapsed(value) : value)))
  const isHex = builtin.name === 'hexBinary'
  const text = lengths(call('z.string'), facets, isHex ? 2 : 1)
  return withPatterns(isHex ? method(text, 'regex', '/^(?:[0-9a-fA-F]{2})*$/') : text, patterns, refuse)
}

function decimalText(facets: Facets, refuse: Say): Code {
  const { patterns, enumeration, ...more } = facets
  refuseAll({ ...more, patterns: [] }, 'a number kept as text', refuse)
  if (enumeration) return enumCode(enumeration.map(collapsed))
  return withPatterns(method(call('z.string'), 'regex', '/^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)$/'), patterns, refuse)
}

function numberCode({ min, max, totalDigits, fractionDigits }: Facets, refuse: Say): Code {
  let code = call('z.number')
  for (const [bound, inclusive, exclusive] of [
    [min, 'min', 'gt'],
    [max, 'max', 'lt'],
  ] as const) {
    const text = bound && numberText(bound.text)
    if (text !== undefined) code = method(code, bound?.exclusive ? exclusive : inclusive, text)
  }
  if (fractionDigits === 0) code = method(code, 'int')
  else if (fractionDigits !== undefined && fractionDigits <= 6)
    code = method(code, 'multipleOf', (10 ** -fractionDigits).toFixed(fractionDigits))
  else if (fractionDigits !== undefined) refuse(`not checked: at most ${fractionDigits} digits behind the point`)
  if (totalDigits !== undefined) refuse(`not checked: at most ${totalDigits} digits`)
  return code
}

function withPatterns(text: Code, patterns: Facets['patterns'], refuse: Say): Code {
  return patterns.reduce((code, step) => {
    try {
      return method(code, 'regex', patternCode(step))
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      refuse(`not checked: the pattern ${step.join(' | ')}, since ${error.message}`)
      return code
    }
  }, text)
}

/** Lengths of text or of a list; `factor` for what is written with more characters than are counted. */
function lengths(code: Code, { length, minLength, maxLength }: Facets, factor: number): Code {
  if (length !== undefined) return method(code, 'length', String(length * factor))
  const least = minLength ? method(code, 'min', String(minLength * factor)) : code
  return maxLength === undefined ? least : method(least, 'max', String(maxLength * factor))
}

function enumCode(values: readonly string[]): Code {
  return call('z.enum', list([...new Set(values)].map(quoted)))
}

function literals(simple: Simple, values: readonly string[], settings: Settings, refuse: Say): Code {
  const codes = values.map((value) => valueCode(simple, value, settings))
  if (codes.includes(undefined)) refuse(`not checked: one of ${values.join(', ')}`)
  const [first, ...more] = codes.filter((code) => code !== undefined)
  return first === undefined ? call('z.number') : call('z.literal', more.length === 0 ? first : list([first, ...more]))
}

/** Restrictions that this kind of value cannot have in zod. */
function refuseAll(facets: Facets, kind: string, refuse: Say): void {
  const { patterns, min, max, enumeration, unknown: _, ...counts } = facets
  const parts = [
    ...patterns.map((step) => `the pattern ${step.join(' | ')}`),
    ...(min ? [`${min.exclusive ? 'more than' : 'at least'} ${min.text}`] : []),
    ...(max ? [`${max.exclusive ? 'less than' : 'at most'} ${max.text}`] : []),
    ...(enumeration ? [`one of ${enumeration.join(', ')}`] : []),
    ...Object.entries(counts).map(([name, count]) => `${name} ${count}`),
  ]
  for (const part of parts) refuse(`not checked of ${kind}: ${part}`)
}
