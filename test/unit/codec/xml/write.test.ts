import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { read, written, XSI } from '../../support/xml.ts'

const NIL = `xmlns:xsi="${XSI}" xsi:nil="true"`

describe('a document', () => {
  test('says what it is', () => {
    const { body, contentType } = xmlEncoder(z.object({}), { local: 'r', ns: '' })({})
    expect([body, contentType]).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>\n<r/>',
      'application/xml; charset=utf-8',
    ])
  })

  test('has its elements in the order of the schema, whatever the order of the keys', () => {
    const schema = z.object({
      InvoiceNo: z.string(),
      Amount: z.number(),
      Lines: z.object({ b: z.string(), a: z.string() }),
      '1': xml.element(z.string(), { name: 'one' }),
    })
    const expected = '<r><one>0</one><InvoiceNo>1</InvoiceNo><Amount>2</Amount><Lines><b>x</b><a>y</a></Lines></r>'
    expect(written(schema, { InvoiceNo: '1', Amount: 2, Lines: { b: 'x', a: 'y' }, '1': '0' })).toBe(expected)
    expect(written(schema, { '1': '0', Lines: { a: 'y', b: 'x' }, Amount: 2, InvoiceNo: '1' })).toBe(expected)
  })

  test('has nothing that the schema does not name', () => {
    expect(written(z.object({ a: z.string() }), { a: '1', b: '2', __proto__: { c: 3 } })).toBe('<r><a>1</a></r>')
  })

  test('has nothing that every object has, where the value does not', () => {
    const schema = z.object({
      toString: z.string().optional(),
      constructor: z.string().optional(),
      valueOf: z.number().optional(),
    })
    expect(written(schema, {})).toBe('<r/>')
    expect(written(schema, { toString: 'x', valueOf: 1 })).toBe('<r><toString>x</toString><valueOf>1</valueOf></r>')
    expect(written(z.object({ constructor: xml.attr(z.string().optional()) }), {})).toBe('<r/>')
  })

  test('has a list as elements beside each other, and none for an empty one', () => {
    const schema = z.object({ x: z.array(z.number()), y: z.array(z.object({ z: z.string() })) })
    expect(written(schema, { x: [1, 2], y: [{ z: 'a' }] })).toBe('<r><x>1</x><x>2</x><y><z>a</z></y></r>')
    expect(written(schema, { x: [], y: [] })).toBe('<r/>')
  })

  test('has a list in an element of its own, empty too', () => {
    const schema = z.object({ x: xml.wrapped(z.array(z.number().nullable()), { item: 'i', name: 'Xs' }).nullish() })
    expect(written(schema, { x: [1, null] })).toBe(`<r><Xs><i>1</i><i ${NIL}/></Xs></r>`)
    expect(written(schema, { x: [] })).toBe('<r><Xs/></r>')
    expect(written(schema, { x: null })).toBe(`<r><Xs ${NIL}/></r>`)
    expect(written(schema, {})).toBe('<r/>')
    expect(written(xml.wrapped(z.array(z.string()), { item: 'i' }), ['a', 'b'])).toBe('<r><i>a</i><i>b</i></r>')
  })

  test('has a list in one text', () => {
    const list = xml.list(z.array(z.union([z.number(), z.literal('auto')])))
    expect(
      written(z.object({ x: list, y: xml.attr(list), z: xml.text(list) }), { x: [1, 'auto'], y: [2, 3], z: [1e21] }),
    ).toBe('<r y="2 3"><x>1 auto</x>1000000000000000000000</r>')
    expect(written(z.object({ x: list }), { x: [] })).toBe('<r><x/></r>')
  })

  test('leaves out what is undefined and says nil for what is null', () => {
    const schema = z.object({ a: z.string().optional(), b: z.string().nullable(), c: z.array(z.string().nullable()) })
    expect(written(schema, { a: undefined, b: null, c: ['x', null] })).toBe(`<r><b ${NIL}/><c>x</c><c ${NIL}/></r>`)
    expect(written(z.string().nullable(), null)).toBe(`<r ${NIL}/>`)
    expect(written(z.object({ a: z.object({ b: xml.attr(z.string()) }).nullable() }), { a: null })).toBe(
      `<r><a ${NIL}/></r>`,
    )
  })

  test('has no element for a list that is null: a nil one would be a list of one', () => {
    expect(written(z.object({ a: z.array(z.string()).nullable() }), { a: null })).toBe('<r/>')
  })

  test('has the keys of a record as elements', () => {
    expect(written(z.record(z.string(), z.array(z.number())), { b: [1, 2], a: [] })).toBe('<r><b>1</b><b>2</b></r>')
    expect(
      written(z.object({ x: z.record(z.string(), z.string()) }), { x: { größe: '1', 'a-b': '' } }, { ns: 'u' }),
    ).toBe('<r xmlns="u"><x><größe>1</größe><a-b/></x></r>')
  })

  test('has whichever of a union is there', () => {
    const union = z.object({
      v: z.union([
        z.object({ t: z.literal('a'), x: z.number() }),
        z.object({ t: z.literal('b'), y: z.array(z.string()) }),
      ]),
    })
    expect(written(union, { v: { t: 'a', x: 1 } })).toBe('<r><v><t>a</t><x>1</x></v></r>')
    expect(written(union, { v: { y: ['1', '2'], t: 'b' } })).toBe('<r><v><t>b</t><y>1</y><y>2</y></v></r>')
  })

  test('has what is in itself, as deep as the value goes', () => {
    const Node = z.object({
      name: xml.attr(z.string()),
      get child() {
        return z.array(Node)
      },
    })
    const value = {
      name: '1',
      child: [
        { name: '2', child: [{ name: '3', child: [] }] },
        { name: '4', child: [] },
      ],
    }
    expect(written(Node, value)).toBe('<r name="1"><child name="2"><child name="3"/></child><child name="4"/></r>')
  })

  test.each<[string, z.ZodType, unknown, string]>([
    ['a number', z.number(), 13.37, '13.37'],
    ['a small number', z.number(), 1.5e-7, '0.00000015'],
    ['the smallest number', z.number(), 5e-324, `0.${'0'.repeat(323)}5`],
    ['a negative small number', z.number(), -1e-7, '-0.0000001'],
    ['a large number', z.number(), 1e21, '1000000000000000000000'],
    ['a large number with a fraction of digits', z.number(), -1.25e22, '-12500000000000000000000'],
    ['the largest number', z.number(), Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
    ['negative zero, which xs:integer has no place for', z.number(), -0, '0'],
    ['an infinity', z.number(), Number.POSITIVE_INFINITY, 'INF'],
    ['a negative infinity', z.number(), Number.NEGATIVE_INFINITY, '-INF'],
    ['not a number', z.number(), Number.NaN, 'NaN'],
    ['a big integer', z.bigint(), 9007199254740993n, '9007199254740993'],
    ['a negative big integer', z.bigint(), -(10n ** 30n), `-1${'0'.repeat(30)}`],
    ['a boolean', z.boolean(), true, 'true'],
    ['the other boolean', z.boolean(), false, 'false'],
    ['a date', z.date(), new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date beyond the year 9999', z.date(), new Date('+012024-02-29T00:00:00Z'), '12024-02-29T00:00:00.000Z'],
    ['a date before the first year', z.date(), new Date('-000044-03-15T00:00:00Z'), '-0044-03-15T00:00:00.000Z'],
    ['bytes', xml.bytes(), Uint8Array.of(1, 2, 255), 'AQL/'],
    ['an enum', z.enum(['open']), 'open', 'open'],
    ['a literal number', z.literal(5), 5, '5'],
    ['leading zeros', z.string(), '00001', '00001'],
    ['nothing', z.string(), '', ''],
    ['blanks', z.string(), ' a ', ' a '],
    [
      'what a transform has made',
      z.date().transform((date) => date.toISOString().slice(0, 10)),
      '1970-01-01',
      '1970-01-01',
    ],
    [
      'what a codec has made',
      z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: String }),
      new Date(0),
      '1970-01-01T00:00:00.000Z',
    ],
    ['what preprocessing has made', z.preprocess(String, z.string()), 'a', 'a'],
  ])('has %s as XML Schema writes it', (_, schema, value, text) => {
    const element = text === '' ? '<r><x/></r>' : `<r><x>${text}</x></r>`
    expect(written(z.object({ x: schema }), { x: value })).toBe(element)
    expect(written(z.object({ x: z.array(schema) }), { x: [value] })).toBe(element)
    expect(written(z.object({ x: xml.attr(schema) }), { x: value })).toBe(`<r x="${text}"/>`)
    expect(written(schema, value)).toBe(text === '' ? '<r/>' : `<r>${text}</r>`)
  })
})

