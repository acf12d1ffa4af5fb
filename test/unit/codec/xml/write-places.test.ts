import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import {
  elementWriter,
  readDocument,
  vocabulary as xml,
  xmlDecoder,
  xmlEncoder,
} from '../../../../src/codec/xml/index.ts'
import type { Element } from '../../../../src/codec/xml/tree.ts'
import { read, written, XML, XSI } from '../../support/xml.ts'

const NIL = `xmlns:xsi="${XSI}" xsi:nil="true"`
const tree = (text: string): Element => readDocument(Buffer.from(text), undefined)
/** Every element's namespace and name, with its attributes, as a reader sees them. */
const seen = (element: Element): unknown[] => [
  `{${element.ns}}${element.local}`,
  ...element.attributes().map(({ ns, local, value }) => `{${ns}}${local}=${value}`),
  ...element.all().map(seen),
]

describe('namespaces', () => {
  test('are declared once and inherited', () => {
    const schema = z.object({ a: z.object({ b: z.string() }), c: z.array(z.string()) })
    expect(written(schema, { a: { b: '1' }, c: ['2'] }, { ns: 'urn:u' })).toBe(
      '<r xmlns="urn:u"><a><b>1</b></a><c>2</c></r>',
    )
  })

  test('change where the schema says so, and children are in that of their parent', () => {
    const schema = z.object({
      a: xml.element(z.object({ b: z.string(), c: xml.element(z.string(), { ns: 'urn:u' }) }), { ns: 'urn:x' }),
      d: xml.element(z.string(), { ns: '' }),
      e: xml.element(z.string(), { ns: 'urn:u' }),
    })
    expect(written(schema, { a: { b: '1', c: '2' }, d: '3', e: '4' }, { ns: 'urn:u' })).toBe(
      '<r xmlns="urn:u"><a xmlns="urn:x"><b>1</b><c xmlns="urn:u">2</c></a><d xmlns="">3</d><e>4</e></r>',
    )
  })

  test('have the prefixes that are chosen, declared once where that is enough', () => {
    const schema = z.object({
      a: xml.element(z.object({ b: z.string(), c: xml.element(z.string(), { ns: 'urn:a', prefix: 'p' }) }), {
        ns: 'urn:a',
        prefix: 'p',
      }),
      d: xml.element(z.array(z.string()), { ns: 'urn:a', prefix: 'p' }),
      e: xml.element(z.object({ f: xml.element(z.string(), { ns: 'urn:a', prefix: 'p' }) }), {
        ns: 'urn:e',
        prefix: 'p',
      }),
      g: xml.element(z.object({ h: z.string() }), { ns: '' }),
    })
    const value = { a: { b: '1', c: '2' }, d: ['3'], e: { f: '4' }, g: { h: '5' } }
    expect(written(schema, value, { ns: 'urn:r', prefix: 'q' })).toBe(
      '<q:r xmlns:q="urn:r"><p:a xmlns:p="urn:a"><p:b>1</p:b><p:c>2</p:c></p:a><p:d xmlns:p="urn:a">3</p:d>' +
        '<p:e xmlns:p="urn:e"><p:f xmlns:p="urn:a">4</p:f></p:e><g><h>5</h></g></q:r>',
    )
    expect(written(schema, value, { ns: 'urn:a', prefix: 'p' })).toContain('<p:r xmlns:p="urn:a"><p:a><p:b>')
    const seenOf = (text: string) => seen(tree(text)).slice(1)
    expect(seenOf(written(schema, value, { ns: 'urn:r', prefix: 'p' }))).toEqual(
      seenOf(written(schema, value, { ns: 'urn:r' })),
    )
  })

  test('of all that is in an object are those that are said, of lists, choices and records too', () => {
    const schema = z.object({
      o: xml.namespace(
        'urn:o',
        z.object({
          a: z.string(),
          l: z.array(z.string()),
          c: xml.choice({ x: z.string() }),
          p: xml.element(z.string(), { prefix: 'o' }),
        }),
      ),
      w: xml.wrapped(z.array(z.string()), { item: 'i', itemNs: 'urn:i' }),
      rec: z.record(z.string(), z.string()),
    })
    const value = { o: { a: '1', l: ['2'], c: [{ name: 'x', value: '3' }], p: '4' }, w: ['5'], rec: { k: '6' } }
    const text = written(schema, value, { ns: 'urn:r', prefix: 'r' })
    expect(seen(tree(text))).toEqual([
      '{urn:r}r',
      ['{urn:r}o', ['{urn:o}a'], ['{urn:o}l'], ['{urn:o}x'], ['{urn:o}p']],
      ['{urn:r}w', ['{urn:i}i']],
      ['{urn:r}rec', ['{urn:r}k']],
    ])
    expect(read(schema, text)).toEqual(value)
  })

  test('have the prefix that is said of an object, for all that is in it', () => {
    const inner = z.object({ a: z.string(), b: z.array(z.string()), c: xml.element(z.string(), { ns: 'urn:c' }) })
    const schema = z.object({ one: xml.namespace('urn:o', inner, { prefix: 'o' }), two: xml.namespace('urn:o', inner) })
    const value = { one: { a: '1', b: ['2'], c: '3' }, two: { a: '1', b: ['2'], c: '3' } }
    expect(written(schema, value)).toBe(
      '<r><one><o:a xmlns:o="urn:o">1</o:a><o:b xmlns:o="urn:o">2</o:b><c xmlns="urn:c">3</c></one>' +
        '<two><a xmlns="urn:o">1</a><b xmlns="urn:o">2</b><c xmlns="urn:c">3</c></two></r>',
    )
    const outside = xml.element(schema, { ns: 'urn:o', prefix: 'o' })
    expect(written(outside, value)).toContain('<o:one><o:a>1</o:a><o:b>2</o:b><c xmlns="urn:c">3</c></o:one>')
    expect(read(schema, written(schema, value))).toEqual(value)
    expect(() => xml.namespace('', inner, { prefix: 'o' })).toThrow("the prefix 'o' has no namespace")
    expect(() => xml.namespace('urn:o', inner, { prefix: 'xml' })).toThrow("'xml' is no prefix")
  })

  test('are escaped', () => {
    expect(tree(written(z.object({ a: z.string() }), { a: '1' }, { ns: 'urn:"<&\n' })).ns).toBe('urn:"<&\n')
  })

  test('of nil elements are declared too', () => {
    const schema = z.object({
      a: xml.element(z.string().nullable(), { ns: 'urn:x' }),
      b: xml.element(z.null(), { ns: 'urn:y', prefix: 'y' }),
    })
    const text = written(schema, { a: null, b: null }, { ns: 'urn:u' })
    expect(text).toBe(`<r xmlns="urn:u"><a xmlns="urn:x" ${NIL}/><y:b xmlns:y="urn:y" ${NIL}/></r>`)
    expect(read(schema, text)).toEqual({ a: null, b: null })
  })
})

