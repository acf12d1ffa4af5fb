import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'

const compilers: [string, (schema: z.ZodType) => unknown][] = [
  ['reading', (schema) => xmlDecoder(schema)],
  ['writing', (schema) => xmlEncoder(schema, { local: 'r', ns: '' })],
]

describe.each(compilers)('a schema for %s', (_, compile) => {
  test.each<[string, z.ZodType, string]>([
    ['a union', z.union([z.string(), z.number()]), 'a union'],
    ['a discriminated union', z.discriminatedUnion('t', [z.object({ t: z.literal('a') })]), 'a union'],
    ['an intersection', z.intersection(z.object({}), z.object({})), 'a intersection'],
    ['a record', z.record(z.string(), z.string()), 'a record'],
    ['a map', z.map(z.string(), z.string()), 'a map'],
    ['a set', z.set(z.string()), 'a set'],
    ['a tuple', z.tuple([z.string()]), 'a tuple'],
    ['any', z.any(), 'a any'],
    ['unknown', z.unknown(), 'a unknown'],
    ['a function of its own', z.custom<string>(() => true), 'a custom'],
    ['null alone', z.null(), 'a null'],
    ['something lazy', z.lazy(() => z.string()), 'a lazy'],
    ['a symbol', z.symbol(), 'a symbol'],
  ])('that has %s is refused with the path and the kind, before anything is sent or read', (_, part, kind) => {
    const says = (path: string) => `the schema at ${path} is ${kind}, which cannot say how its XML looks`
    expect(() => compile(z.object({ a: part }))).toThrow(new TypeError(says('a')))
    expect(() => compile(z.object({ list: z.array(z.object({ b: part.optional() })) }))).toThrow(says('list[].b'))
    expect(() => compile(part)).toThrow(`the schema is ${kind}, which cannot say how its XML looks`)
  })

  test.each<[string, z.ZodType, string]>([
    ['a list as an attribute', xml.attr(z.array(z.string())), 'is a list, which cannot be an attribute'],
    ['an object as an attribute', xml.attr(z.object({})), 'is an object, which cannot be an attribute'],
    ['a list as text', xml.text(z.array(z.string())), 'is a list, which cannot be text'],
    ['an optional object as text', xml.text(z.object({}).optional()), 'is an object, which cannot be text'],
  ])('that has %s is refused with the path', (_, part, message) => {
    expect(() => compile(z.object({ a: z.object({ b: part }) }))).toThrow(`the schema at a.b ${message}`)
  })

  test.each(['first name', '1st', 'a:b', 'a<b', '', 'a&b', '-x', '.x'])(
    'that would need an element named %j is refused with the path',
    (name) => {
      expect(() => compile(z.object({ a: z.object({ [name]: z.string() }) }))).toThrow(
        `the schema at a.${name} would need the XML name '${name}'; give it one with xml.element(…, { name })`,
      )
    },
  )

  test('may give such a part a name', () => {
    expect(() => compile(z.object({ 'first name': xml.element(z.string(), { name: 'firstName' }) }))).not.toThrow()
    expect(() => compile(z.object({ größe: z.string(), 'a-b.c_d': z.string(), _x: z.string() }))).not.toThrow()
  })
})

describe('the vocabulary', () => {
  test.each(['first name', '', '1st', 'a:b', '<x>', 'ä'])('refuses the name %j when it is said', (name) => {
    for (const say of [xml.attr, xml.element])
      expect(() => say(z.string(), { name })).toThrow(`xml: '${name}' is not the name of an XML element or attribute`)
  })

  test('leaves the schema that it is given as it was', () => {
    const schema = z.string()
    xml.attr(schema, { name: 'x' })
    const text = xmlEncoder(z.object({ a: schema }), { local: 'r', ns: '' })({ a: '1' }).body
    expect(text).toContain('<r><a>1</a></r>')
  })

  test("keeps the schema's own checks", () => {
    expect(xml.attr(z.string().min(3)).safeParse('ab').success).toBe(false)
    expect(xml.element(z.number().max(1), { name: 'x' }).safeParse(2).success).toBe(false)
    expect(xml.text(z.enum(['a'])).safeParse('b').success).toBe(false)
  })
})