describe('escaping', () => {
  const hostile = `</x><y a='1' b="2">&amp;]]>\t\n\r<!-- --><?p?>`
  test('keeps text text and attributes attributes', () => {
    const schema = z.object({ a: xml.attr(z.string()), x: z.string() })
    const text = written(schema, { a: hostile, x: hostile })
    expect(text).not.toContain('<y')
    expect(read(schema, text)).toEqual({ a: hostile, x: hostile })
  })

  test('whatever text XML can carry comes back as it was, long or short', () => {
    const schema = z.object({
      a: xml.attr(z.string()),
      x: z.string(),
      list: z.array(z.string()),
      t: xml.text(z.string()),
    })
    const text = fc
      .string({ unit: 'binary', size: '+1' })
      .filter((each) => !/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u.test(each))
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 3 }), text, (a, x, list, t) => {
        expect(read(schema, written(schema, { a, x, list, t }, { ns: 'urn:<"&>' }))).toEqual({ a, x, list, t })
      }),
      { numRuns: 300 },
    )
  })

  test.each(['\u007f', '\u0080', '\u0085', '\u2028', '\ufffd', '\ufdd0', '\ud7ff\ue000', '😀', '\u{10ffff}'])(
    '%j is sent as it is',
    (text) => {
      expect(written(z.object({ x: z.string() }), { x: text })).toBe(`<r><x>${text}</x></r>`)
      expect(written(z.object({ x: z.string() }), { x: text.repeat(100) })).toBe(`<r><x>${text.repeat(100)}</x></r>`)
    },
  )
})
