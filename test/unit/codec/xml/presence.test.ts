import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

const MORE = 'one element was expected, and there are more'
const ELEMENTS = 'text was expected, and there are elements'
const NIL = `xmlns:xsi="${XSI}" xsi:nil="true"`

describe('an empty element is what the schema says', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['empty text', z.string(), ''],
    ['an empty list of one empty text', z.array(z.string()), ['']],
    ['an empty list in one text', xml.list(z.array(z.number())), []],
    ['an empty list in an element of its own', xml.wrapped(z.array(z.number()), { item: 'i' }), []],
    ['an object without optional properties', z.object({ a: z.string().optional() }), {}],
    ['an object with empty lists', z.object({ a: z.array(z.string()) }), { a: [] }],
    ['an object with empty text', z.object({ a: xml.text(z.string()) }), { a: '' }],
    ['a record without keys', z.record(z.string(), z.string()), {}],
    ['no bytes', xml.bytes(), new Uint8Array()],
    ['no choices', z.object({ c: xml.choice({ a: z.string() }) }), { c: [] }],
    ['no number where none may be', z.union([z.literal(''), z.number()]), ''],
    ['no date where none may be', z.date().or(z.literal('').transform(() => null)), null],
  ])('%s', (_, schema, expected) => {
    for (const empty of ['<x/>', '<x></x>', '<x><!-- --></x>', '<x><![CDATA[]]></x>'])
      expect(read(z.object({ x: schema }), `<r>${empty}</r>`)).toEqual({ x: expected })
  })

  test.each<[string, z.ZodType]>([
    ['number', z.number().optional()],
    ['big integer', z.bigint().nullable()],
    ['boolean', z.boolean()],
    ['date', z.date().nullish()],
    ['word of an enum', z.enum(['a'])],
    ['object with a required property', z.object({ a: z.string() })],
  ])('and no %s, though it may be missing or null', (_, schema) => {
    expect(refusedAt(z.object({ x: schema }), '<r><x/></r>').join()).toMatch(/^x(\.a)?$/)
  })
})

describe('what is missing', () => {
  test('is refused with the path, or left out where it may be', () => {
    expect(refusedAt(z.object({ a: z.object({ x: z.string() }) }), '<r><a/></r>')).toEqual(['a.x'])
    expect(refusedAt(z.object({ a: z.array(z.object({ x: z.int() })) }), '<r><a><x>1</x></a><a/></r>')).toEqual([
      'a.1.x',
    ])
    expect(read(z.object({ x: z.string().optional(), y: z.string().default('d') }), '<r/>')).toEqual({ y: 'd' })
    expect(read(z.object({ x: z.string().catch('c'), y: z.string().prefault('p') }), '<r/>')).toEqual({
      x: 'c',
      y: 'p',
    })
    expect(refusedAt(z.object({ x: z.string().nullable() }), '<r/>')).toEqual(['x'])
  })

  test.each<[string, z.ZodType]>([
    ['text, which would be "undefined"', z.coerce.string()],
    ['a boolean, which would be false', z.coerce.boolean()],
    ['a number', z.coerce.number()],
    ['a refined text', z.coerce.string().min(1)],
    ['a nullable text', z.coerce.string().nullable()],
    ['a transformed text', z.coerce.string().transform((text) => text.length)],
  ])('is not made up where the schema coerces: %s', (_, schema) => {
    expect(misshapen(z.object({ a: z.object({ x: schema }) }), '<r><a/></r>')).toBe("a.x: the element 'x' is missing")
    expect(misshapen(z.object({ a: z.object({ x: xml.attr(schema, { name: 'y' }) }) }), '<r><a/></r>')).toBe(
      "a.x: the attribute 'y' is missing",
    )
  })

  test('may be missing where the schema says so, coerced or not', () => {
    const schema = z.object({ x: z.coerce.string().optional(), y: z.coerce.boolean().default(true) })
    expect(read(schema, '<r/>')).toEqual({ y: true })
  })
})

