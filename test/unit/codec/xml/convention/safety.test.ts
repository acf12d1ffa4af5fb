import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Convention, conventionBuilder, valueToXml, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { documents } from './documents.ts'
import { feed } from './feed.ts'

const CONVENTIONS: readonly (readonly [string, Convention])[] = [
  ['facet', {}],
  ['facet by prefix', { namespaces: 'prefix', keepRoot: true }],
  ['facet by URI', { namespaces: 'uri', ordered: ['a', 'Item'], lists: ['b', 'a.b'] }],
  ['xml2js', { convention: 'xml2js' }],
  ['xml2js without lists', { convention: 'xml2js', explicitArray: false, mergeAttrs: true }],
  ['xml2js with children', { convention: 'xml2js', explicitChildren: true, preserveChildrenOrder: true, xmlns: true }],
  ['badgerfish', { convention: 'badgerfish' }],
  ['apigee', { convention: 'apigee' }],
  ['apigee with all', { convention: 'apigee', namespaceSeparator: ':', attributeBlockName: '@', stripLevels: 2 }],
]

/** Those that do most. */
const THOROUGH = ['facet by prefix', 'facet by URI', 'xml2js with children', 'badgerfish', 'apigee with all']

const read = (xml: string, convention: Convention, limits = {}) =>
  xmlToValue(Buffer.from(xml), undefined, convention, limits)

/** Every object and list in a value. */
function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return
  yield value
  for (const key of Object.getOwnPropertyNames(value))
    yield* objectsIn(Object.getOwnPropertyDescriptor(value, key)?.value)
}

describe.each(CONVENTIONS)('%s', (_, convention) => {
  const hostile = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length']

  test.each(hostile)('an element or attribute named %s is a property of its own', (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype).length
    const xml = `<r><a/><${name} ${name}="polluted"><${name}>polluted</${name}>text</${name}><${name}/></r>`
    const value = read(xml, convention)
    for (const object of objectsIn(value)) {
      expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(object))
      for (const key of Object.getOwnPropertyNames(object)) {
        const descriptor = Object.getOwnPropertyDescriptor(object, key)
        expect(descriptor).toHaveProperty('value')
        expect(typeof descriptor?.value).not.toBe('function')
      }
    }
    expect(JSON.stringify(value)).toContain(`"${name}"`)
    expect(JSON.stringify(value)).toContain('polluted')
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before)
    expect({}).not.toHaveProperty('polluted')
  })

  test('depth costs no stack', () => {
    const depth = 50_000
    const xml = `<a>${'<b>'.repeat(depth)}x${'</b>'.repeat(depth)}</a>`
    expect(() => read(xml, convention, { depth: depth + 1 })).not.toThrow()
  })

  test('one builder’s value is not touched by the next', () => {
    const xml = '<r><a>1</a></r>'
    const first = feed(conventionBuilder(convention, false), xml)
    const before = JSON.stringify(first)
    feed(conventionBuilder(convention, false), '<r><a>2</a></r>')
    expect(JSON.stringify(first)).toBe(before)
  })
})

describe.each(CONVENTIONS.filter(([name]) => THOROUGH.includes(name)))('%s', (_, convention) => {
  test.each<[string, (size: number) => string]>([
    ['siblings', (size) => `<a>${'<b/>'.repeat(size)}</a>`],
    [
      'siblings of different names',
      (size) => `<a>${Array.from({ length: size }, (_, at) => `<b${at}/>`).join('')}</a>`,
    ],
    ['pieces of text', (size) => `<a>${'x<b/>'.repeat(size)}</a>`],
    ['white space', (size) => `<a>${'<b> </b> '.repeat(size)}</a>`],
    ['one text', (size) => `<a>${' x'.repeat(size)}</a>`],
    ['blanks before the end of a text', (size) => `<a b="1">${' '.repeat(size)}x${' '.repeat(size)}</a>`],
    ['sections', (size) => `<a>${'<![CDATA[x]]><!-- c -->'.repeat(size)}</a>`],
    ['depth', (size) => `<a>${'<b>'.repeat(size)}${'</b>'.repeat(size)}</a>`],
    ['declarations', (size) => `<a>${'<p:b xmlns:p="urn:p" p:c=""/>'.repeat(size)}</a>`],
  ])('time grows with the document: %s', (_, make) => {
    const timed = (size: number) => {
      const bytes = Buffer.from(make(size))
      const start = process.hrtime.bigint()
      xmlToValue(bytes, undefined, convention, { depth: 1_000_000 })
      return Number(process.hrtime.bigint() - start)
    }
    timed(500)
    const best = (size: number) => Math.min(timed(size), timed(size), timed(size))
    // Four times the size: four times the time, and sixteen times if it were a square. Others use the machine too.
    let growth = best(8_000) / best(2_000)
    for (let again = 0; again < 12 && growth >= 10; again++) growth = Math.min(growth, best(8_000) / best(2_000))
    expect(growth).toBeLessThan(10)
  })
})

test.each<[string, unknown, Convention]>([
  ['items', Array(300_000).fill('x'), {}],
  ['elements', { a: Array(300_000).fill('x') }, { lists: ['a'] }],
  ['ordered', Array(300_000).fill('x'), { ordered: [''] }],
  ['xml2js', { a: { b: Array(300_000).fill('x') } }, { convention: 'xml2js' }],
  ['badgerfish', { a: { b: Array(300_000).fill('x') } }, { convention: 'badgerfish' }],
  ['apigee', { a: { b: Array(300_000).fill('x') } }, { convention: 'apigee' }],
  ['pieces of text', { a: { '#text': Array(300_000).fill('x') } }, { convention: 'apigee' }],
])('lists may be long: %s', (_, value, convention) => {
  expect(valueToXml(value, convention).match(/>x|x/g)?.length).toBeGreaterThanOrEqual(300_000)
})

test('an element has no more attributes than a reader takes', () => {
  const many = Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`@a${at}`, at]))
  expect(() => valueToXml(many)).toThrow('more than 256 attributes')
})

test('what Facet’s convention has read is written so that it is read as the same', () => {
  const conventions = fc.constantFrom<Convention>(
    {},
    { keepRoot: true, namespaces: 'prefix' },
    { keepRoot: true, namespaces: 'uri' },
    { lists: ['a', 'b', 'b.b', 'b.Item', 'Item', 'Item.item'], ordered: ['a', 'b.b'] },
    { namespaces: 'uri', ordered: ['', '{urn:p}a', 'b'] },
    { item: false, lists: ['a'], trim: true },
  )
  fc.assert(
    fc.property(documents, conventions, (xml, convention) => {
      const value = read(xml, convention)
      expect(read(valueToXml(value, convention), convention)).toEqual(value)
    }),
    { numRuns: 1_000 },
  )
})
