import { describe, expect, test } from '@jest/globals'
import { readDocument } from '../../../../src/codec/xml/index.ts'
import type { Element } from '../../../../src/codec/xml/tree.ts'
import { failureOf } from '../../support/failure.ts'
import { XML } from '../../support/xml.ts'

const read = (text: string | Buffer, contentType?: string): Element =>
  readDocument(Buffer.from(text as string), contentType)
const texts = (elements: readonly Element[]) => elements.map(({ text }) => text)

describe('a document', () => {
  test('has elements by local name, and all of them, in the order of the document', () => {
    const root = read('<r><x>1</x><y>2</y><x>3</x><z/><y>4</y></r>')
    expect(texts(root.children('x', undefined))).toEqual(['1', '3'])
    expect(texts(root.children('nope', undefined))).toEqual([])
    expect(texts(root.all())).toEqual(['1', '2', '3', '', '4'])
    expect(root.all().map(({ local }) => local)).toEqual(['x', 'y', 'x', 'z', 'y'])
    root.all().pop()
    expect(root.all()).toHaveLength(5)
  })

  test('has namespaces by URI, whatever the prefix', () => {
    const a = read('<r xmlns="urn:u"><x>1</x></r>')
    const b = read('<p:r xmlns:p="urn:u"><p:x>1</p:x></p:r>')
    const c = read('<q:r xmlns:q="urn:u"><x xmlns="urn:u">1</x></q:r>')
    for (const root of [a, b, c]) {
      expect([root.local, root.ns]).toEqual(['r', 'urn:u'])
      expect(texts(root.children('x', 'urn:u'))).toEqual(['1'])
      expect(texts(root.children('x', 'urn:v'))).toEqual([])
      expect(texts(root.children('x', ''))).toEqual([])
    }
  })

  test('keeps the order of elements of one name that are written with different prefixes', () => {
    const root = read('<r xmlns="urn:u" xmlns:p="urn:u"><x>1</x><p:x>2</p:x><x>3</x></r>')
    expect(texts(root.children('x', 'urn:u'))).toEqual(['1', '2', '3'])
  })

  test('tells elements of one local name in several namespaces apart', () => {
    const root = read('<r xmlns:a="urn:a" xmlns:b="urn:b"><a:x>1</a:x><b:x>2</b:x><x>3</x></r>')
    expect(texts(root.children('x', 'urn:a'))).toEqual(['1'])
    expect(texts(root.children('x', 'urn:b'))).toEqual(['2'])
    expect(texts(root.children('x', ''))).toEqual(['3'])
    expect(texts(root.children('x', undefined))).toEqual(['1', '2', '3'])
  })

  test('has attributes by namespace; one without a prefix is in none', () => {
    const root = read('<r xmlns="urn:u" b="0" xmlns:p="urn:u" a="1" p:a="2&amp;" xml:lang="de"/>')
    expect(root.attribute('a', '')).toBe('1')
    expect(root.attribute('a', 'urn:u')).toBe('2&')
    expect(root.attribute('lang', XML)).toBe('de')
    expect([root.attribute('c', ''), root.attribute('b', 'urn:u')]).toEqual([undefined, undefined])
  })

  test('has all attributes in their order, without the declarations of namespaces', () => {
    const root = read('<r xmlns="urn:u" b="0" xmlns:p="urn:p" p:a="1" a="2" xml:id="3"><x/></r>')
    expect(root.attributes()).toEqual([
      { local: 'b', ns: '', value: '0' },
      { local: 'a', ns: 'urn:p', value: '1' },
      { local: 'a', ns: '', value: '2' },
      { local: 'id', ns: XML, value: '3' },
    ])
    expect(root.all()[0]?.attributes()).toEqual([])
  })

  test('says what a prefix means where an element stands', () => {
    const root = read('<r xmlns="urn:d" xmlns:p="urn:a"><s xmlns:p="urn:b" xmlns:q="urn:q"><t xmlns=""/></s><u/></r>')
    const [s, u] = root.all() as [Element, Element]
    const [t] = s.all() as [Element]
    const meanings = [root, s, t, u].map((element) =>
      ['', 'p', 'q', 'xml', 'nope', '__proto__'].map((prefix) => element.lookup(prefix)),
    )
    expect(meanings).toEqual([
      ['urn:d', 'urn:a', undefined, XML, undefined, undefined],
      ['urn:d', 'urn:b', 'urn:q', XML, undefined, undefined],
      ['', 'urn:b', 'urn:q', XML, undefined, undefined],
      ['urn:d', 'urn:a', undefined, XML, undefined, undefined],
    ])
    expect(read('<r/>').lookup('')).toBe('')
  })

  test('has text of its own, with references, CDATA and comments resolved, without that of the elements in it', () => {
    expect(read('<a>1 &lt; 2 &amp;&amp; <![CDATA[<3>]]><!-- no -->&#321;&#xF3;d&#378;</a>').text).toBe(
      '1 < 2 && <3>Łódź',
    )
    const root = read('<a>\n  1<b>2</b>3<c><d>4</d></c>\r\n</a>')
    expect([root.text, root.all().map(({ text }) => text)]).toEqual(['\n  13\n', ['2', '']])
  })

  test('may have a declaration, a DOCTYPE, comments and white space around it, and any encoding', () => {
    expect(read('<?xml version="1.0"?><!DOCTYPE a><!-- 1 --><?pi x?>\n<a>1</a>\n<!-- 2 -->\n').text).toBe('1')
    expect(read(Buffer.from('<größe>é</größe>', 'latin1'), 'text/xml; charset=iso-8859-1')).toMatchObject({
      local: 'größe',
      text: 'é',
    })
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'cdata', 'length'])(
    'an element or attribute named %s is that and nothing more',
    (name) => {
      const root = read(`<r ${name}="b" a="1"><${name}><x>1</x></${name}><${name}>2</${name}><y/></r>`)
      expect(texts(root.children(name, undefined))).toEqual(['', '2'])
      expect([root.attribute(name, ''), root.attribute('a', '')]).toEqual(['b', '1'])
      expect(root.all()).toHaveLength(3)
      expect(read(`<${name}>1</${name}>`).text).toBe('1')
      expect(read('<r/>').children(name, undefined)).toEqual([])
      expect(read('<r/>').attribute(name, '')).toBeUndefined()
      expect(({} as { x?: unknown }).x).toBeUndefined()
    },
  )

  test('may be as deep as the limits say, which is no matter of the stack', () => {
    const levels = 100_000
    let element: Element | undefined = readDocument(
      Buffer.from(`${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`),
      undefined,
      { depth: levels },
    )
    let depth = 0
    for (; element; element = element.all()[0]) depth++
    expect(depth).toBe(levels)
  })
})

test.each([
  ['', 'the answer is empty'],
  [' ', 'the answer is not well-formed XML: line 1, column 2: the document has no element'],
  ['<a>', "the answer is not well-formed XML: line 1, column 4: the document ends within 'a'"],
  [
    '<a>'.repeat(513),
    'the answer is XML beyond its bounds: line 1, column 1537: more than 512 elements within each other',
  ],
])('what is no document is refused: %j', (text, message) => {
  const failure = failureOf(() => read(text))
  expect([failure.code, failure.message]).toEqual(['backend-malformed', message])
})