describe('where the schema has one, two', () => {
  test.each<[string, z.ZodType]>([
    ['texts', z.string()],
    ['numbers', z.number()],
    ['objects', z.object({ y: z.string().optional() })],
    ['elements that may be null', z.string().nullable()],
    ['elements that may be missing', z.string().optional()],
    ['lists in elements of their own', xml.wrapped(z.array(z.string()), { item: 'i' })],
    ['lists in one text', xml.list(z.array(z.string()))],
    ['documents', xml.embedded(z.object({}))],
    ['bytes', xml.bytes()],
  ])('%s are refused with the path, never cut to one', (_, x) => {
    const schema = z.object({ a: z.object({ b: z.string().optional(), x, y: z.array(z.string()).optional() }) })
    for (const elements of [
      '<x/><x/>',
      '<x/><b/><x/>',
      '<b/><x/><y>1</y><x/>',
      '<x/><u/><x/>',
      '<x/> <!-- --> <x/>',
      '<x/><y/><b/><x/>',
    ])
      expect(misshapen(schema, `<r><a>${elements}</a></r>`)).toBe(`a.x: ${MORE}`)
  })

  test('are refused too when the decoder has met the names before, in whatever order they come', () => {
    const schema = z.object({ aaa: z.string(), bbb: z.string(), ccc: z.string().optional() })
    const orders = ['abcab', 'bab', 'cbac', 'abb', 'aab', 'bcab', 'abcb', 'cabc']
    expect(read(schema, '<r><aaa/><bbb/><ccc/></r>')).toEqual({ aaa: '', bbb: '', ccc: '' })
    for (const order of orders) {
      const elements = [...order].map((letter) => `<${letter.repeat(3)}>1</${letter.repeat(3)}>`).join('')
      expect(misshapen(schema, `<r>${elements}</r>`)).toMatch(/: one element was expected, and there are more$/)
    }
  })

  test('elements in text are refused, and text in an object is passed over', () => {
    const schema = z.object({ a: z.array(z.object({ x: z.string() })) })
    expect(misshapen(schema, '<r><a><x>1</x></a><a><x>1<b/></x></a></r>')).toBe(`a.1.x: ${ELEMENTS}`)
    expect(misshapen(z.string(), '<r>1<b/></r>')).toBe(`the document: ${ELEMENTS}`)
    expect(read(schema, '<r>text<a>text<x>1</x>text</a>&amp;<![CDATA[text]]></r>')).toEqual({ a: [{ x: '1' }] })
  })
})

describe('what the schema does not mention', () => {
  const schema = z.object({ x: z.string() })
  test.each([
    '<r a="1" b:c="2" xmlns:b="u"><y/><x d="2">1</x><z><x>2</x></z></r>',
    '<r><y><y><y>1</y></y>text</y><x>1</x></r>',
    '<r><!-- <x>2</x> --><?x 2?><x>1</x></r>',
  ])('is passed over: %s', (document) => {
    expect(read(schema, document)).toEqual({ x: '1' })
    expect(read(z.strictObject({ x: z.string() }), document)).toEqual({ x: '1' })
    expect(read(z.looseObject({ x: z.string() }), document)).toEqual({ x: '1' })
  })

  test.each([
    '<r><x>1</x><y><z></y></r>',
    '<r><x>1</x><y a="1" a="2"/></r>',
    '<r><x>1</x><y>&nope;</y></r>',
    '<r><x>1</x><p:y/></r>',
  ])('is checked all the same: %s', (document) => {
    expect(failureOf(() => read(schema, document)).code).toBe('backend-malformed')
  })
})

test('elements may come in another order than in the schema', () => {
  const schema = z.object({ a: z.string(), b: z.array(z.string()), c: z.object({ d: z.string() }) })
  const expected = { a: '1', b: ['2', '3'], c: { d: '4' } }
  const parts = ['<a>1</a>', '<b>2</b>', '<b>3</b>', '<c><d>4</d></c>']
  for (const order of ['0123', '3210', '1032', '1302', '3120'])
    expect(read(schema, `<r>${[...order].map((at) => parts[Number(at)]).join('')}</r>`).a).toBe('1')
  expect(read(schema, `<r>${parts[1]}${parts[3]}${parts[2]}${parts[0]}</r>`)).toEqual(expected)
})

