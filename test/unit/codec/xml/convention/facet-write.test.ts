import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { FacetConvention } from '../../../../../src/codec/xml/convention/facet/options.ts'
import { valueToXml, writeConvention } from '../../../../../src/codec/xml/conventions.ts'
import { writePlain } from '../../../../../src/codec/xml/plain.ts'
import { reread } from '../../../support/well-formed.ts'
import { values } from './values.ts'

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** What is written for the element `r` of somebody's document; well-formed, or the test fails. */
function written(value: unknown, convention: FacetConvention = {}): string {
  const xml = writeConvention(value, convention, { local: 'r' })
  reread(xml, true)
  return xml
}

describe('a value', () => {
  test.each<[string, unknown, string]>([
    ['properties are elements', { b: 1, a: 'x' }, '<r><b>1</b><a>x</a></r>'],
    [
      'a list has an item for each entry',
      { a: [1, [2], null, undefined] },
      `<r><a><item>1</item><item><item>2</item></item><item ${XSI} xsi:nil="true"/><item ${XSI} xsi:nil="true"/></a></r>`,
    ],
    ['null is nil', null, `<r ${XSI} xsi:nil="true"/>`],
    ['what is undefined is left out', { a: undefined, b: () => 1 }, '<r/>'],
    [
      'dates, numbers, bytes',
      [new Date(0), 1e21, Buffer.from('x')],
      '<r><item>1970-01-01T00:00:00.000Z</item><item>1000000000000000000000</item><item>eA==</item></r>',
    ],
    ['attributes', { '@id': 1, '@first name': 'x', a: '' }, '<r id="1" first_x0020_name="x"><a/></r>'],
    ['text beside attributes', { '@id': 1, '#text': 'x' }, '<r id="1">x</r>'],
    ['text beside elements', { '#text': 'x', a: 1 }, '<r>x<a>1</a></r>'],
    ['null beside attributes', { '@id': 1, '#text': null }, `<r id="1" ${XSI} xsi:nil="true"/>`],
    [
      'what cannot be an attribute is an element',
      { '@a': [1], '@b': null },
      `<r><_x0040_a><item>1</item></_x0040_a><_x0040_b ${XSI} xsi:nil="true"/></r>`,
    ],
    ['what cannot be text is an element', { '#text': { a: 1 } }, '<r><_x0023_text><a>1</a></_x0023_text></r>'],
    [
      'white space beside elements is an element',
      { '#text': ' ', a: 1 },
      '<r><_x0023_text> </_x0023_text><a>1</a></r>',
    ],
    [
      'a declaration cannot be smuggled in',
      { '@xmlns': 'urn:x', '@xmlns:p': 'urn:p' },
      '<r _x0078_mlns="urn:x" _x0078_mlns_x003A_p="urn:p"/>',
    ],
    [
      'nor can markup',
      { '<a>': '<b>', '@"': '"' },
      '<r _x0022_="&quot;"><_x003C_a_x003E_>&lt;b&gt;</_x003C_a_x003E_></r>',
    ],
  ])('%s', (_, value, expected) => {
    expect(written(value)).toBe(expected)
  })

  test('of properties alone is written as for clients', () => {
    const plain = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([key, entry]) => !/^(@|#text$)/.test(key) && plain(entry))
    fc.assert(
      fc.property(values.filter(plain), (value) => {
        const expected = writePlain(value, { root: 'r' })
        expect(valueToXml(value, {}, { root: 'r', unsendable: 'replace' })).toBe(expected)
      }),
    )
  })

  test('with characters that XML cannot carry is refused, unless they are to be replaced', () => {
    expect(() => written({ a: '\u0000' })).toThrow('a character that XML cannot carry')
    expect(writeConvention('\u0000', {}, { local: 'r', unsendable: 'replace' })).toBe('<r>\ufffd</r>')
  })

  test('that contains itself is refused', () => {
    const value: unknown[] = []
    value.push(value)
    expect(() => written(value)).toThrow('more than 512 values within each other')
  })
})

describe('an option', () => {
  test.each<[string, FacetConvention, unknown, string]>([
    ['attributePrefix', { attributePrefix: '$' }, { $id: 1, '@id': 2 }, '<r id="1"><_x0040_id>2</_x0040_id></r>'],
    ['textName', { textName: 'value' }, { '@id': 1, value: 'x' }, '<r id="1">x</r>'],
    ['item', { item: 'row' }, [1], '<r><row>1</row></r>'],
    ['item: false', { item: false }, { a: [1, 2] }, '<r><a>1</a><a>2</a></r>'],
    ['item: false, of lists in lists', { item: false }, { a: [[1]] }, '<r><a><item>1</item></a></r>'],
    [
      'lists',
      { lists: ['a', 'b.c'] },
      { a: [1, null], b: { c: [[2]] } },
      `<r><a>1</a><a ${XSI} xsi:nil="true"/><b><c><item>2</item></c></b></r>`,
    ],
    ['ordered', { ordered: ['a'] }, { a: ['x', { name: 'b', value: 1 }, 'y'] }, '<r><a>x<b>1</b>y</a></r>'],
    [
      'ordered, the value itself',
      { ordered: [''] },
      [
        { name: 'b', value: 1 },
        { name: 'a', value: { '@c': 2 } },
      ],
      '<r><b>1</b><a c="2"/></r>',
    ],
    [
      'ordered, beside attributes',
      { ordered: [''] },
      { '@id': 1, '#text': ['x', { name: 'b' }] },
      `<r id="1">x<b ${XSI} xsi:nil="true"/></r>`,
    ],
    [
      'namespaces by prefix',
      { namespaces: 'prefix' },
      { '@xmlns:p': 'urn:p', 'p:a': { '@p:b': 1 } },
      '<r xmlns:p="urn:p"><p:a p:b="1"/></r>',
    ],
    ['namespaces by prefix, with a type', { namespaces: 'prefix' }, { '@xsi:type': 'T' }, `<r ${XSI} xsi:type="T"/>`],
    [
      'namespaces by URI',
      { namespaces: 'uri' },
      { '{urn:p}a': { '{urn:p}b': 1, c: 2, '@{urn:p}d': 3 } },
      '<r><a xmlns="urn:p" xmlns:ns0="urn:p" ns0:d="3"><b>1</b><c xmlns="">2</c></a></r>',
    ],
    ['namespaces by URI, with XML’s own', { namespaces: 'uri' }, { '@xml:lang': 'de' }, '<r xml:lang="de"/>'],
  ])('%s', (_, convention, value, expected) => {
    expect(written(value, convention)).toBe(expected)
  })

  test.each<[string, FacetConvention, unknown, string]>([
    ['a prefix that is not declared', { namespaces: 'prefix' }, { 'p:a': 1 }, "the prefix of 'p:a' is not declared"],
    ['a prefix without a namespace', { namespaces: 'prefix' }, { '@xmlns:p': '' }, "the prefix 'p' cannot be declared"],
    [
      'another namespace for xml',
      { namespaces: 'prefix' },
      { '@xmlns:xml': 'urn:x' },
      "the prefix 'xml' cannot be declared",
    ],
    ['ordered content that says no name', { ordered: [''] }, [{ value: 1 }], 'ordered content is a list'],
  ])('refuses %s', (_, convention, value, message) => {
    expect(() => written(value, convention)).toThrow(
      expect.objectContaining({ code: 'input-invalid', message: expect.stringContaining(message) }),
    )
  })
})

describe('the place of an element', () => {
  const declared = { namespaces: 'prefix' } as const

  test('says its name and its namespace', () => {
    expect(writeConvention('x', {}, { local: 'r', ns: 'urn:r' })).toBe('<r xmlns="urn:r">x</r>')
    expect(writeConvention('x', {}, { local: 'r', ns: 'urn:r', prefix: 'p' })).toBe('<p:r xmlns:p="urn:r">x</p:r>')
    expect(writeConvention({ '@a': 1 }, {}, { local: 'r', open: 'r xmlns="urn:o"', ns: 'urn:o' })).toBe(
      '<r xmlns="urn:o" a="1"/>',
    )
  })

  test('is the namespace of all elements in it, if they say none', () => {
    expect(writeConvention({ a: [1] }, {}, { local: 'r', ns: 'urn:r', prefix: 'p' })).toBe(
      '<p:r xmlns:p="urn:r"><p:a><p:item>1</p:item></p:a></p:r>',
    )
    expect(writeConvention({ a: 1 }, declared, { local: 'r', ns: 'urn:r', prefix: 'p' })).toBe(
      '<p:r xmlns:p="urn:r"><a>1</a></p:r>',
    )
  })

  test('is not to be changed by a value', () => {
    const place = { local: 'r', ns: 'urn:r', open: 'r xmlns="urn:r"' }
    expect(writeConvention({ '@xmlns': 'urn:r' }, declared, place)).toBe('<r xmlns="urn:r"/>')
    expect(() => writeConvention({ '@xmlns': 'urn:x' }, declared, place)).toThrow("'xmlns' is declared twice")
  })

  test('has nothing where the value is undefined', () => {
    expect(writeConvention(undefined, {}, { local: 'r' })).toBe('')
  })
})

describe('a document', () => {
  const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

  test.each<[string, string]>([
    [valueToXml({ a: 1 }), `${HEAD}<root ${XSI}><a>1</a></root>`],
    [valueToXml(undefined), `${HEAD}<root ${XSI} xsi:nil="true"/>`],
    [valueToXml({ a: 1 }, {}, { root: 'my root' }), `${HEAD}<my_x0020_root ${XSI}><a>1</a></my_x0020_root>`],
    [valueToXml({ r: [1] }, { keepRoot: true }), `${HEAD}<r ${XSI}><item>1</item></r>`],
    [valueToXml({ r: { a: 1 } }, { keepRoot: true }), `${HEAD}<r ${XSI}><a>1</a></r>`],
    [valueToXml({ '@xmlns:p': 'urn:p' }, { namespaces: 'prefix' }), `${HEAD}<root ${XSI} xmlns:p="urn:p"/>`],
  ])('%#', (xml, expected) => {
    expect(xml).toBe(expected)
  })

  test.each([{ a: 1, b: 2 }, [1], {}, 'x', null])('cannot have %j as its root', (value) => {
    expect(() => valueToXml(value, { keepRoot: true })).toThrow('an object with one property')
  })
})
