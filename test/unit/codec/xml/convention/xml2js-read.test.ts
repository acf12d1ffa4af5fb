import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ParserOptions, parseStringPromise, processors } from 'xml2js'
import type { Xml2jsConvention } from '../../../../../src/codec/xml/convention/xml2js/options.ts'
import type { NameProcessor, ValueProcessor } from '../../../../../src/codec/xml/convention/xml2js/processors.ts'
import { conventionBuilder, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { XmlSyntaxError } from '../../../../../src/codec/xml/limits.ts'
import { documents } from './documents.ts'
import { feed } from './feed.ts'

type Options = Omit<Xml2jsConvention, 'convention'>

const read = (xml: string, options: Options = {}) =>
  xmlToValue(Buffer.from(xml), undefined, { convention: 'xml2js', ...options })

/** What xml2js itself makes of it, with the same options. */
async function reference(xml: string, options: Options): Promise<unknown> {
  const functions = (names: readonly unknown[] | undefined) =>
    names?.map((name) => (typeof name === 'string' ? processors[name as 'normalize'] : name))
  const given = { ...options } as Record<string, unknown>
  for (const key of Object.keys(given)) if (key.endsWith('Processors')) given[key] = functions(given[key] as unknown[])
  return parseStringPromise(xml, given as ParserOptions)
}

const flag = fc.boolean()
const nameProcessors = fc.subarray(['normalize', 'firstCharLowerCase', 'stripPrefix'] as const)
const valueProcessors = fc.subarray(['normalize', 'parseBooleans'] as const)
const options = fc.record(
  {
    explicitArray: flag,
    explicitRoot: flag,
    mergeAttrs: flag,
    attrkey: fc.constantFrom('$', '@attributes'),
    charkey: fc.constantFrom('_', '#text'),
    explicitCharkey: flag,
    trim: flag,
    normalize: flag,
    normalizeTags: flag,
    ignoreAttrs: flag,
    explicitChildren: flag,
    childkey: fc.constantFrom('$$', '@children'),
    preserveChildrenOrder: flag,
    charsAsChildren: flag,
    includeWhiteChars: flag,
    xmlns: flag,
    emptyTag: fc.constantFrom('', 'none'),
    tagNameProcessors: nameProcessors,
    attrNameProcessors: nameProcessors,
    valueProcessors,
  },
  { requiredKeys: [] },
)

/** A property of documents and options: that both read the same, to the order of properties. */
const sameAsXml2js = fc.asyncProperty(documents, options, async (xml, given) => {
  const expected = await reference(xml, given)
  const value = read(xml, given)
  expect(value).toEqual(expected)
  expect(JSON.stringify(value)).toBe(JSON.stringify(expected))
})

describe('what is read', () => {
  test('is what xml2js reads, whatever the document and the options', async () => {
    await fc.assert(sameAsXml2js, { numRuns: 2_000 })
  })

  const order = '<order id="1" xmlns:x="urn:x"><x:Line no="1">tea</x:Line><x:Line/><note> a  b </note>text</order>'
  const upper: NameProcessor = (name) => name.toUpperCase()
  const marked: ValueProcessor = (value, name) => `${name}=${value}`
  test.each<[string, Options]>([
    ['nothing said', {}],
    ['no lists of one', { explicitArray: false }],
    ['no root', { explicitRoot: false }],
    ['attributes among the elements', { mergeAttrs: true }],
    ['attributes among the elements, not in lists', { mergeAttrs: true, explicitArray: false }],
    ['text always in a property', { explicitCharkey: true }],
    ['other names for attributes and text', { attrkey: '@', charkey: '#' }],
    ['no white space around text', { trim: true }],
    ['no white space but blanks', { normalize: true }],
    ['lower case', { normalizeTags: true }],
    ['no attributes', { ignoreAttrs: true }],
    ['namespaces', { xmlns: true }],
    ['children by themselves', { explicitChildren: true }],
    ['children by themselves, with text', { explicitChildren: true, charsAsChildren: true }],
    ['children in order', { explicitChildren: true, preserveChildrenOrder: true }],
    ['children in order with text', { explicitChildren: true, preserveChildrenOrder: true, charsAsChildren: true }],
    ['children and merged attributes', { explicitChildren: true, preserveChildrenOrder: true, mergeAttrs: true }],
    ['another value for what is empty', { emptyTag: '-' }],
    ['null for what is empty', { emptyTag: null }],
    ['a new object for what is empty', { emptyTag: () => ({}) }],
    ['built-in names of names', { tagNameProcessors: ['stripPrefix', 'firstCharLowerCase'] }],
    ['functions for names', { tagNameProcessors: [upper], attrNameProcessors: ['stripPrefix', upper] }],
    ['built-in names of values', { valueProcessors: ['parseNumbers'], attrValueProcessors: ['parseNumbers'] }],
    ['functions for values, with names', { valueProcessors: [marked], attrValueProcessors: ['normalize', marked] }],
  ])('with %s', async (_, given) => {
    expect(read(order, given)).toEqual(await reference(order, given))
  })

  const numbers = ['1', '-1.50', '007', ' 12 ', 'true', 'FALSE', 'x1', 'Infinity', '9007199254740993']
  test.each(numbers)('numbers and booleans are recognised as xml2js does: %j', async (text) => {
    const given: Options = { valueProcessors: ['parseNumbers', 'parseBooleans'], explicitArray: false }
    const xml = `<r><a>${text}</a></r>`
    expect(read(xml, given)).toEqual(await reference(xml, given))
  })

  test('as a part of something else has no root element around it', () => {
    const builder = conventionBuilder({ convention: 'xml2js' }, false)
    expect(feed(builder, '<root a="1"><b>x</b></root>')).toEqual({ $: { a: '1' }, b: ['x'] })
  })
})

/** Each is in docs/conventions.md as well. */
describe('where xml2js loses or corrupts what it reads', () => {
  test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'an element named %s is data like any other',
    async (name) => {
      const xml = `<r><${name}>x</${name}></r>`
      const expected = JSON.parse(`{"r":{"${name}":["x"]}}`)
      expect(read(xml)).toEqual(expected)
      // What it finds is the prototype's, which it takes for the first of two elements.
      const theirs = (await reference(xml, {})) as { r: Record<string, unknown[]> }
      expect(Object.getOwnPropertyDescriptor(theirs.r, name)?.value).toHaveLength(2)
    },
  )

  test('an attribute named __proto__ is data like any other', async () => {
    const xml = '<r __proto__="x" a="1"/>'
    expect(JSON.stringify(read(xml))).toBe('{"r":{"$":{"__proto__":"x","a":"1"}}}')
    expect(JSON.stringify(await reference(xml, {}))).toBe('{"r":{"$":{"a":"1"}}}')
  })

  test('elements named like the property for text are kept beside it', async () => {
    const xml = '<r><_>x</_>text</r>'
    expect(read(xml)).toEqual({ r: { _: ['text', ['x']] } })
    expect(await reference(xml, {})).toEqual({ r: ',xtext' })
  })

  test('elements named cdata are not taken for a mark of its own', async () => {
    const xml = '<r><cdata>true</cdata></r>'
    const given: Options = { explicitArray: false, valueProcessors: ['parseBooleans'] }
    expect(read(xml, given)).toEqual({ r: { cdata: true } })
    expect(await reference(xml, given)).toEqual({ r: '' })
  })

  test('line ends and white space in attributes are normalised, as XML has it', async () => {
    const xml = '<r a="x\ty">1\r\n2</r>'
    expect(read(xml)).toEqual({ r: { $: { a: 'x y' }, _: '1\n2' } })
    expect(await reference(xml, {})).toEqual({ r: { $: { a: 'x\ty' }, _: '1\r\n2' } })
  })

  test.each<[string, unknown, unknown]>([
    ['1e3', 1000, 1],
    ['0x10', 16, 0],
  ])('parseNumbers reads %s to its end', async (text, ours, theirs) => {
    const given: Options = { valueProcessors: ['parseNumbers'] }
    expect(read(`<r>${text}</r>`, given)).toEqual({ r: ours })
    expect(await reference(`<r>${text}</r>`, given)).toEqual({ r: theirs })
  })

  test('parseNumbers leaves empty text alone', async () => {
    const given: Options = { attrValueProcessors: ['parseNumbers'] }
    expect(read('<r a=""/>', given)).toEqual({ r: { $: { a: '' } } })
    expect(await reference('<r a=""/>', given)).toEqual({ r: { $: { a: Number.NaN } } })
  })

  test('what a function makes of text is kept, dates and lists too', async () => {
    const xml = '<r><a>1</a><a>2</a></r>'
    const dates: Options = { valueProcessors: [(text) => new Date(Number(text))] }
    expect(read(xml, dates)).toEqual({ r: { a: [new Date(1), new Date(2)] } })
    expect(await reference(xml, dates)).toEqual({ r: { a: [undefined, undefined] } })
    const lists: Options = { explicitArray: false, valueProcessors: [(text) => [text]] }
    expect(read(xml, lists)).toEqual({ r: { a: [['1'], ['2']] } })
    expect(await reference(xml, lists)).toEqual({ r: { a: ['1', ['2']] } })
  })

  test('processors of attribute values see the value, with namespaces too', async () => {
    const given: Options = { xmlns: true, attrValueProcessors: ['normalize'] }
    expect(read('<r a="X"/>', given)).toMatchObject({ r: { $: { a: { value: 'x' } } } })
    await expect(reference('<r a="X"/>', given)).rejects.toThrow('toLowerCase')
  })

  test('a backslash and an n are text like any other, as a child too', async () => {
    const given: Options = { explicitChildren: true, preserveChildrenOrder: true, charsAsChildren: true }
    const xml = '<r>\\n</r>'
    expect(read(xml, given)).toMatchObject({ r: { $$: [{ '#name': '__text__', _: '\\n' }] } })
    expect(await reference(xml, given)).not.toHaveProperty('r.$$')
  })

  test('null for what is empty goes with children by themselves', async () => {
    const given: Options = { emptyTag: null, explicitChildren: true, explicitArray: false }
    expect(read('<r><a/></r>', given)).toEqual({ r: { $$: { a: null } } })
    await expect(reference('<r><a/></r>', given)).rejects.toThrow(TypeError)
  })

  test.each(['<r a="1" a="2"/>', '<r><p:a/></r>', '<r>&nbsp;</r><r/>', ''])(
    'what is not well-formed is refused: %j',
    (xml) => {
      expect(() => read(xml)).toThrow(XmlSyntaxError)
    },
  )
})
