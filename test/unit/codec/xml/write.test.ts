import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { reread } from '../../support/well-formed.ts'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** What is written of a value, without the declaration; well-formed, or the test fails. */
function written(schema: z.ZodType, value: unknown, ns = ''): string {
  const { body } = xmlEncoder(schema, { local: 'r', ns })(value)
  reread(String(body), true)
  return String(body).slice(DECLARATION.length)
}

describe('a document', () => {
  test('says what it is', () => {
    const { body, contentType } = xmlEncoder(z.object({}), { local: 'r', ns: '' })({})
    expect([body, contentType]).toEqual([`${DECLARATION}<r/>`, 'application/xml; charset=utf-8'])
  })

  test('has its elements in the order of the schema, whatever the order of the keys', () => {
    const schema = z.object({
      InvoiceNo: z.string(),
      Amount: z.number(),
      Lines: z.object({ b: z.string(), a: z.string() }),
    })
    const expected = '<r><InvoiceNo>1</InvoiceNo><Amount>2</Amount><Lines><b>x</b><a>y</a></Lines></r>'
    expect(written(schema, { InvoiceNo: '1', Amount: 2, Lines: { b: 'x', a: 'y' } })).toBe(expected)
    expect(written(schema, { Lines: { a: 'y', b: 'x' }, Amount: 2, InvoiceNo: '1' })).toBe(expected)
  })

  test('has nothing that the schema does not name', () => {
    expect(written(z.object({ a: z.string() }), { a: '1', b: '2', __proto__: { c: 3 } })).toBe('<r><a>1</a></r>')
  })

  test('has a list as elements beside each other, and none for an empty one', () => {
    const schema = z.object({ x: z.array(z.number()), y: z.array(z.object({ z: z.string() })) })
    expect(written(schema, { x: [1, 2], y: [{ z: 'a' }] })).toBe('<r><x>1</x><x>2</x><y><z>a</z></y></r>')
    expect(written(schema, { x: [], y: [] })).toBe('<r/>')
  })

  test('leaves out what is undefined and says nil for what is null', () => {
    const schema = z.object({ a: z.string().optional(), b: z.string().nullable(), c: z.array(z.string().nullable()) })
    const nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
    expect(written(schema, { a: undefined, b: null, c: ['x', null] })).toBe(`<r><b ${nil}/><c>x</c><c ${nil}/></r>`)
  })

  test('has no element for a list that is null: a nil one would be a list of one', () => {
    expect(written(z.object({ a: z.array(z.string()).nullable() }), { a: null })).toBe('<r/>')
  })

  test.each<[string, z.ZodType, unknown, string]>([
    ['a number', z.number(), 13.37, '13.37'],
    ['a big integer', z.bigint(), 9007199254740993n, '9007199254740993'],
    ['a boolean', z.boolean(), true, 'true'],
    ['a date', z.date(), new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an infinity', z.number(), Number.NEGATIVE_INFINITY, '-INF'],
    ['not a number', z.number(), Number.NaN, 'NaN'],
    ['leading zeros', z.string(), '00001', '00001'],
    ['nothing', z.string(), '', ''],
    ['blanks', z.string(), ' a ', ' a '],
    [
      'what the schema makes of a date',
      z.date().transform((date) => date.toISOString().slice(0, 10)),
      '1970-01-01',
      '1970-01-01',
    ],
  ])('has %s as XML Schema writes it', (_, schema, value, text) => {
    expect(written(z.object({ x: schema }), { x: value })).toBe(`<r><x>${text}</x></r>`)
    expect(written(z.object({ x: xml.attr(schema) }), { x: value })).toBe(`<r x="${text}"/>`)
  })
})

describe('escaping', () => {
  const hostile = `</x><y a='1' b="2">&amp;]]>\t\n\r<!-- -->`
  test('keeps text text and attributes attributes', () => {
    const schema = z.object({ a: xml.attr(z.string()), x: z.string() })
    const text = written(schema, { a: hostile, x: hostile })
    expect(text).not.toContain('<y')
    expect(schema.parse(xmlDecoder(schema)(Buffer.from(text), undefined))).toEqual({ a: hostile, x: hostile })
  })

  test('whatever text XML can carry comes back as it was', () => {
    const schema = z.object({ a: xml.attr(z.string()), x: z.string(), list: z.array(z.string()) })
    const sendable = fc
      .string({ unit: 'binary' })
      .filter((text) => !/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u.test(text))
    // xml2js takes text of white space alone for none, so there is a letter in each.
    const filled = sendable.map((text) => `${text}.`)
    fc.assert(
      fc.property(filled, filled, fc.array(filled, { maxLength: 3 }), (a, x, list) => {
        const { body } = xmlEncoder(schema, { local: 'r', ns: 'urn:<"&>' })({ a, x, list })
        expect(schema.parse(xmlDecoder(schema)(Buffer.from(body), undefined))).toEqual({ a, x, list })
      }),
    )
  })

  test.each([
    '\u0000',
    '\u0008',
    '\u000b',
    '\u001b',
    '\u001f',
    '\ufffe',
    '\uffff',
    '\ud800',
    '\udc00',
    'a\udc00\ud800b',
  ])('a character that XML cannot carry is refused, not sent and not dropped: %j', (text) => {
    for (const schema of [z.object({ x: z.string() }), z.object({ x: xml.attr(z.string()) })]) {
      const failure = failureOf(() => xmlEncoder(schema, { local: 'r', ns: '' })({ x: `a${text}b` }))
      expect([failure.code, failure.issues?.[0]?.message]).toEqual([
        'input-invalid',
        'a character that XML cannot carry',
      ])
    }
  })

  test('characters beyond the sixteen bits are sent', () => {
    expect(written(z.object({ x: z.string() }), { x: '😀' })).toBe('<r><x>😀</x></r>')
  })
})

describe('names', () => {
  test.each(['Get Invoices', '', '1a', 'a:b', 'a<b', 'a"b', '-a'])('%j is refused as the name of a root', (local) => {
    expect(() => xmlEncoder(z.object({}), { local, ns: '' })).toThrow(`'${local}' is not the name of an XML element`)
  })
})
