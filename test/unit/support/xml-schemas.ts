import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'

/** A schema, and values that it has: written as XML and read again, each must be what it was. */
export class Sample {
  readonly schema: z.ZodType
  readonly values: fc.Arbitrary<unknown>
  /** What one would write for the schema, for whoever reads a counter-example. */
  readonly code: string

  constructor(code: string, schema: z.ZodType, values: fc.Arbitrary<unknown>) {
    this.code = code
    this.schema = schema
    this.values = values
  }

  [fc.toStringMethod](): string {
    return this.code
  }

  /** The same within something else. */
  in(before: string, schema: z.ZodType, after = ')', values = this.values): Sample {
    return new Sample(before + this.code + after, schema, values)
  }
}

const UNSENDABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu
const NAME_START = ['a', 'B', '_', 'é', '請', '𐐀', 'x']
const NAME_REST = [...NAME_START, '-', '.', '7', '·']
const FAMOUS = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'name', 'value', 'length', 'xmlFoo', 'nil']
const plainName = fc
  .tuple(fc.constantFrom(...NAME_START), fc.array(fc.constantFrom(...NAME_REST), { maxLength: 6 }))
  .map(([first, rest]) => first + rest.join(''))
const name = fc.oneof({ weight: 4, arbitrary: plainName }, { weight: 1, arbitrary: fc.constantFrom(...FAMOUS) })
const namespace = fc.constantFrom('', 'urn:a', 'urn:b', 'urn:<&">')
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined })

/** Text that XML can carry. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((each) => each.replace(UNSENDABLE, '')),
  fc.constantFrom('', ' ', '007', '1e5', 'true', 'null', ']]>', '<![CDATA[', '\r\n', '\t', '&amp;', '\u00a0', 'NaN'),
)
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each || 0)
const date = fc.date({ noInvalidDate: true })
const word = fc.constantFrom('open', 'paid ', '007', '')

const scalar = fc.constantFrom(
  new Sample('z.string()', z.string(), text),
  new Sample('z.number()', z.number(), number),
  new Sample(
    'z.int()',
    z.int(),
    fc.maxSafeInteger().map((each) => each || 0),
  ),
  new Sample('z.bigint()', z.bigint(), fc.bigInt()),
  new Sample('z.boolean()', z.boolean(), fc.boolean()),
  new Sample('z.date()', z.date(), date),
  new Sample('z.enum(…)', z.enum(['open', 'paid ', '007', '']), word),
  new Sample('z.literal(…)', z.literal(['auto', 5, true, '6']), fc.constantFrom('auto', 5, true, '6')),
  new Sample(
    'z.union(…)',
    z.union([z.literal('none'), z.number(), z.boolean()]),
    fc.oneof(fc.constant('none'), number),
  ),
  new Sample('z.coerce.number()', z.coerce.number(), number),
  new Sample('z.coerce.string()', z.coerce.string(), text),
  new Sample(
    'z.lazy(…)',
    z.lazy(() => z.string()),
    text,
  ),
  new Sample('z.string().readonly()', z.string().brand<'b'>().readonly(), text),
  new Sample(
    'z.preprocess(…)',
    z.preprocess((value) => value, z.number()),
    number,
  ),
  new Sample('xml.bytes()', xml.bytes(), fc.uint8Array({ maxLength: 10 })),
)

const tokens = fc
  .constantFrom(
    new Sample('z.string()', z.string(), fc.stringMatching(/^[!-~é]{1,8}$/)),
    new Sample('z.number()', z.number(), number),
    new Sample('z.date()', z.date(), date),
    new Sample('z.boolean()', z.boolean(), fc.boolean()),
  )
  .map((item) =>
    item.in('xml.list(z.array(', xml.list(z.array(item.schema)), '))', fc.array(item.values, { maxLength: 4 })),
  )

type How = 'as it is' | 'optional' | 'nullable'

/** What may be missing or null, where the XML can say so. */
function loosened(sample: Sample, how: How): Sample {
  const { schema, values } = sample
  if (how === 'optional') return sample.in('', schema.optional(), '.optional()', maybe(values))
  return how === 'nullable' ? sample.in('', schema.nullable(), '.nullable()', fc.option(values)) : sample
}

const attribute = fc
  .record({
    of: fc.oneof(scalar, tokens),
    how: fc.constantFrom<How>('as it is', 'optional'),
    local: maybe(plainName),
    ns: maybe(namespace),
  })
  .map(({ of, how, local, ns }) => {
    const said = { ...(local !== undefined && { name: local }), ...(ns !== undefined && { ns }) }
    const { schema, ...rest } = loosened(of, how)
    return new Sample(`xml.attr(${rest.code}, ${JSON.stringify(said)})`, xml.attr(schema, said), rest.values)
  })

/** A list that may be missing is told from an empty one only where it has something in it. */
function listed(item: Sample, how: How): Sample {
  const { schema, values, code } = how === 'nullable' ? loosened(item, how) : item
  if (how !== 'optional') return new Sample(`z.array(${code})`, z.array(schema), fc.array(values, { maxLength: 3 }))
  const some = fc.array(values, { minLength: 1, maxLength: 3 })
  return new Sample(`z.array(${code}).optional()`, z.array(schema).optional(), maybe(some))
}

