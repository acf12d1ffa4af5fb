import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'

const compilers: [string, (schema: z.ZodType) => unknown][] = [
  ['reading', (schema) => xmlDecoder(schema)],
  ['writing', (schema) => xmlEncoder(schema, { local: 'r', ns: '' })],
]
const text = z.string()
const list = z.array(text)
const NAMED =
  'has a place or a name said of it that the property has to have, for example xml.element(z.array(…), { name })'

describe.each(compilers)('a schema for %s', (_, compile) => {
  const kind = (name: string) => `is a ${name}, which cannot say how its XML looks`
  const union = 'is a union of other things than plain values or objects'
  const intersection = 'is an intersection of other things than objects'
  test.each<[string, z.ZodType, string]>([
    ['a map', z.map(text, text), kind('map')],
    ['a set', z.set(text), kind('set')],
    ['a tuple', z.tuple([text]), kind('tuple')],
    ['a function of its own', z.custom<string>(() => true), kind('custom')],
    ['an instance of a class', z.instanceof(URL), kind('custom')],
    ['a file', z.file(), kind('file')],
    ['a symbol', z.symbol(), kind('symbol')],
    ['nothing', z.undefined(), kind('undefined')],
    ['void', z.void(), kind('void')],
    ['never', z.never(), kind('never')],
    ['not a number', z.nan(), kind('nan')],
    ['a promise', z.promise(text), kind('promise')],
    ['a transform alone', z.transform((value) => value), kind('transform')],
    ['a union of a list and a text', z.union([list, text]), union],
    ['a union of an object and a text', z.union([z.object({}), text]), union],
    ['a union of records', z.union([z.record(text, text), z.object({})]), union],
    ['a union of lists in elements of their own', z.union([xml.wrapped(list, { item: 'i' }), z.object({})]), union],
    ['an intersection of texts', z.intersection(text, text), intersection],
    ['an intersection with a record', z.intersection(z.object({}), z.record(text, text)), intersection],
    ['what never ends', z.json(), 'never ends'],
    ['a catchall', z.object({}).catchall(z.number()), 'has a catchall; only z.record has any elements'],
    [
      'a list in one text of objects',
      xml.list(z.array(z.object({}))),
      'is no list of plain values, as xml.list needs one',
    ],
    ['a list in one text that is none', xml.list(text as never), 'is no list of plain values, as xml.list needs one'],
    [
      'a list that stands in two ways',
      xml.wrapped(xml.list(list), { item: 'i' }),
      'is a list in one text and one in an element of its own at once',
    ],
    [
      'a list in an element of its own that is none',
      xml.wrapped(text as never, { item: 'i' }),
      'is no list, as xml.wrapped needs one',
    ],
  ])('that has %s is refused with the path and the kind, before anything is sent or read', (_, part, why) => {
    expect(() => compile(z.object({ a: part }))).toThrow(TypeError)
    const path = why === 'never ends' ? '(\\[\\])+' : ''
    expect(() => compile(z.object({ a: part }))).toThrow(
      new RegExp(`^the schema at a${path} ${why.replace(/[().…{}]/g, '\\$&')}$`),
    )
    expect(() => compile(z.object({ list: z.array(z.object({ b: part.optional() })) }))).toThrow(
      /the schema at list\[\]\.b/,
    )
    expect(() => compile(part)).toThrow(/^the schema (at (\[\])+ )?(is|has|never)/)
  })

  test.each<[string, z.ZodType, string]>([
    [
      'a list in a list',
      z.object({ a: z.array(list) }),
      'a[] is a list in a list, whose items XML cannot tell apart; give the inner one an element with xml.wrapped',
    ],
    [
      'a list in a record of a list',
      z.object({ a: z.array(z.record(text, z.array(list))) }),
      'a[]{}[] is a list in a list',
    ],
    [
      'a list of choices',
      z.object({ a: z.array(xml.choice({ b: text })) }),
      'a[] is a choice, which has to be a property of an object',
    ],
    [
      'a choice in a choice',
      z.object({ a: xml.choice({ b: xml.choice({ c: text }) }) }),
      'a.b is one of a choice, and no element',
    ],
    [
      'an attribute in a choice',
      z.object({ a: xml.choice({ b: xml.attr(text) }) }),
      'a.b is one of a choice, and no element',
    ],
    ['a list as an attribute', z.object({ a: xml.attr(list) }), 'a is a list, which cannot be an attribute'],
    [
      'an object as an attribute',
      z.object({ a: xml.attr(z.object({})) }),
      'a is no plain value, which cannot be an attribute',
    ],
    [
      'a document as an attribute',
      z.object({ a: xml.attr(xml.embedded(z.object({}), 'e')) }),
      'a is no plain value, which cannot be an attribute',
    ],
    ['a list as text', z.object({ a: xml.text(list) }), 'a is a list, which cannot be text'],
    [
      'an optional object as text',
      z.object({ a: xml.text(z.object({}).optional()) }),
      'a is no plain value, which cannot be text',
    ],
    [
      'a declaration of a namespace',
      z.object({ xmlns: xml.attr(text) }),
      'xmlns is the declaration of a namespace; say namespaces with xml.namespace or xml.element',
    ],
    [
      'a prefix without a namespace',
      z.object({ a: xml.element(text, { prefix: 'p' }) }),
      "a has the prefix 'p' and no namespace",
    ],
    [
      '__proto__ as a key',
      z.object({ x: z.object(proto()) }),
      "x.__proto__ has a name that JavaScript keeps; give it another, with xml.element(…, { name: '__proto__' })",
    ],
  ])('that has %s is refused', (_, schema, message) => {
    expect(() => compile(schema)).toThrow(`the schema at ${message}`)
  })

  test.each<[string, z.ZodType, string]>([
    ['an attribute as the items of a list', z.array(xml.attr(text)), 'a[]'],
    ['text as the items of a list', z.array(xml.text(text)), 'a[]'],
    ['a name for the items of a list', z.array(xml.element(text, { name: 'b' })), 'a[]'],
    ['a namespace for the items of a list', z.array(xml.element(text, { ns: 'u' }).optional()), 'a[]'],
    ['attributes as the values of a record', z.record(text, xml.attr(text)), 'a{}'],
    ['an attribute as one of a union', z.union([xml.attr(text), z.number()]), 'a'],
  ])('that says %s is refused, since nobody would hear it', (_, part, path) => {
    expect(() => compile(z.object({ a: part }))).toThrow(`the schema at ${path} ${NAMED}`)
  })

  const doubled = (path: string, other: string) =>
    `the schema at ${path} stands in the same place of the XML as '${other}'`
  test.each<[string, z.ZodType, string]>([
    ['elements', z.object({ x: z.object({ a: text, b: xml.element(text, { name: 'a' }) }) }), doubled('x.b', 'a')],
    [
      'elements of a namespace',
      xml.namespace('u', z.object({ a: text, b: xml.element(text, { name: 'a', ns: 'u' }) })),
      doubled('b', 'a'),
    ],
    ['attributes', z.object({ a: xml.attr(text), b: xml.attr(z.number(), { name: 'a', ns: '' }) }), doubled('b', 'a')],
    ['texts', z.object({ a: xml.text(text), b: xml.text(text) }), doubled('b', 'a')],
    ['texts, one of them mixed', z.object({ a: xml.text(text), b: xml.mixed({ c: text }) }), doubled('b', 'a')],
    ['choices', z.object({ a: xml.choice({ x: text }), b: xml.choice({ y: text, x: text }) }), doubled('b', 'a')],
    ['an element and a choice', z.object({ a: text, b: xml.choice({ a: text }) }), doubled('b', 'a')],
    [
      'alternatives of a union',
      z.object({ u: z.union([z.object({ a: text }), z.object({ b: xml.element(text, { name: 'a' }) })]) }),
      doubled('u.b', 'a'),
    ],
  ])('with two %s in one place is refused', (_, schema, message) => {
    expect(() => compile(schema)).toThrow(message)
  })

  test.each<[string, z.ZodType, string]>([
    [
      'an element and an attribute',
      z.union([z.object({ a: text }), z.object({ a: xml.attr(text) })]),
      'a stands in different places of the XML in different objects',
    ],
    [
      'two names',
      z.union([z.object({ a: text }), z.object({ a: xml.element(text, { name: 'b' }) })]),
      'a stands in different places of the XML in different objects',
    ],
    [
      'a text and an object',
      z.union([z.object({ a: text }), z.object({ a: z.object({}) })]),
      'a is something else in different objects',
    ],
    [
      'a text and a list',
      z.intersection(z.object({ a: text }), z.object({ a: list })),
      'a is something else in different objects',
    ],
    [
      'lists of different things',
      z.union([z.object({ a: list }), z.object({ a: z.array(z.object({})) })]),
      'a[] is something else in different objects',
    ],
    [
      'a text that only one of them coerces',
      z.union([z.object({ a: z.coerce.string() }), z.object({})]),
      'a is coerced, and only some of the alternatives have it',
    ],
    [
      'a boolean that only one of them must have',
      z.union([z.object({ a: z.coerce.boolean() }), z.object({ a: z.boolean().optional() })]),
      'a is coerced, and only some of the alternatives have it',
    ],
  ])('of objects one of which has %s is refused', (_, schema, message) => {
    expect(() => compile(schema)).toThrow(`the schema at ${message}`)
    expect(() => compile(z.object({ o: schema }))).toThrow(`the schema at o.${message}`)
  })

  test.each(['first name', '1st', 'a:b', 'a<b', '', 'a&b', '-x', '.x', 'a"', 'a/b', 'a\u0000'])(
    'that would need an element named %j is refused with the path',
    (name) => {
      expect(() => compile(z.object({ a: z.object({ [name]: text }) }))).toThrow(
        `the schema at a.${name} would need the XML name '${name}'; give it one with xml.element(…, { name })`,
      )
    },
  )

  test('of a list is refused: a document has one root element', () => {
    for (const schema of [list, list.optional(), z.lazy(() => list), list.transform((value) => value)])
      expect(() => compile(schema)).toThrow(
        "the schema is a list, and a document has one root element: xml.wrapped(z.array(…), { item: 'Line' })",
      )
  })

  test('may give a part whose name is none another one', () => {
    expect(() => compile(z.object({ 'first name': xml.element(text, { name: 'firstName' }) }))).not.toThrow()
    expect(() => compile(z.object({ größe: text, 'a-b.c_d': text, _x: text, 請求: text }))).not.toThrow()
  })
})

function proto(): Record<string, z.ZodType> {
  return Object.defineProperty({}, '__proto__', { value: z.string(), enumerable: true })
}
