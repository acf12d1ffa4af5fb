import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { BadgerfishConvention } from '../../../../../src/codec/xml/convention/badgerfish/options.ts'
import { conventionBuilder, valueToXml, writeConvention, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { XmlLimitError } from '../../../../../src/codec/xml/limits.ts'
import { documents } from './documents.ts'
import { feed } from './feed.ts'

const BADGERFISH: BadgerfishConvention = { convention: 'badgerfish' }
const DECLARED: BadgerfishConvention = { convention: 'badgerfish', namespaces: 'declared' }
const read = (xml: string, convention = BADGERFISH) => xmlToValue(Buffer.from(xml), undefined, convention)
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

describe('the rules of BadgerFish', () => {
  const both = { $: 'urn:d', p: 'urn:p' }
  test.each<[string, string, unknown]>([
    ['text is `$`', '<a>x</a>', { a: { $: 'x' } }],
    ['elements are properties', '<a><b>x</b><c>y</c></a>', { a: { b: { $: 'x' }, c: { $: 'y' } } }],
    ['what is repeated is a list', '<a><b>x</b><b/></a>', { a: { b: [{ $: 'x' }, {}] } }],
    ['attributes begin with @', '<a b="c">x</a>', { a: { $: 'x', '@b': 'c' } }],
    ['the default namespace is `@xmlns.$`', '<a xmlns="urn:d">x</a>', { a: { $: 'x', '@xmlns': { $: 'urn:d' } } }],
    ['others are other properties of `@xmlns`', '<a xmlns="urn:d" xmlns:p="urn:p"/>', { a: { '@xmlns': both } }],
    [
      'every element has what holds for it, and names have prefixes',
      '<a xmlns="urn:d" xmlns:p="urn:p"><b/><p:c p:d="1">x</p:c></a>',
      { a: { '@xmlns': both, b: { '@xmlns': both }, 'p:c': { '@xmlns': both, '@p:d': '1', $: 'x' } } },
    ],
    [
      'what is declared anew',
      '<a xmlns="urn:d"><b xmlns=""><c/></b></a>',
      { a: { '@xmlns': { $: 'urn:d' }, b: { c: {} } } },
    ],
    ['white space between elements is not data', '<a>\n <b> </b>\n</a>', { a: { b: { $: ' ' } } }],
    ['text beside elements', '<a>x<b/>y</a>', { a: { b: {}, $: 'xy' } }],
  ])('%s', (_, xml, expected) => {
    expect(read(xml)).toStrictEqual(expected)
  })

  test('may name each namespace once', () => {
    expect(read('<a xmlns="urn:d"><b/><b xmlns="urn:e"/></a>', DECLARED)).toStrictEqual({
      a: { '@xmlns': { $: 'urn:d' }, b: [{}, { '@xmlns': { $: 'urn:e' } }] },
    })
  })

  test('hold for an element in something else, which knows the namespaces that it uses', () => {
    const xml = '<d xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><any><p:a/></any></d>'
    expect(feed(conventionBuilder(BADGERFISH, false), xml, 'any')).toEqual({
      '@xmlns': { $: 'urn:d' },
      'p:a': { '@xmlns': { $: 'urn:d', p: 'urn:p' } },
    })
  })

  test('do not let a small document become a huge value', () => {
    const declared = Array.from({ length: 250 }, (_, index) => ` xmlns:p${index}="urn:${index}"`).join('')
    const xml = `<a${declared}>${'<b/>'.repeat(5_000)}</a>`
    expect(() => read(xml)).toThrow(XmlLimitError)
    expect(() => read(xml)).toThrow("`namespaces: 'declared'` names each once")
    expect(read(xml, DECLARED)).toHaveProperty('a.b.length', 5_000)
  })
})

describe('writing BadgerFish', () => {
  test.each<[unknown, string]>([
    [{ a: { $: 'x' } }, '<a>x</a>'],
    [{ a: { b: [{ $: 1 }, {}, 'x', null] } }, '<a><b>1</b><b/><b>x</b><b/></a>'],
    [{ a: { '@b': true, '@c': null, '@d': undefined } }, '<a b="true"/>'],
    [
      { a: { '@xmlns': { $: 'urn:d', p: 'urn:p' }, 'p:b': { '@p:c': 1 } } },
      '<a xmlns="urn:d" xmlns:p="urn:p"><p:b p:c="1"/></a>',
    ],
    [{ a: { '@xmlns': { $: 'urn:d' }, b: { '@xmlns': { $: 'urn:d' } } } }, '<a xmlns="urn:d"><b/></a>'],
  ])('%j', (value, expected) => {
    expect(valueToXml(value, BADGERFISH)).toBe(HEAD + expected)
  })

  test('as an element of something else', () => {
    expect(writeConvention({ $: 'x', '@a': 1 }, BADGERFISH, { local: 'r', ns: 'urn:r' })).toBe(
      '<r xmlns="urn:r" a="1">x</r>',
    )
  })

  test('gives back what was read', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom(BADGERFISH, DECLARED), (xml, convention) => {
        const value = read(xml, convention)
        expect(read(valueToXml(value, convention), convention)).toEqual(value)
      }),
    )
  })

  test.each<[unknown, string]>([
    [{ a: 1, b: 2 }, 'an object with one property'],
    [{ a: [{}] }, 'an object with one property'],
    [{ a: { b: [[1]] } }, 'a list within a list'],
    [{ a: { 'p:b': 1 } }, "the prefix of 'p:b' is not declared"],
    [{ a: { '@b': {} } }, "'@b' is text"],
    [{ a: { $: [] } }, "'$' is text"],
    [{ a: { '@xmlns': 'urn:d' } }, "'@xmlns' is text"],
    [{ a: { '@xmlns': { p: 1 } } }, "'p' is text"],
    [{ a: { 'b c': 1 } }, "'b c' is not the name"],
  ])('refuses %j', (value, message) => {
    expect(() => valueToXml(value, BADGERFISH)).toThrow(message)
  })
})
