import fc from 'fast-check'
import { isSafeSegment } from '../../../src/lib/path.ts'

/** A request in one of its spellings, and what of it is in no parsed input. */
export interface Request {
  /** `/keys/`, what the route is called in braces, and its parameters. */
  readonly target: string
  readonly fields: Readonly<Record<string, string>>
  readonly tenant: string | undefined
  readonly client: string
  readonly format: string
  /** Whether the route takes parameters that it does not name. */
  readonly isOpen: boolean
}

/** What a request means, as somebody would have it in mind. */
interface Meant {
  readonly id: string
  readonly more: readonly string[]
  readonly query: Readonly<Record<string, readonly string[]>>
  readonly fields: Readonly<Record<string, string>>
  readonly client: 'web' | 'mobile'
  readonly format: 'json' | 'xml'
}

const characters = fc.constantFrom(...'aA01=&+ %"\\{}[],:;/?#@~é€', '😀')
const text = fc.string({ unit: characters, maxLength: 3 })
const segment = fc.string({ unit: characters, minLength: 1, maxLength: 3 }).filter(isSafeSegment)
/** In a query there may be anything; `long` is what is hashed. */
const long = fc.constantFrom('1', '2').map((end) => `${'x'.repeat(300)}${end}`)
const queryText = fc.oneof(text, fc.string({ unit: fc.constantFrom('\x00', '\x01', '\n', 'a'), maxLength: 3 }), long)
const one = (...texts: string[]) => fc.constantFrom(...texts).map((text) => [text])

const queries = {
  q: fc.array(queryText, { minLength: 1, maxLength: 3 }),
  n: one('1', '1.0', '01', '1e0', '10', '0', '-0', '', '1e21'),
  at: one('2020-01-01', '2020-01-01T00:00:00Z', '2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00.001Z', '2020'),
  big: one('1', '01', '0x1', '-1', '9007199254740993', '9007199254740992'),
  bytes: one('', '00', '0', 'ff', 'FF', 'ff00'),
  Q: fc.array(queryText, { minLength: 1, maxLength: 2 }),
  'q=': fc.array(text, { minLength: 1, maxLength: 2 }),
  constructor: one('1', '2'),
  ['__proto__']: fc.array(text, { minLength: 1, maxLength: 2 }),
}
const fields = {
  'x-tag': fc.constantFrom('a', 'A', '"', 'a, b', 'a,b', 'é', ''),
  'x-level': fc.constantFrom('1', '1.0', '2'),
  'x-tenant': fc.constantFrom('a', 'A', 'b'),
}

const meant: fc.Arbitrary<Meant> = fc.record({
  id: segment,
  more: fc.array(segment, { maxLength: 3 }),
  query: fc.record(queries, { requiredKeys: [] }) as fc.Arbitrary<Meant['query']>,
  fields: fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Meant['fields']>,
  client: fc.constantFrom('web', 'mobile'),
  format: fc.constantFrom('json', 'xml'),
})

/** Throws of dice, over and over: what is left to whoever writes a request down. */
type Dice = () => number
const dice = fc.array(fc.nat(5), { minLength: 1, maxLength: 30 })
const thrown = (throws: readonly number[]): Dice => {
  let at = 0
  return () => throws[at++ % throws.length] as number
}

/** The first one, with one thing of the other's. */
type Change = (first: Meant, other: Meant) => Meant

const changes: readonly Change[] = [
  ...(['id', 'more', 'client', 'format'] as const).map(
    (part): Change =>
      (first, other) => ({ ...first, [part]: other[part] }),
  ),
  ...Object.keys(queries).map(
    (name): Change =>
      (first, other) => ({ ...first, query: withOne(first.query, other.query, name) }),
  ),
  ...Object.keys(fields).map(
    (name): Change =>
      (first, other) => ({ ...first, fields: withOne(first.fields, other.fields, name) }),
  ),
]

function withOne<T>(first: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>, name: string) {
  const rest = Object.entries(first).filter(([known]) => known !== name)
  return Object.fromEntries([...rest, ...Object.entries(other).filter(([known]) => known === name)])
}

/** Two requests: the same one twice, one and what is nearly the same, or any two; each in a spelling of its own. */
export const requests: fc.Arbitrary<readonly [Request, Request]> = fc
  .tuple(
    meant,
    meant,
    fc.oneof(
      { weight: 2, arbitrary: fc.constant<Change>((first) => first) },
      { weight: 5, arbitrary: fc.constantFrom(...changes) },
      { weight: 1, arbitrary: fc.constant<Change>((_, other) => other) },
    ),
    dice,
    dice,
    fc.boolean(),
  )
  .map(([first, other, change, one, two, isOpen]) => {
    return [spelt(first, thrown(one), isOpen), spelt(change(first, other), thrown(two), isOpen)]
  })

function spelt({ id, more, query, fields, client, format }: Meant, throwDice: Dice, isOpen: boolean): Request {
  const path = [id, ...more].map((part) => `/${escaped(part, throwDice, /[\w.~!$'()*,:;=@&+-]/)}`).join('')
  // Names come in any order, the values of one name in theirs.
  const order = Object.entries(query).map((entry) => [throwDice(), entry] as const)
  const pairs = order
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, [name, values]]) => values.map((value) => [name, value] as const))
    .map(([name, value]) => `${inQuery(name, throwDice, /[\w]/)}=${inQuery(value, throwDice, /[\w.~!$'()*,:;=@/?-]/)}`)
  const search = throwDice() > 2 ? ['', ...pairs, ''] : pairs
  const sent = { ...fields, ...(client !== 'web' && { 'x-client': client }), ...acceptOf(format, throwDice) }
  const headers = Object.entries(sent).map(([name, value]) => {
    const called = throwDice() > 2 ? name.toUpperCase() : name
    // A field in two lines means the same.
    return [called, name === 'x-tag' && throwDice() > 2 ? value.replace(', ', `\r\n${name}: `) : value]
  })
  if (throwDice() > 2) headers.push(['Cookie', `a=${throwDice()}`])
  return {
    target: `/${escaped('keys', throwDice, /./)}/{name}${path}?${search.join('&')}`,
    fields: Object.fromEntries(throwDice() > 2 ? headers.toReversed() : headers),
    tenant: fields['x-tenant'],
    client,
    format,
    isOpen,
  }
}

function acceptOf(format: 'json' | 'xml', throwDice: Dice): Record<string, string> {
  if (format === 'json' && throwDice() > 2) return {}
  return { accept: throwDice() > 2 ? `application/${format}` : `text/html;q=0.1, application/${format};q=0.9` }
}

function inQuery(text: string, throwDice: Dice, plain: RegExp): string {
  return [...text].map((char) => (char === ' ' && throwDice() > 2 ? '+' : escaped(char, throwDice, plain))).join('')
}

/** Percent-encoded, in capitals or not, where it has to be or as the dice fall. */
function escaped(text: string, throwDice: Dice, plain: RegExp): string {
  return [...text]
    .map((char) => {
      if (plain.test(char) && throwDice() < 4) return char
      const hex = Buffer.from(char).toString('hex').replace(/../g, '%$&')
      return throwDice() > 2 ? hex.toUpperCase() : hex
    })
    .join('')
}
