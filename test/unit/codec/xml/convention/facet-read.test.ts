import { deepStrictEqual } from 'node:assert/strict'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { FacetConvention } from '../../../../../src/codec/xml/convention/facet/options.ts'
import { conventionBuilder, valueToXml, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { writePlain } from '../../../../../src/codec/xml/plain.ts'
import { feed } from './feed.ts'
import { asRead, values } from './values.ts'

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
const read = (xml: string, convention: FacetConvention = {}) => xmlToValue(Buffer.from(xml), undefined, convention)
/** What is in a root element that says nothing itself. */
const within = (content: string, convention: FacetConvention = {}) =>
  read(`<r ${XSI} xmlns:p="urn:p">${content}</r>`, convention)

describe('without a schema', () => {
  test.each<[string, string, unknown]>([
    ['elements are properties', '<a>x</a><b>y</b>', { a: 'x', b: 'y' }],
    ['elements in elements are objects', '<a><b><c>x</c></b></a>', { a: { b: { c: 'x' } } }],
    [
      'text is text, whatever it looks like',
      '<a>007</a><b>1.50</b><c>true</c><d>1e3</d>',
      { a: '007', b: '1.50', c: 'true', d: '1e3' },
    ],
    ['text keeps its white space', '<a> x </a><b> </b>', { a: ' x ', b: ' ' }],
    ['white space between elements is not data', '\n  <a>x</a>\n  <b>y</b>\n', { a: 'x', b: 'y' }],
    ['CDATA is text', '<a>x<![CDATA[<b/>]]>y</a>', { a: 'x<b/>y' }],
    ['comments and instructions are nothing', '<a>x<!-- c -->y<?p?>z</a>', { a: 'xyz' }],
    ['what is repeated is a list', '<a>1</a><b/><a>2</a><a>3</a>', { a: ['1', '2', '3'], b: '' }],
    ['elements of the items’ name alone are a list', '<a><item>1</item><item>2</item></a>', { a: ['1', '2'] }],
    ['also where there is one', '<a><item>1</item></a>', { a: ['1'] }],
    ['lists of lists', '<a><item><item>1</item></item><item/></a>', { a: [['1'], ''] }],
    ['items beside others are a property', '<a><item>1</item><b/></a>', { a: { item: '1', b: '' } }],
    ['an empty element is empty text', '<a/><b></b>', { a: '', b: '' }],
    ['nil is null', '<a xsi:nil="true"/><b xsi:nil="1"></b><c xsi:nil="false"/>', { a: null, b: null, c: '' }],
    ['nil beside attributes', '<a id="1" xsi:nil="true"/>', { a: { '@id': '1', '#text': null } }],
    ['what says it is nil and is not', '<a xsi:nil="true">x</a>', { a: 'x' }],
    ['attributes', '<a id="1" no="007"/>', { a: { '@id': '1', '@no': '007' } }],
    ['text beside attributes', '<a id="1">x</a>', { a: { '@id': '1', '#text': 'x' } }],
    ['white space beside attributes', '<a id="1"> </a>', { a: { '@id': '1', '#text': ' ' } }],
    ['attributes beside elements', '<a id="1"><b/></a>', { a: { '@id': '1', b: '' } }],
    ['text beside elements', '<a>x<b>y</b>z</a>', { a: { b: 'y', '#text': 'xz' } }],
    ['prefixes are left out, and declarations', '<p:a xmlns="urn:x" p:b="1"><c/></p:a>', { a: { '@b': '1', c: '' } }],
    [
      'an attribute of its own goes before one of a namespace',
      '<a p:id="1" id="2"/><b id="2" p:id="1"/>',
      { a: { '@id': '2' }, b: { '@id': '2' } },
    ],
    ['what a schema is told is not data', '<a xsi:type="p:T" xsi:schemaLocation="urn:p p.xsd">x</a>', { a: 'x' }],
    [
      'escaped names',
      '<first_x0020_name>x</first_x0020_name><_x/><_x_/><_x110000_/>',
      { 'first name': 'x', _x: '', '': '', _x110000_: '' },
    ],
  ])('%s', (_, xml, expected) => {
    expect(within(xml)).toStrictEqual(expected)
  })

  test.each([
    ['<r>x</r>', 'x'],
    ['<r/>', ''],
    [`<r ${XSI} xsi:nil="true"/>`, null],
    ['<r><item/></r>', ['']],
    ['<r a="1"/>', { '@a': '1' }],
  ])('the root element’s name is not in the value: %s', (xml, expected) => {
    expect(read(xml)).toStrictEqual(expected)
  })
})

describe('an option', () => {
  test.each<[string, FacetConvention, string, unknown]>([
    ['attributePrefix', { attributePrefix: '_' }, '<a id="1"/>', { a: { _id: '1' } }],
    ['textName', { textName: 'value' }, '<a id="1">x</a>', { a: { '@id': '1', value: 'x' } }],
    ['item', { item: 'row' }, '<a><row/></a><b><item/></b>', { a: [''], b: { item: '' } }],
    ['item: false', { item: false }, '<a><item/></a>', { a: { item: '' } }],
    ['trim', { trim: true }, '<a>\n x y\n</a><b> <c/> z </b>', { a: 'x y', b: { c: '', '#text': 'z' } }],
    ['keepRoot', { keepRoot: true }, '<a/>', { r: { a: '' } }],
    ['lists, with one entry', { lists: ['a'] }, '<a>1</a>', { a: ['1'] }],
    ['lists, with many', { lists: ['a'] }, '<a>1</a><a>2</a>', { a: ['1', '2'] }],
    ['lists, with none', { lists: ['a', 'b.c'] }, '<b/>', { b: { c: [] }, a: [] }],
    ['lists, with white space alone around none', { lists: ['b.c'] }, '<b>\n</b>', { b: { c: [] } }],
    ['lists, with none beside attributes', { lists: ['b.c'] }, '<b id="1"/>', { b: { '@id': '1', c: [] } }],
    ['lists, in every element on the way', { lists: ['b.c'] }, '<b><c/></b><b/>', { b: [{ c: [''] }, { c: [] }] }],
    ['lists of items', { lists: ['a.item'] }, '<a/>', { a: [] }],
    ['lists that are nil', { lists: ['a.item'] }, '<a xsi:nil="true"/>', { a: null }],
    ['lists of names with dots', { lists: [['a.b']] }, '<a.b/>', { 'a.b': [''] }],
    [
      'ordered',
      { ordered: ['a'] },
      '<a>x<b>1</b>y<c/><b/></a>',
      { a: ['x', { name: 'b', value: '1' }, 'y', { name: 'c', value: '' }, { name: 'b', value: '' }] },
    ],
    [
      'ordered, with white space for the eye',
      { ordered: ['a'] },
      '<a>\n <b/>\n <c/>\n</a>',
      {
        a: [
          { name: 'b', value: '' },
          { name: 'c', value: '' },
        ],
      },
    ],
    [
      'ordered, with white space in text',
      { ordered: ['a'] },
      '<a>x <b/> <b/></a>',
      { a: ['x ', { name: 'b', value: '' }, ' ', { name: 'b', value: '' }] },
    ],
    ['ordered, beside attributes', { ordered: ['a'] }, '<a id="1">x</a>', { a: { '@id': '1', '#text': ['x'] } }],
    ['ordered, with nothing', { ordered: ['a'] }, '<a/>', { a: [] }],
    ['ordered, and nil', { ordered: ['a'] }, '<a xsi:nil="true"/>', { a: null }],
    ['ordered, the value itself', { ordered: [''] }, '<b/>x', [{ name: 'b', value: '' }, 'x']],
    ['ordered and a list', { ordered: ['a'], lists: ['a'] }, '<a>x</a>', { a: [['x']] }],
    [
      'namespaces by prefix',
      { namespaces: 'prefix' },
      '<p:a p:id="1" id="2" xmlns:q="urn:q"><q:b/></p:a>',
      { '@xmlns:p': 'urn:p', 'p:a': { '@xmlns:q': 'urn:q', '@p:id': '1', '@id': '2', 'q:b': '' } },
    ],
    [
      'namespaces by prefix, the default one',
      { namespaces: 'prefix' },
      '<a xmlns="urn:a"><b xmlns=""/></a>',
      { '@xmlns:p': 'urn:p', a: { '@xmlns': 'urn:a', b: { '@xmlns': '' } } },
    ],
    [
      'namespaces by prefix, with a type',
      { namespaces: 'prefix' },
      '<a xsi:type="p:T">x</a>',
      { '@xmlns:p': 'urn:p', a: { '@xsi:type': 'p:T', '#text': 'x' } },
    ],
    [
      'namespaces by URI',
      { namespaces: 'uri' },
      '<p:a p:id="1" id="2"><b xmlns="urn:b"/></p:a>',
      { '{urn:p}a': { '@{urn:p}id': '1', '@id': '2', '{urn:b}b': '' } },
    ],
    ['namespaces by URI, whatever the prefix', { namespaces: 'uri' }, '<q:a xmlns:q="urn:p"/>', { '{urn:p}a': '' }],
    ['namespaces by URI, with XML’s own', { namespaces: 'uri' }, '<a xml:lang="de"/>', { a: { '@xml:lang': 'de' } }],
  ])('%s', (_, convention, xml, expected) => {
    expect(within(xml, convention)).toStrictEqual(expected)
  })
})

describe('as a part of something else', () => {
  const xml = '<d xmlns="urn:d" xmlns:p="urn:p"><any><p:a/><p:a p:b="1"/></any></d>'

  test('an element is read as a document would be, and has no name', () => {
    expect(feed(conventionBuilder({ keepRoot: true }, false), xml, 'any')).toEqual({ a: ['', { '@b': '1' }] })
  })

  test('prefixes from outside can be understood by themselves', () => {
    expect(feed(conventionBuilder({ namespaces: 'prefix' }, false), xml, 'any')).toEqual({
      '@xmlns': 'urn:d',
      'p:a': [{ '@xmlns:p': 'urn:p' }, { '@xmlns:p': 'urn:p', '@p:b': '1' }],
    })
  })
})

describe('what the default writer writes', () => {
  test('is read back, but for the types of values and for what is empty', () => {
    fc.assert(
      fc.property(values, (value) => {
        deepStrictEqual(read(writePlain(value, { root: 'r' })), asRead(value))
      }),
      { numRuns: 1_000 },
    )
  })

  test('is read back as a request, where properties may be attributes and text', () => {
    fc.assert(
      fc.property(values, (value) => {
        deepStrictEqual(read(valueToXml(value, {}, { unsendable: 'replace' })), asRead(value, { asRequest: true }))
      }),
      { numRuns: 1_000 },
    )
  })
})