describe('nil', () => {
  const schema = z.object({
    Note: z.string().nullable(),
    At: z.date().nullish(),
    Sub: z.object({ x: z.string() }).nullable(),
    List: z.array(z.number().nullable()),
    Wrapped: xml.wrapped(z.array(z.string()).nullable(), { item: 'i' }),
    Tokens: xml.list(z.array(z.number())).nullable(),
  })
  test.each(['true', '1', ' true '])('%j is null, whatever the element would have held', (nil) => {
    const element = (name: string, content = '') => `<${name} xsi:nil="${nil}">${content}</${name}>`
    const names = ['Note', 'At', 'Sub', 'List', 'Wrapped', 'Tokens'].map((name) => element(name, 'left <b>over</b>'))
    expect(read(schema, `<r xmlns:xsi="${XSI}">${names.join('')}</r>`)).toEqual({
      ...{ Note: null, At: null, Sub: null, List: [null], Wrapped: null, Tokens: null },
    })
    expect(read(z.string().nullable(), `<r ${NIL.replace('true', nil)}/>`)).toBeNull()
  })

  test('false is none, and neither is an attribute of another namespace', () => {
    const one = z.object({ Note: z.string().nullable() })
    expect(read(one, `<r xmlns:i="${XSI}"><Note i:nil="false">a</Note></r>`)).toEqual({ Note: 'a' })
    expect(read(one, `<r xmlns:i="${XSI}"><Note i:nil="yes">a</Note></r>`)).toEqual({ Note: 'a' })
    expect(read(one, '<r><Note nil="true">a</Note></r>')).toEqual({ Note: 'a' })
    expect(read(one, '<r xmlns:i="urn:x"><Note i:nil="true"/></r>')).toEqual({ Note: '' })
  })

  test('where the schema has no null is refused with the path', () => {
    expect(refusedAt(z.object({ Note: z.string() }), `<r><Note ${NIL}/></r>`)).toEqual(['Note'])
    expect(refusedAt(z.object({ n: z.array(z.number()) }), `<r><n>1</n><n ${NIL}/></r>`)).toEqual(['n.1'])
    expect(refusedAt(z.object({ n: z.number().optional() }), `<r><n ${NIL}/></r>`)).toEqual(['n'])
    expect(refusedAt(z.object({ a: z.string() }), `<r ${NIL}><a>1</a></r>`)).toEqual([''])
  })

  test.each<[string, z.ZodType]>([
    ['text', z.coerce.string()],
    ['number', z.coerce.number()],
    ['boolean', z.coerce.boolean()],
    ['date', z.coerce.date()],
  ])('is made nothing of where the schema coerces a %s', (_, schema) => {
    expect(misshapen(z.object({ a: z.object({ x: schema }) }), `<r><a><x ${NIL}/></a></r>`)).toBe(
      'a.x: a value was expected, and it is nil',
    )
    expect(read(z.object({ x: schema.nullable() }), `<r><x ${NIL}/></r>`)).toEqual({ x: null })
  })
})

describe('the root', () => {
  test('has the name and one of the namespaces that are asked for', () => {
    const expected = { root: 'rates', namespaces: ['urn:a', 'urn:b'] }
    const anything = z.object({})
    expect(read(anything, '<rates xmlns="urn:b"/>', expected)).toEqual({})
    expect(read(anything, '<p:rates xmlns:p="urn:a"/>', expected)).toEqual({})
    expect(misshapen(anything, '<html/>', expected)).toBe("the document: the root element is 'html', not 'rates'")
    expect(misshapen(anything, '<rates/>', expected)).toBe(
      "the document: the root element is in the namespace '', which is not expected",
    )
  })
})
