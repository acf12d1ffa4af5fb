import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { elementWriter, vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { reread } from '../../support/well-formed.ts'

function written(schema: z.ZodType, value: unknown, ns = ''): string {
  const text = elementWriter(schema, { local: 'r', ns })(value)
  reread(text, true)
  return text
}

describe('namespaces', () => {
  test('are declared once and inherited', () => {
    const schema = z.object({ a: z.object({ b: z.string() }), c: z.array(z.string()) })
    expect(written(schema, { a: { b: '1' }, c: ['2'] }, 'urn:u')).toBe('<r xmlns="urn:u"><a><b>1</b></a><c>2</c></r>')
  })

  test('change where the schema says so, and children are in that of their parent', () => {
    const schema = z.object({
      a: xml.element(z.object({ b: z.string(), c: xml.element(z.string(), { ns: 'urn:u' }) }), { ns: 'urn:x' }),
      d: xml.element(z.string(), { ns: '' }),
      e: xml.element(z.string(), { ns: 'urn:u' }),
    })
    expect(written(schema, { a: { b: '1', c: '2' }, d: '3', e: '4' }, 'urn:u')).toBe(
      '<r xmlns="urn:u"><a xmlns="urn:x"><b>1</b><c xmlns="urn:u">2</c></a><d xmlns="">3</d><e>4</e></r>',
    )
  })

  test('are escaped', () => {
    const text = written(z.object({ a: z.string() }), { a: '1' }, 'urn:"<&')
    expect(reread(text, true).r['@ns'].uri).toBe('urn:"<&')
  })

  test('of nil elements are declared too', () => {
    const schema = z.object({ a: xml.element(z.string().nullable(), { ns: 'urn:x' }) })
    const text = written(schema, { a: null }, 'urn:u')
    expect(reread(text, true).r.a['@ns'].uri).toBe('urn:x')
    expect(schema.parse(xmlDecoder(schema)(Buffer.from(text), undefined))).toEqual({ a: null })
  })
})

describe('places', () => {
  test('attributes come before content, text after them, wherever they stand in the schema', () => {
    const money = z.object({ value: xml.text(z.number()), currency: xml.attr(z.string()) })
    expect(
      written(z.object({ Amount: money, id: xml.attr(z.string()) }), {
        id: '7',
        Amount: { value: 13.37, currency: 'EUR' },
      }),
    ).toBe('<r id="7"><Amount currency="EUR">13.37</Amount></r>')
  })

  test('names are those that were given', () => {
    const schema = z.object({
      a: xml.attr(z.string(), { name: 'data-a' }),
      b: xml.element(z.string(), { name: 'B.b' }),
      list: xml.element(z.array(z.string()), { name: 'Item' }),
    })
    expect(written(schema, { a: '1', b: '2', list: ['3', '4'] })).toBe(
      '<r data-a="1"><B.b>2</B.b><Item>3</Item><Item>4</Item></r>',
    )
  })

  test('attributes with a namespace have a prefix of their own, several of them too', () => {
    const schema = z.object({
      a: xml.attr(z.string(), { ns: 'urn:1' }),
      b: xml.attr(z.string(), { ns: 'urn:2' }),
      c: xml.attr(z.string(), { ns: 'urn:1' }),
      d: xml.attr(z.string()),
      e: z.object({ a: xml.attr(z.string(), { ns: 'urn:1' }) }),
    })
    const value = { a: '1', b: '2', c: '3', d: '4', e: { a: '5' } }
    const text = written(schema, value, 'urn:u')
    const { r } = reread(text, true)
    const of = (node: { '@': Record<string, { local: string; uri: string; value: string }> }) =>
      Object.values(node['@'])
        .filter(({ uri }) => uri !== 'http://www.w3.org/2000/xmlns/')
        .filter(({ local }) => local !== 'xmlns')
        .map(({ uri, local, value }) => [uri, local, value])
    expect(of(r)).toEqual([
      ['urn:1', 'a', '1'],
      ['urn:2', 'b', '2'],
      ['urn:1', 'c', '3'],
      ['', 'd', '4'],
    ])
    expect(of(r.e)).toEqual([['urn:1', 'a', '5']])
    expect(schema.parse(xmlDecoder(schema)(Buffer.from(text), undefined))).toEqual(value)
  })

  test('xml:lang is written with its own prefix, which nothing may be bound to', () => {
    const schema = z.object({ lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }) })
    expect(written(schema, { lang: 'de' })).toBe('<r xml:lang="de"/>')
  })

  test('attributes and text that are missing or null are left out', () => {
    const schema = z.object({
      a: xml.attr(z.string().optional()),
      b: xml.attr(z.string().nullable()),
      c: xml.text(z.string().nullish()),
    })
    expect(written(schema, { b: null, c: null })).toBe('<r/>')
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
  expect(schema.parse(xmlDecoder(schema, 'order')(Buffer.from(body), undefined))).toEqual(value)
})