function wrapped(of: Sample, item: string, itemNs: string | undefined): Sample {
  const said = { item, ...(itemNs !== undefined && { itemNs }) }
  const schema = xml.wrapped(z.array(of.schema), said)
  return of.in('xml.wrapped(z.array(', schema, `), ${JSON.stringify(said)})`, fc.array(of.values, { maxLength: 3 }))
}

function element(depth: number): fc.Arbitrary<Sample> {
  return fc
    .record({
      of: content(depth - 1),
      how: fc.constantFrom<How>('as it is', 'optional', 'nullable'),
      many: fc.constantFrom('one', 'list', 'wrapped'),
      item: name,
      itemNs: maybe(namespace),
      local: maybe(name),
      ns: maybe(namespace),
      prefix: maybe(fc.constantFrom('p', 'q', 'a0', 'é')),
      isSaidInside: fc.boolean(),
    })
    .map(({ of, how, many, item, itemNs, local, ns, prefix, isSaidInside }) => {
      // Of two elements with one name, one in a namespace that is said and one in its parent's, nobody can say which is which.
      const said = {
        ...(local !== undefined && { name: `N${local}`, ns: '' }),
        ...(ns !== undefined && { ns }),
        ...(ns && prefix !== undefined && { prefix }),
      }
      const say = (sample: Sample): Sample =>
        Object.keys(said).length === 0
          ? sample
          : sample.in('xml.element(', xml.element(sample.schema, said), `, ${JSON.stringify(said)})`)
      if (many === 'list') return say(listed(of, how))
      const one = many === 'wrapped' ? wrapped(of, item, itemNs) : of
      return isSaidInside ? loosened(say(one), how) : say(loosened(one, how))
    })
}

function choice(depth: number): fc.Arbitrary<Sample> {
  const options = fc.uniqueArray(
    fc.tuple(
      name.map((each) => `O${each}`),
      content(depth - 1),
    ),
    {
      minLength: 1,
      maxLength: 3,
      selector: ([key]) => key,
    },
  )
  return fc.tuple(options, fc.boolean()).map(([entries, isMixed]) => {
    const schemas = Object.fromEntries(entries.map(([key, { schema }]) => [key, schema]))
    const code = entries.map(([key, sample]) => `${key}: ${sample.code}`).join(', ')
    const chosen = fc.oneof(...entries.map(([key, { values }]) => values.map((value) => ({ name: key, value }))))
    if (!isMixed) return new Sample(`xml.choice({ ${code} })`, xml.choice(schemas), fc.array(chosen, { maxLength: 4 }))
    // Two texts beside each other are one, and an empty one is none.
    const isApart = (item: unknown, at: number, all: readonly unknown[]) =>
      typeof item !== 'string' || (item !== '' && typeof all[at - 1] !== 'string')
    const values = fc.array(fc.oneof(chosen, text), { maxLength: 6 }).map((items) => items.filter(isApart))
    return new Sample(
      `xml.mixed({ ${code} })`,
      xml.mixed(schemas),
      values.filter((items) => items.every(isApart)),
    )
  })
}

function property(depth: number): fc.Arbitrary<Sample> {
  return fc.oneof(
    { weight: 3, arbitrary: attribute },
    { weight: 6, arbitrary: element(depth) },
    { weight: 1, arbitrary: scalar.map((of) => of.in('xml.text(', xml.text(of.schema))) },
    { weight: 1, arbitrary: choice(depth) },
  )
}

function object(depth: number): fc.Arbitrary<Sample> {
  const properties = fc.uniqueArray(fc.tuple(name, property(depth)), { maxLength: 5, selector: ([key]) => key })
  return fc
    .record({ properties, kind: fc.constantFrom('object', 'strictObject', 'looseObject'), ns: maybe(namespace) })
    .map(({ properties: entries, kind, ns }) => {
      const shape = Object.fromEntries(entries.map(([key, { schema }]) => [key, schema]))
      const code = `z.${kind}({ ${entries.map(([key, sample]) => `${key}: ${sample.code}`).join(', ')} })`
      const schema = z[kind as 'object'](shape)
      const values = fc.tuple(...entries.map(([, each]) => each.values)).map((each) => {
        // Without a prototype: zod would take a `constructor` that every object has for the value's.
        const present = entries.map(([key], at) => [key, each[at]] as const).filter(([, value]) => value !== undefined)
        return Object.assign(Object.create(null), Object.fromEntries(present))
      })
      return ns === undefined
        ? new Sample(code, schema, values)
        : new Sample(`xml.namespace('${ns}', ${code})`, xml.namespace(ns, schema), values)
    })
}

/** What one element can hold. */
function content(depth: number): fc.Arbitrary<Sample> {
  if (depth <= 0) return scalar
  const record = content(depth - 1).map((of) =>
    of.in(
      'z.record(z.string(), ',
      z.record(z.string(), of.schema),
      ')',
      fc.dictionary(name, of.values, { maxKeys: 3 }),
    ),
  )
  const embedded = fc
    .tuple(content(depth - 1), name)
    .map(([of, root]) => of.in('xml.embedded(', xml.embedded(of.schema, root), `, '${root}')`))
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: tokens },
    { weight: 4, arbitrary: object(depth) },
    { weight: 1, arbitrary: record },
    { weight: 1, arbitrary: embedded },
  )
}

/** What a whole document can hold. */
export const documents: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 6, arbitrary: object(3) },
  { weight: 1, arbitrary: content(2) },
)
