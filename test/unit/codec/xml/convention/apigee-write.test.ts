import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ApigeeReading, ApigeeWriting } from '../../../../../src/codec/xml/convention/apigee/options.ts'
import { type Convention, valueToXml, writeConvention, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { documents } from './documents.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
const write = (value: unknown, options: ApigeeReading & ApigeeWriting = {}) =>
  valueToXml(value, { convention: 'apigee', ...options })

describe('an option', () => {
  const person = { person: { name: 'A', age: 30 } }
  test.each<[string, unknown, ApigeeReading & ApigeeWriting, string]>([
    ['nothing', person, {}, '<person><name>A</name><age>30</age></person>'],
    [
      'textNodeName',
      { person: { first: 'A', age: 30, last: 'B' } },
      { textNodeName: 'age' },
      '<person><first>A</first>30<last>B</last></person>',
    ],
    ['nullValue', { person: 'NULL_VALUE' }, { nullValue: 'NULL_VALUE' }, '<person/>'],
    ['no nullValue', { person: 'NULL' }, {}, '<person>NULL</person>'],
    ['null', { a: { b: null, c: undefined } }, {}, '<a><b/></a>'],
    [
      'attributeBlockName',
      { a: { '#attrs': { b: 1, c: 'x' }, d: 'y' } },
      { attributeBlockName: '#attrs' },
      '<a b="1" c="x"><d>y</d></a>',
    ],
    ['attributePrefix', { a: { '#b': 1, d: 'y' } }, { attributePrefix: '#' }, '<a b="1"><d>y</d></a>'],
    [
      'both',
      { a: { '#attrs': { '@b': 1, c: null } } },
      { attributeBlockName: '#attrs', attributePrefix: '@' },
      '<a b="1"/>',
    ],
    [
      'namespaceBlockName',
      { a: { '#ns': { $default: 'urn:d', p: 'urn:p' }, name: 'x', 'p:name': 'y' } },
      { namespaceBlockName: '#ns', namespaceSeparator: ':' },
      '<a xmlns="urn:d" xmlns:p="urn:p"><name>x</name><p:name>y</p:name></a>',
    ],
    [
      'defaultNamespaceNodeName and namespaceSeparator',
      { p__a: { '#ns': { '&': 'urn:d', p: 'urn:p' } } },
      { namespaceBlockName: '#ns', defaultNamespaceNodeName: '&', namespaceSeparator: '__' },
      '<p:a xmlns="urn:d" xmlns:p="urn:p"/>',
    ],
    ['objects without a root', { a: 1, b: 2 }, {}, '<Root><a>1</a><b>2</b></Root>'],
    ['objectRootElementName', { a: 1, b: 2 }, { objectRootElementName: 'all' }, '<all><a>1</a><b>2</b></all>'],
    ['objectRootElementName beside a root', { a: 1 }, { objectRootElementName: 'all' }, '<a>1</a>'],
    ['lists as the one property', { a: [1, 2] }, {}, '<Root><a>1</a><a>2</a></Root>'],
    ['text as the root', 'x', {}, '<Root>x</Root>'],
    ['attributes as the root', { '@a': 1 }, { attributePrefix: '@' }, '<Root a="1"/>'],
    ['lists as the root', ['x', { a: 1 }], {}, '<Array><Item>x</Item><Item><a>1</a></Item></Array>'],
    [
      'arrayRootElementName, arrayItemElementName',
      [1],
      { arrayRootElementName: 'all', arrayItemElementName: 'one' },
      '<all><one>1</one></all>',
    ],
    [
      'lists in lists',
      { a: { b: [[1, 2], [3]] } },
      {},
      '<a><b><Item>1</Item><Item>2</Item></b><b><Item>3</Item></b></a>',
    ],
    ['pieces of text', { a: { '#text': ['x', 'y'], b: 1 } }, {}, '<a>x<b>1</b>y</a>'],
    [
      'invalidCharsReplacement',
      { 'First%%%Name': 'A' },
      { invalidCharsReplacement: '_' },
      '<First_Name>A</First_Name>',
    ],
    ['invalidCharsReplacement at the start', { '1st': 'A' }, { invalidCharsReplacement: '_' }, '<_st>A</_st>'],
    ['invalidCharsReplacement of a separator', { 'p:a': 1 }, { invalidCharsReplacement: '-' }, '<p-a>1</p-a>'],
    [
      'invalidCharsReplacement for what no name can begin with',
      { a: { '': 1 } },
      { invalidCharsReplacement: '_' },
      '<a><_>1</_></a>',
    ],
  ])('%s', (_, value, options, expected) => {
    expect(write(value, options)).toBe(HEAD + expected)
  })

  test('omitXmlDeclaration', () => {
    expect(write({ a: 1 }, { omitXmlDeclaration: true })).toBe('<a>1</a>')
  })

  test('indent', () => {
    expect(write({ a: { b: [1, { c: 2 }], d: { '#text': 'x', e: 1 } } }, { indent: true })).toBe(
      `${HEAD}\n<a>\n  <b>1</b>\n  <b>\n    <c>2</c>\n  </b>\n  <d>x<e>1</e></d>\n</a>`,
    )
  })

  test('format', () => {
    const google: Convention = { convention: 'apigee', format: 'google', omitXmlDeclaration: true }
    expect(valueToXml({ a: { $t: 'x' } }, google)).toBe('<a>x</a>')
  })

  test.each<[string, unknown, ApigeeReading & ApigeeWriting, string]>([
    ['names that are none', { 'a b': 1 }, {}, "'a b' is not the name"],
    ['names that a replacement does not mend', { '-': 1 }, { invalidCharsReplacement: '1' }, "'1' is not the name"],
    [
      'prefixes that are not declared',
      { 'p:a': 1 },
      { namespaceSeparator: ':' },
      "the prefix of 'p:a' is not declared",
    ],
    ['attributes that are none', { a: { '#a': { b: {} } } }, { attributeBlockName: '#a' }, "'b' is text"],
    ['a block that is none', { a: { '#a': 1 } }, { attributeBlockName: '#a' }, "'#a' is text"],
    [
      'namespaces that are none',
      { a: { '#n': { p: 1 } } },
      { namespaceBlockName: '#n', namespaceSeparator: ':' },
      "'p' is text",
    ],
    ['text that is none', { a: { '#text': {} } }, {}, "'#text' is text"],
    [
      'two attributes of one name',
      { a: { '#a': { b: 1 }, '@b': 2 } },
      { attributeBlockName: '#a', attributePrefix: '@' },
      "two attributes 'b'",
    ],
  ])('refuses %s', (_, value, options, message) => {
    expect(() => write(value, options)).toThrow(
      expect.objectContaining({ code: 'input-invalid', message: expect.stringContaining(message) }),
    )
  })
})

test('an element of something else has its name from there', () => {
  expect(writeConvention([1, 2], { convention: 'apigee', indent: true }, { local: 'r' })).toBe(
    '<r><Item>1</Item><Item>2</Item></r>',
  )
})

test('what was read is written so that it is read as the same', () => {
  const conventions = fc.constantFrom<Convention>(
    { convention: 'apigee', attributePrefix: '@', namespaceSeparator: ':', namespaceBlockName: '#ns' },
    { convention: 'apigee', attributeBlockName: '#attrs', namespaceSeparator: ':', namespaceBlockName: '#ns' },
    { convention: 'apigee', format: 'badgerFish' },
    {
      convention: 'apigee',
      attributePrefix: '@',
      namespaceSeparator: ':',
      namespaceBlockName: '#ns',
      recognizeNull: true,
      recognizeBoolean: true,
      recognizeNumber: true,
    },
  )
  fc.assert(
    fc.property(documents, conventions, (xml, convention) => {
      const value = xmlToValue(Buffer.from(xml), undefined, convention)
      expect(xmlToValue(Buffer.from(valueToXml(value, convention)), undefined, convention)).toEqual(value)
    }),
  )
})
