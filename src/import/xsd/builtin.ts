/** What a built-in type of XML Schema is in JavaScript. */
export type ValueKind = 'text' | 'number' | 'integer' | 'boolean' | 'bytes' | 'any'

/** A built-in simple type (XML Schema part 2, section 3). */
export interface Builtin {
  readonly name: string
  readonly kind: ValueKind
  /** Its values are said to be more than text, and a comment says what: a date, a duration. */
  readonly isTelling: boolean
  /** White space around and between its words means nothing. */
  readonly isCollapsed: boolean
  /** The least and the greatest integer. */
  readonly range: readonly [least: bigint | undefined, greatest: bigint | undefined]
  /** The type of a list's items, for the few that are lists. */
  readonly item?: string
}

const TEXT =
  'string normalizedString token language Name NCName NMTOKEN ID IDREF ENTITY anyURI QName NOTATION anySimpleType anyAtomicType'
const TELLING =
  'dateTime date time duration gYear gYearMonth gMonth gMonthDay gDay hexBinary dateTimeStamp dayTimeDuration yearMonthDuration'
const LISTS: Readonly<Record<string, string>> = { NMTOKENS: 'NMTOKEN', IDREFS: 'IDREF', ENTITIES: 'ENTITY' }
const POWERS = { byte: 7n, short: 15n, int: 31n, long: 63n } as const

const INTEGERS: Readonly<Record<string, Builtin['range']>> = {
  integer: [undefined, undefined],
  nonNegativeInteger: [0n, undefined],
  positiveInteger: [1n, undefined],
  nonPositiveInteger: [undefined, 0n],
  negativeInteger: [undefined, -1n],
  ...Object.fromEntries(
    Object.entries(POWERS).flatMap(([name, bits]) => [
      [name, [-(1n << bits), (1n << bits) - 1n]],
      [`unsigned${name[0]?.toUpperCase()}${name.slice(1)}`, [0n, (1n << (bits + 1n)) - 1n]],
    ]),
  ),
}

const BUILTINS = new Map<string, Builtin>()

function add(name: string, kind: ValueKind, more: Partial<Builtin> = {}): void {
  const isCollapsed = !/^(string|normalizedString|any.*)$/.test(name)
  BUILTINS.set(name, { name, kind, isTelling: false, isCollapsed, range: [undefined, undefined], ...more })
}

for (const name of TEXT.split(' ')) add(name, 'text')
for (const name of TELLING.split(' ')) add(name, 'text', { isTelling: true })
for (const [name, item] of Object.entries(LISTS)) add(name, 'text', { item })
for (const [name, range] of Object.entries(INTEGERS)) add(name, 'integer', { range })
for (const name of ['decimal', 'float', 'double']) add(name, 'number')
add('boolean', 'boolean')
add('base64Binary', 'bytes')
add('anyType', 'any')

/** The built-in type of that name; `base64` is what SOAP 1.1's encoding calls base64Binary. */
export function builtinNamed(local: string): Builtin | undefined {
  return BUILTINS.get(local === 'base64' ? 'base64Binary' : local)
}
