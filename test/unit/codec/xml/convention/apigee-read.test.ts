import { describe, expect, test } from '@jest/globals'
import type { ApigeeReading } from '../../../../../src/codec/xml/convention/apigee/options.ts'
import { conventionBuilder, xmlToJson, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { feed } from './feed.ts'

const read = (xml: string, options: ApigeeReading = {}) =>
  xmlToValue(Buffer.from(xml), undefined, { convention: 'apigee', ...options })

const plain = '<a><b>100</b><c>true</c><d></d><e>value</e></a>'
const namespaces = '<a xmlns="urn:d" xmlns:n="urn:n"><n:b n:c="1">value</n:b></a>'
const mixed = '<a>\n <b>value1</b>\n <c>value2<d>value3</d>value4</c>\n</a>'
const attributes = '<a one="1" two="x"/>'

describe('an option', () => {
  test.each<[string, string, ApigeeReading, unknown]>([
    ['nothing', plain, {}, { a: { b: '100', c: 'true', d: {}, e: 'value' } }],
    ['recognizeNumber', plain, { recognizeNumber: true }, { a: { b: 100, c: 'true', d: {}, e: 'value' } }],
    ['recognizeBoolean', plain, { recognizeBoolean: true }, { a: { b: '100', c: true, d: {}, e: 'value' } }],
    ['recognizeNull', plain, { recognizeNull: true }, { a: { b: '100', c: 'true', d: null, e: 'value' } }],
    ['nullValue', '<a><b/></a>', { recognizeNull: true, nullValue: 'NULL' }, { a: { b: 'NULL' } }],
    ['prefixes are left out', namespaces, {}, { a: { b: { c: '1', '#text': 'value' } } }],
    [
      'namespaceSeparator',
      namespaces,
      { namespaceSeparator: '***' },
      { a: { 'n***b': { 'n***c': '1', '#text': 'value' } } },
    ],
    [
      'namespaceBlockName',
      namespaces,
      { namespaceSeparator: ':', namespaceBlockName: '#ns', defaultNamespaceNodeName: '&' },
      { a: { '#ns': { '&': 'urn:d', n: 'urn:n' }, 'n:b': { 'n:c': '1', '#text': 'value' } } },
    ],
    [
      'textAlwaysAsProperty',
      mixed,
      { textAlwaysAsProperty: true, textNodeName: 'TEXT' },
      { a: { b: { TEXT: 'value1' }, c: { TEXT: ['value2', 'value4'], d: { TEXT: 'value3' } } } },
    ],
    [
      'textNodeName',
      mixed,
      { textNodeName: 'TEXT' },
      { a: { b: 'value1', c: { TEXT: ['value2', 'value4'], d: 'value3' } } },
    ],
    ['attributes', attributes, {}, { a: { one: '1', two: 'x' } }],
    ['attributeBlockName', attributes, { attributeBlockName: 'ATT' }, { a: { ATT: { one: '1', two: 'x' } } }],
    ['attributePrefix', attributes, { attributePrefix: 'A_' }, { a: { A_one: '1', A_two: 'x' } }],
    [
      'both',
      attributes,
      { attributeBlockName: 'ATT', attributePrefix: 'A_' },
      { a: { ATT: { A_one: '1', A_two: 'x' } } },
    ],
    ['an attribute named like an element', '<a b="1"><b>2</b></a>', {}, { a: { b: ['1', '2'] } }],
    ['numbers in attributes', attributes, { recognizeNumber: true }, { a: { one: 1, two: 'x' } }],
    ['text beside attributes', '<a one="1">x</a>', {}, { a: { one: '1', '#text': 'x' } }],
    ['what is repeated', '<a><b>1</b><b>2</b></a>', {}, { a: { b: ['1', '2'] } }],
    ['white space is text where there is nothing else', '<a><b> </b></a>', { recognizeNull: true }, { a: { b: ' ' } }],
    ['CDATA is text', '<a>x<![CDATA[<y>]]></a>', {}, { a: 'x<y>' }],
  ])('%s', (_, xml, options, expected) => {
    expect(read(xml, options)).toStrictEqual(expected)
  })

  test.each([
    ['0', 0],
    ['-1.50', -1.5],
    ['1e3', 1000],
    ['0.000001', 0.000001],
    ['123456789012345', 123456789012345],
    ['007', '007'],
    ['+1', '+1'],
    ['.5', '.5'],
    [' 1', ' 1'],
    ['1e999', '1e999'],
    ['12345678901234567', '12345678901234567'],
    ['0x10', '0x10'],
  ])('recognizeNumber makes of %j only what keeps it', (text, expected) => {
    expect(read(`<a>${text}</a>`, { recognizeNumber: true })).toEqual({ a: expected })
  })
})

describe('stripLevels', () => {
  const soap = '<Envelope x="1"><Body><R><State>VA</State><City>A</City></R></Body></Envelope>'
  const address = { State: 'VA', City: 'A' }

  test.each<[number, string, unknown]>([
    [1, soap, { x: '1', Body: { R: address } }],
    [2, soap, { R: address }],
    [3, soap, address],
    // There is no one level below.
    [4, soap, address],
    [2, '<a><b>1</b><b>2</b></a>', ['1', '2']],
    [2, '<a><b/><c>x</c></a>', { b: {}, c: 'x' }],
    [3, '<a><b><c>x</c><d/></b></a>', { c: 'x', d: {} }],
    [2, '<a>x</a>', 'x'],
  ])('%d: %s', (stripLevels, xml, expected) => {
    expect(read(xml, { stripLevels })).toEqual(expected)
  })
})

describe('treatAsArray', () => {
  const school = (students: string) =>
    `<teachers><teacher><name>A</name><studentnames>${students}</studentnames></teacher></teachers>`
  const one = school('<name>x</name>')
  const names = 'teachers/teacher/studentnames/name'
  const unwrapped = { path: names, unwrap: true }

  test.each<[string, string, ApigeeReading['treatAsArray'], unknown]>([
    ['nothing', one, [], { teacher: { name: 'A', studentnames: { name: 'x' } } }],
    ['a list of one', one, [names], { teacher: { name: 'A', studentnames: { name: ['x'] } } }],
    ['lists in lists', one, ['teachers/teacher', names], { teacher: [{ name: 'A', studentnames: { name: ['x'] } }] }],
    ['unwrapped', one, [unwrapped], { teacher: { name: 'A', studentnames: ['x'] } }],
    [
      'unwrapped, of two',
      school('<name>x</name><name>y</name>'),
      [unwrapped],
      { teacher: { name: 'A', studentnames: ['x', 'y'] } },
    ],
    ['unwrapped, of none', school(''), [unwrapped], { teacher: { name: 'A', studentnames: [] } }],
    [
      'unwrapped twice',
      one,
      [{ path: 'teachers/teacher', unwrap: true }, unwrapped],
      [{ name: 'A', studentnames: ['x'] }],
    ],
    [
      'what has something beside it is not unwrapped',
      school('<name>x</name><more/>'),
      [unwrapped],
      { teacher: { name: 'A', studentnames: { name: ['x'], more: {} } } },
    ],
    [
      'nor what has text beside it',
      school('<name>x</name>y'),
      [unwrapped],
      { teacher: { name: 'A', studentnames: { name: ['x'], '#text': 'y' } } },
    ],
  ])('%s', (_, xml, treatAsArray, expected) => {
    expect(read(xml, { treatAsArray: treatAsArray ?? [] })).toEqual({ teachers: expected })
  })

  test('takes names as they are in the value', () => {
    const options: ApigeeReading = { namespaceSeparator: ':', treatAsArray: ['n:a/n:b'] }
    expect(read('<n:a xmlns:n="urn:n"><n:b/></n:a>', options)).toEqual({ 'n:a': { 'n:b': [{}] } })
  })
})

describe('a format', () => {
  const xml = '<a xmlns="urn:d" xmlns:n="urn:n" b="1"><n:c>2</n:c><d/></a>'
  test.each([
    ['xml.com', { a: { '@b': '1', c: '2', d: null } }],
    ['yahoo', { a: { b: 1, c: 2, d: {} } }],
    ['google', { a: { b: '1', n$c: { $t: '2' }, d: {} } }],
    ['badgerFish', { a: { '@xmlns': { $: 'urn:d', n: 'urn:n' }, '@b': '1', 'n:c': { $: '2' }, d: {} } }],
  ] as const)('%s', (format, expected) => {
    expect(xmlToValue(Buffer.from(xml), undefined, { convention: 'apigee', format })).toStrictEqual(expected)
  })

  test.each([
    ['xml.com', { a: { '@b': '1', '#text': '2' } }],
    ['yahoo', { a: { b: 1, content: 2 } }],
    ['google', { a: { b: '1', $t: '2' } }],
    ['badgerFish', { a: { '@b': '1', $: '2' } }],
  ] as const)('%s has text beside attributes', (format, expected) => {
    const text = Buffer.from('<a b="1">2</a>')
    expect(xmlToValue(text, undefined, { convention: 'apigee', format })).toStrictEqual(expected)
  })
})

describe('as JSON text', () => {
  test.each<[ApigeeReading, string]>([
    [{}, '{"a":"value"}'],
    [{ outputPrefix: 'PREFIX_' }, 'PREFIX_{"a":"value"}'],
    [{ outputPrefix: 'cb(', outputSuffix: ')' }, 'cb({"a":"value"})'],
  ])('%j', (options, expected) => {
    expect(xmlToJson(Buffer.from('<a>value</a>'), undefined, { convention: 'apigee', ...options })).toBe(expected)
  })

  test('is what a value cannot be', () => {
    expect(() => read('<a/>', { outputPrefix: 'x' })).toThrow('outputPrefix')
  })
})

describe('as a part of something else', () => {
  test('paths and levels begin with the element, whose name is its property’s', () => {
    const xml = '<d><any><a>1</a></any></d>'
    const build = (options: ApigeeReading) =>
      feed(conventionBuilder({ convention: 'apigee', ...options }, false), xml, 'any')
    expect(build({})).toEqual({ a: '1' })
    expect(build({ treatAsArray: ['any/a'] })).toEqual({ a: ['1'] })
    expect(build({ stripLevels: 1 })).toEqual({ a: '1' })
    expect(build({ stripLevels: 2 })).toBe('1')
  })
})