describe('attributes', () => {
  test('come before content, text after them, wherever they stand in the schema', () => {
    const money = z.object({ value: xml.text(z.number()), currency: xml.attr(z.string()) })
    expect(
      written(z.object({ Amount: money, id: xml.attr(z.string()) }), {
        id: '7',
        Amount: { value: 13.37, currency: 'EUR' },
      }),
    ).toBe('<r id="7"><Amount currency="EUR">13.37</Amount></r>')
  })

  test('have the names that were given, as elements have', () => {
    const schema = z.object({
      a: xml.attr(z.string(), { name: 'data-a' }),
      b: xml.element(z.string(), { name: 'B.b' }),
      list: xml.element(z.array(z.string()), { name: 'Item' }),
    })
    expect(written(schema, { a: '1', b: '2', list: ['3', '4'] })).toBe(
      '<r data-a="1"><B.b>2</B.b><Item>3</Item><Item>4</Item></r>',
    )
  })

  test('have the prefix that is said of them, if it means nothing else there', () => {
    const schema = z.object({
      a: xml.attr(z.string(), { ns: 'urn:1', prefix: 'p' }),
      b: xml.attr(z.string(), { ns: 'urn:2', prefix: 'p' }),
    })
    expect(written(schema, { a: '1', b: '2' })).toBe('<r xmlns:p="urn:1" p:a="1" xmlns:a0="urn:2" a0:b="2"/>')
    expect(() => read(z.object({ a: xml.attr(z.string(), { prefix: 'p' }) }), '<r/>')).toThrow(
      "the schema at a has the prefix 'p' and no namespace",
    )
  })

  const namespaced = z.object({
    a: xml.attr(z.string(), { ns: 'urn:1' }),
    b: xml.attr(z.string(), { ns: 'urn:2' }),
    c: xml.attr(z.string(), { ns: 'urn:1' }),
    d: xml.attr(z.string()),
    e: z.object({ a: xml.attr(z.string(), { ns: 'urn:1' }) }),
  })
  const value = { a: '1', b: '2', c: '3', d: '4', e: { a: '5' } }
  const expected = ['{urn:1}a=1', '{urn:2}b=2', '{urn:1}c=3', '{}d=4']
  test('with a namespace have a prefix, one for each namespace', () => {
    const text = written(namespaced, value, { ns: 'urn:u' })
    expect(text).toBe(
      '<r xmlns="urn:u" xmlns:a0="urn:1" a0:a="1" xmlns:a1="urn:2" a1:b="2" a0:c="3" d="4"><e xmlns:a0="urn:1" a0:a="5"/></r>',
    )
    expect(seen(tree(text))).toEqual(['{urn:u}r', ...expected, ['{urn:u}e', '{urn:1}a=5']])
    expect(read(namespaced, text)).toEqual(value)
  })

  test.each(['a0', 'a1', 'p'])(
    'have one that means nothing else there, where elements have the prefix %s',
    (prefix) => {
      const inner = xml.element(z.object({ x: namespaced, y: xml.element(z.string(), { ns: 'urn:u', prefix }) }), {
        ns: 'urn:u',
        prefix,
      })
      const schema = z.object({ o: inner, q: xml.attr(z.string(), { ns: 'urn:1' }) })
      const whole = { o: { x: value, y: '6' }, q: '7' }
      for (const ns of ['urn:u', 'urn:1']) {
        const text = written(schema, whole, { ns, prefix })
        expect(seen(tree(text))).toEqual([
          `{${ns}}r`,
          '{urn:1}q=7',
          ['{urn:u}o', ['{urn:u}x', ...expected, ['{urn:u}e', '{urn:1}a=5']], ['{urn:u}y']],
        ])
        expect(read(schema, text)).toEqual(whole)
      }
    },
  )

  test('xml:lang is written with its own prefix, which nothing may be bound to', () => {
    expect(written(z.object({ lang: xml.attr(z.string(), { ns: XML }) }), { lang: 'de' })).toBe('<r xml:lang="de"/>')
  })

  test('and text that are missing or null are left out', () => {
    const schema = z.object({
      a: xml.attr(z.string().optional()),
      b: xml.attr(z.string().nullable()),
      c: xml.text(z.string().nullish()),
      d: xml.attr(z.string(), { ns: 'urn:d' }).nullish(),
    })
    expect(written(schema, { b: null, c: null, d: null })).toBe('<r/>')
  })
})

