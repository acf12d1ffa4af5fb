import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { readDocument, vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import type { Element } from '../../../../src/codec/xml/tree.ts'
import { complaint, read, saxesAccepts, XML } from '../../support/xml.ts'

const XMLNS = 'http://www.w3.org/2000/xmlns/'
const RESERVED = "the prefix 'xml' and its namespace belong to each other alone"

describe('namespaces that are not as they must be', () => {
  test.each([
    ['<p:a/>', '1, column 2', "the prefix 'p' is not declared"],
    ['<a>\n<p:b/></a>', '2, column 2', "the prefix 'p' is not declared"],
    ['<a p:b="1"/>', '1, column 4', "the prefix 'p' is not declared"],
    ['<a p:b="1" q:c="2" xmlns:p="u"/>', '1, column 12', "the prefix 'q' is not declared"],
    ['<a><b xmlns:p="u"/><p:c/></a>', '1, column 21', "the prefix 'p' is not declared"],
    ['<a><b xmlns:p="u"></b><c p:d="1"/></a>', '1, column 26', "the prefix 'p' is not declared"],
    ['<xmlns:a/>', '1, column 2', "the prefix 'xmlns' is not declared"],
    ['<a xmlns:p=""/>', '1, column 4', "the prefix 'p' is declared without a namespace"],
    ['<a xmlns:p="u"><b xmlns:p=""/></a>', '1, column 19', "the prefix 'p' is declared without a namespace"],
    ['<a xmlns:xmlns="u"/>', '1, column 4', "the prefix 'xmlns' cannot be declared"],
    [`<a xmlns:xmlns="${XMLNS}"/>`, '1, column 4', "the prefix 'xmlns' cannot be declared"],
    [`<a xmlns:p="${XMLNS}"/>`, '1, column 4', 'the namespace of declarations cannot be declared'],
    [`<a xmlns="${XMLNS}"/>`, '1, column 4', 'the namespace of declarations cannot be declared'],
    ['<a xmlns:xml="u"/>', '1, column 4', RESERVED],
    [`<a xmlns:p="${XML}"/>`, '1, column 4', RESERVED],
    [`<a xmlns="${XML}"/>`, '1, column 4', RESERVED],
    ['<a xmlns:p="u" xmlns:p="v"/>', '1, column 16', 'two attributes of one element have the same name'],
    ['<a xmlns="u" xmlns="v"/>', '1, column 14', 'two attributes of one element have the same name'],
    [
      '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
      '1, column 36',
      'two attributes of one element have the same name',
    ],
    [
      '<a xmlns:p="u&amp;" xmlns:q="u&#38;" p:b="1" q:b="2"/>',
      '1, column 46',
      'two attributes of one element have the same name',
    ],
    ['<a:b:c xmlns:a="u"/>', '1, column 5', 'a name with two colons'],
    ['<a b:c:d="1" xmlns:b="u"/>', '1, column 7', 'a name with two colons'],
    ['<a :b="1"/>', '1, column 4', 'the name of an attribute was expected'],
    ['<a b:="1"/>', '1, column 6', 'a name was expected after a colon'],
    ['<a xmlns:="u"/>', '1, column 10', 'a name was expected after a colon'],
  ])('%j is refused at line %s: %s', (document, place, reason) => {
    expect(complaint(document)).toBe(`line ${place}: ${reason}`)
    expect(saxesAccepts(document)).toBe(false)
  })

  test('a local name is a name too', () => {
    expect(complaint('<a b:1="1" xmlns:b="u"/>')).toBe('line 1, column 6: a name was expected after a colon')
    expect(complaint('<b:-a xmlns:b="u"/>')).toBe('line 1, column 4: a name was expected after a colon')
  })

  test('attributes are compared by expanded name however many there are', () => {
    const many = Array.from({ length: 40 }, (_, index) => `c${index}="1"`).join(' ')
    expect(complaint(`<a xmlns:p="u" xmlns:q="u" p:b="1" ${many} q:b="2"/>`)).toMatch(/have the same name$/)
    expect(complaint(`<a xmlns:p="u" xmlns:q="v" p:b="1" ${many} q:b="2" b="3"/>`)).toBe('accepted')
  })
})

describe('namespaces that one may take for wrong', () => {
  test.each([
    '<a xmlns=""/>',
    '<a xmlns="u"><b xmlns=""/></a>',
    '<p:a xmlns:p="u" p:b="1" b="2"/>',
    '<a xmlns="u" xmlns:p="u" b="1" p:b="2"/>',
    '<a p:b="1" xmlns:p="u"/>',
    `<a xmlns:xml="${XML}" xml:lang="de"/>`,
    '<a xml:whatever="1"/>',
    '<xml:a/>',
    '<a xmlns:p="not a URI at all"/>',
    '<a xmlns:p="u" xmlns:P="v" p:b="1" P:b="2"/>',
    '<a xmlns:é="u"><é:b/></a>',
    '<a xmlns:p="u" xmlns:q="v" p:b="1" q:b="2"/>',
  ])('%j is accepted', (document) => {
    expect(complaint(document)).toBe('accepted')
    expect(saxesAccepts(document)).toBe(true)
  })
})

describe('which namespace an element is in', () => {
  test.each<[string, string, unknown]>([
    ['the default one of the nearest', '<a xmlns="u"><b xmlns="v"><c/></b><d/></a>', ['u', ['v', ['v']], ['u']]],
    ['none where the default one is taken back', '<a xmlns="u"><b xmlns=""><c/></b><d/></a>', ['u', ['', ['']], ['u']]],
    [
      'what the nearest declaration of its prefix says',
      '<p:a xmlns:p="u"><p:b xmlns:p="v"><p:c/></p:b><p:d/></p:a>',
      ['u', ['v', ['v']], ['u']],
    ],
    ['what its own tag declares, wherever in it', '<p:a b="1" xmlns:p="u"/>', ['u']],
    ['the one that is written with references', '<a xmlns="a&amp;b&#x2f;"/>', ['a&b/']],
    ['the one with the blanks that it has', '<a xmlns=" u&#9;v\n"/>', [' u\tv ']],
    ['that of a prefix that begins like another', '<a xmlns:p="u" xmlns:pp="v"><pp:b/><p:c/></a>', ['', ['v'], ['u']]],
  ])('is %s', (_, document, expected) => {
    const uris = (element: Element): unknown => [element.ns, ...element.all().map(uris)]
    expect(uris(readDocument(Buffer.from(document), undefined))).toEqual(expected)
  })
})

describe('matching by URI', () => {
  const schema = z.object({
    x: z.string().optional(),
    y: xml.element(z.string().optional(), { name: 'x', ns: 'urn:y' }),
  })
  test.each([
    ['<r xmlns="urn:u" xmlns:p="urn:y"><x>1</x><p:x>2</p:x></r>', { x: '1', y: '2' }],
    ['<q:r xmlns:q="urn:u"><q:x>1</q:x><x xmlns="urn:y">2</x></q:r>', { x: '1', y: '2' }],
    ['<q:r xmlns:q="urn:u"><x>1</x></q:r>', { x: '1' }],
    ['<r xmlns="urn:u" xmlns:p="urn:other"><p:x>1</p:x></r>', {}],
    ['<r xmlns:p="urn:Y"><p:x>1</p:x></r>', {}],
    ['<r xmlns="urn:y"><x>1</x></r>', { y: '1' }],
  ])('%s', (document, expected) => {
    expect(read(schema, document)).toEqual(expected)
  })

  test('holds for each element anew, though the same names came before', () => {
    const list = z.object({ i: z.array(z.object({ value: z.string().optional() })) })
    const item = (prefix: string, uri: string) => `<i xmlns:${prefix}="${uri}"><${prefix}:value>1</${prefix}:value></i>`
    const document = `<r xmlns="urn:u">${item('p', 'urn:u')}${item('p', 'urn:v')}${item('q', 'urn:u')}${item('p', 'urn:v')}</r>`
    expect(read(list, document).i).toEqual([{ value: '1' }, {}, { value: '1' }, {}])
  })

  test('is the more of two elements with one name whose namespace is said, whatever was read before', () => {
    const two = z.object({
      first: z.string().optional(),
      x: xml.element(z.string().optional(), { name: 'first', ns: 'urn:x' }),
    })
    const decode = xmlDecoder(two)
    const documents = [
      '<r xmlns="urn:x"><p:first xmlns:p="urn:x">1</p:first></r>',
      '<r xmlns="urn:x"><first>1</first></r>',
    ]
    for (const document of [...documents, '<r xmlns:p="urn:x"><p:first>1</p:first></r>', ...documents.toReversed()])
      expect(decode(Buffer.from(document), undefined)).toEqual({ x: '1' })
    expect(
      decode(Buffer.from('<r xmlns="urn:y"><first>1</first><first xmlns="urn:x">2</first></r>'), undefined),
    ).toEqual({
      ...{ first: '1', x: '2' },
    })
  })

  test('holds in each document anew, though one decoder reads them', () => {
    const documents = ['<r xmlns="urn:u"><p:x xmlns:p="urn:y">1</p:x></r>', '<r><p:x xmlns:p="urn:z">1</p:x></r>']
    expect(documents.map((document) => read(schema, document))).toEqual([{ y: '1' }, {}])
  })
})
