import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Builder } from 'xml2js'
import type { Xml2jsConvention } from '../../../../../src/codec/xml/convention/xml2js/options.ts'
import { valueToXml, writeConvention, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'

type Options = Omit<Xml2jsConvention, 'convention'>

const write = (value: unknown, options: Options = {}) => valueToXml(value, { convention: 'xml2js', ...options })
const reference = (value: unknown, options: Options = {}) => new Builder(options as object).buildObject(value)

/** Without what the two escape in different ways. */
const text = fc.string({ unit: 'grapheme-ascii', maxLength: 6 }).map((text) => text.replace(/[\t\n\r]/g, ''))
const name = fc.constantFrom('a', 'b', 'Item', 'é')
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constantFrom(null, '', 1.5, '007'))
const attributes = fc.record({
  $: fc.dictionary(
    name,
    fc.oneof(
      text.map((one) => one.replaceAll('>', '')),
      fc.integer(),
    ),
  ),
})
const value = fc.letrec<{ object: object; entry: unknown }>((tie) => ({
  object: fc
    .tuple(
      fc.option(attributes, { nil: {} }),
      fc.oneof(
        fc.dictionary(name, tie('entry'), { maxKeys: 3 }),
        text.map((_) => ({ _ })),
      ),
    )
    .map((parts) => Object.assign({}, ...parts)),
  entry: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(fc.oneof(scalar, tie('object')), { maxLength: 3 }),
    tie('object'),
  ),
})).object

const layouts = fc.constantFrom<Options>(
  {},
  { renderOpts: { pretty: false } },
  { renderOpts: { indent: '\t', newline: '\r\n' } },
  { headless: true },
  { xmldec: { version: '1.0' } },
  { xmldec: { version: '1.0', encoding: 'UTF-8', standalone: false } },
  { rootName: 'document' },
  { cdata: true },
  { cdata: true, renderOpts: { pretty: false } },
)

describe('what is written', () => {
  test('is what the Builder of xml2js writes, to the byte', () => {
    fc.assert(
      fc.property(value, layouts, (inside, options) => {
        const wrapped = { order: inside }
        expect(write(wrapped, options)).toBe(reference(wrapped, options))
      }),
      { numRuns: 1_000 },
    )
  })

  const order = {
    $: { id: 1 },
    Line: [{ $: { no: 1 }, _: 'tea' }, 'milk', ''],
    note: 'a & b',
    'p:x': { $: { 'xmlns:p': 'urn:p' } },
  }
  test.each<[string, unknown, Options]>([
    ['one property', { order }, {}],
    ['several properties', { a: 1, b: [1, 2] }, {}],
    ['another root', { a: 1 }, { rootName: 'r' }],
    ['other names for attributes and text', { r: { '@': { a: 1 }, '#': 'x' } }, { attrkey: '@', charkey: '#' }],
    ['CDATA sections', { r: { a: '<b/>', _: 'x & y' } }, { cdata: true, renderOpts: { pretty: false } }],
    ['a root with text', { r: 'x' }, {}],
    ['an empty root', { r: '' }, {}],
    ['text beside elements', { r: { _: 'x', a: 1 } }, { renderOpts: { pretty: false } }],
  ])('is the same for %s', (_, given, options) => {
    expect(write(given, options)).toBe(reference(given, options))
  })

  test('is read back, but for the order of elements of different names', () => {
    const options: Options = { explicitArray: true }
    const given = { order: { $: { id: '1' }, Line: [{ $: { no: '1' }, _: 'tea' }, 'milk', ' '], note: ['a & b'] } }
    expect(xmlToValue(Buffer.from(write(given, options)), undefined, { convention: 'xml2js' })).toEqual(given)
  })

  test('with namespaces is what was read with them', () => {
    const convention = { convention: 'xml2js', xmlns: true } as const
    const xml = '<p:r xmlns:p="urn:p" p:a="1"><p:b>x</p:b></p:r>'
    const options = { ...convention, headless: true, renderOpts: { pretty: false } }
    expect(valueToXml(xmlToValue(Buffer.from(xml), undefined, convention), options)).toBe(xml)
  })

  test('as an element of something else has that element’s name, and no layout', () => {
    const place = { local: 'any', ns: 'urn:a', prefix: 'p' }
    expect(writeConvention({ $: { id: 1 }, a: [1, 2] }, { convention: 'xml2js' }, place)).toBe(
      '<p:any xmlns:p="urn:a" id="1"><a>1</a><a>2</a></p:any>',
    )
  })
})

