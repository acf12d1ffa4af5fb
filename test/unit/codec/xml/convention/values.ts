import fc from 'fast-check'

const keys = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'item', 'first name', 'größe', '__proto__', 'constructor', 'xml') },
  { weight: 2, arbitrary: fc.constantFrom('@id', '@first name', '@xmlns', '@', '#text', 'p:a', '_x0020_', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)

/** Values such as endpoints answer with. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', ' ', '\n', 'x', '007'),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom(null, undefined, 0, 1.5, 9007199254740993n),
      fc.date(),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
})).value

interface Losses {
  /** Whether properties may have been written as attributes and as text. */
  readonly asRequest?: boolean
}

/** What is left of a value that has been written and read: all that docs/conventions.md says is lost. */
export function asRead(value: unknown, losses: Losses = {}): unknown {
  // What is not there is null, as it is for JSON in a list.
  if (value === null || value === undefined) return null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  // Values are text, and what XML cannot carry has been replaced.
  if (typeof value !== 'object') return carried(String(value))
  if (Array.isArray(value)) return value.length === 0 ? '' : value.map((entry) => asRead(entry, losses))
  const present = Object.entries(value).filter(([, entry]) => entry !== undefined)
  const only = present[0] as [string, unknown]
  if (present.length === 0) return ''
  if (present.length === 1 && only[0] === 'item') return [asRead(only[1], losses)]
  if (present.length === 1 && only[0] === '#text' && losses.asRequest && isText(only[1])) return asRead(only[1], losses)
  const kept = present.filter(
    ([key, entry]) => !(losses.asRequest && key === '#text' && entry === '' && isTag(present)),
  )
  return Object.fromEntries(kept.map(([key, entry]) => [key, asRead(entry, losses)]))
}

/** Whether there are attributes alone, beside text. */
function isTag(properties: readonly (readonly [string, unknown])[]): boolean {
  return properties.every(
    ([key, entry]) => key === '#text' || (/^@./s.test(key) && isText(entry) && asRead(entry) !== null),
  )
}

function isText(value: unknown): boolean {
  return typeof value !== 'object' || value === null || value instanceof Date
}

function carried(text: string): string {
  return text.replace(
    /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  )
}