test('what is written is read again as it was', () => {
  const schema = z.object({
    id: xml.attr(z.string()),
    at: xml.attr(z.date(), { ns: 'urn:m' }),
    customer: z.object({ number: z.string(), vip: z.boolean(), note: z.string().nullable() }),
    lines: z.array(z.object({ sku: xml.attr(z.string()), price: xml.text(z.number()) })),
    big: xml.element(z.bigint(), { name: 'Big', ns: 'urn:x' }),
    nothing: z.array(z.string()),
  })
  const value = {
    id: '007',
    at: new Date('2024-02-29T10:00:00.123Z'),
    customer: { number: '00001', vip: false, note: null },
    lines: [{ sku: 'A&B', price: 0.1 }],
    big: -(10n ** 30n),
    nothing: [],
  }
  const { body } = xmlEncoder(schema, { local: 'order', ns: 'urn:o' })(value)
  const decode = xmlDecoder(schema, { root: 'order', namespaces: ['urn:o'] })
  expect(schema.parse(decode(Buffer.from(body as string), undefined))).toEqual(value)
})

describe('the name of a root', () => {
  const write = (name: { local: string; ns: string; prefix?: string }) => () => elementWriter(z.object({}), name)
  test.each(['Get Invoices', '', '1a', 'a:b', 'a<b', 'a"b', '-a', 'a\u0000'])('is not %j', (local) => {
    expect(write({ local, ns: '' })).toThrow(`'${local}' is not the name of an XML element`)
  })

  test.each(['xml', 'xmlns', 'xsi', 'p:q', '', 'p q', 'p"'])('has not the prefix %j', (prefix) => {
    expect(write({ local: 'r', ns: 'urn:r', prefix })).toThrow(
      `'${prefix}' is no prefix, or one that XML keeps for itself`,
    )
  })

  test('has no prefix without a namespace', () => {
    expect(write({ local: 'r', ns: '', prefix: 'p' })).toThrow("the prefix 'p' has no namespace")
  })
})