function builtOrRefused(value: unknown, options: Options): string {
  try {
    return reference(value, options)
  } catch (error) {
    return (error as Error).message
  }
}

/** Each is in docs/conventions.md as well. */
describe('where the Builder of xml2js loses or corrupts what it writes', () => {
  const compact: Options = { headless: true, renderOpts: { pretty: false } }
  test.each<[string, unknown, string, string]>([
    ['dates', { r: { at: new Date(0) } }, '<r><at>1970-01-01T00:00:00.000Z</at></r>', '<r><at/></r>'],
    ['lists in lists', { r: { a: [[1, 2]] } }, '<r><a><item>1</item><item>2</item></a></r>', '<r><a/></r>'],
    ['a list as the root', { r: [1, 2] }, '<root><r>1</r><r>2</r></root>', '<r/>'],
    ['values that say how they look', { r: { a: new URL('urn:x') } }, '<r><a>urn:x</a></r>', '<r><a/></r>'],
    ['bytes', { r: { a: Buffer.from('x') } }, '<r><a>eA==</a></r>', 'Invalid character in name'],
    ['what is undefined', { r: { a: undefined } }, '<r/>', '<r><a/></r>'],
    ['functions', { r: { a: Math.max } }, '<r/>', '<r><a>function max() { [native code] }</a></r>'],
    ['null as text', { r: { _: null } }, '<r/>', 'Missing element text. parent: <r>'],
    ['large numbers', { r: { a: 1e21 } }, '<r><a>1000000000000000000000</a></r>', '<r><a>1e+21</a></r>'],
    ['infinity', { r: { a: Number.POSITIVE_INFINITY } }, '<r><a>INF</a></r>', '<r><a>Infinity</a></r>'],
  ])('%s', (_, given, ours, theirs) => {
    expect(write(given, compact)).toBe(ours)
    expect(builtOrRefused(given, compact)).toBe(theirs)
  })

  test('text with two ends of a CDATA section is whole', () => {
    const given = { r: { a: '<]]>]]>' } }
    const options: Options = { ...compact, cdata: true }
    expect(xmlToValue(Buffer.from(write(given, options)), undefined, { convention: 'xml2js' })).toEqual({
      r: { a: ['<]]>]]>'] },
    })
    expect(() => xmlToValue(Buffer.from(reference(given, options)), undefined)).toThrow("']]>' in text")
  })

  test('a carriage return is kept, in CDATA too', () => {
    expect(write({ r: '<\r' }, { ...compact, cdata: true })).toBe('<r>&lt;&#13;</r>')
    expect(reference({ r: '<\r' }, { ...compact, cdata: true })).toBe('<r><![CDATA[<\r]]></r>')
  })

  test('text beside elements gets no white space that was not there', () => {
    expect(write({ r: { _: 'x', a: 1 } }, { headless: true })).toBe('<r>x<a>1</a></r>')
    expect(reference({ r: { _: 'x', a: 1 } }, { headless: true })).toBe('<r>\n  x\n  <a>1</a>\n</r>')
  })

  test.each<[string, unknown, string]>([
    ['names that are none', { r: { 'a b': 1 } }, "'a b' is not the name of an XML element"],
    ['prefixes that are not declared', { r: { 'p:a': 1 } }, "the prefix of 'p:a' is not declared"],
    ['characters that XML cannot carry', { r: '\u0000' }, 'a character that XML cannot carry'],
    ['halves of characters', { r: { $: { a: '\ud800' } } }, 'a character that XML cannot carry'],
    ['attributes that are none', { r: { $: 'x' } }, "'$' is text, and was given something else"],
    ['attributes with objects', { r: { $: { a: {} } } }, "'a' is text, and was given something else"],
    ['text that is none', { r: { _: {} } }, "'_' is text, and was given something else"],
    ['properties that reading makes', { r: { $$: [], '#name': 'r' } }, "'#name' is not the name"],
  ])('refuses %s', (_, given, message) => {
    expect(() => write(given)).toThrow(
      expect.objectContaining({ code: 'input-invalid', message: expect.stringContaining(message) }),
    )
  })
})
