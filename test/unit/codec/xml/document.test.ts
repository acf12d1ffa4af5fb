import { describe, expect, test } from '@jest/globals'
import { readDocument } from '../../../../src/codec/xml/index.ts'
import type { Element } from '../../../../src/codec/xml/tree.ts'
import { failureOf } from '../../support/failure.ts'

const read = (text: string): Element => readDocument(Buffer.from(text), undefined)
const texts = (elements: readonly Element[]) => elements.map(({ text }) => text)

describe('a document', () => {
  test('has elements by local name, in the order of the document', () => {
    const root = read('<r><x>1</x><y>2</y><x>3</x></r>')
    expect(texts(root.children('x', undefined))).toEqual(['1', '3'])
    expect(texts(root.children('z', undefined))).toEqual([])
    expect(texts(root.all()).toSorted()).toEqual(['1', '2', '3'])
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

  test('tells elements of one local name in two namespaces apart', () => {
    const root = read('<r xmlns:a="urn:a" xmlns:b="urn:b"><a:x>1</a:x><b:x>2</b:x><x>3</x></r>')
    expect(texts(root.children('x', 'urn:a'))).toEqual(['1'])
    expect(texts(root.children('x', 'urn:b'))).toEqual(['2'])
    expect(texts(root.children('x', ''))).toEqual(['3'])
    expect(texts(root.children('x', undefined))).toEqual(['1', '2', '3'])
  })

  test('a prefix that is bound anew inside means what it is bound to there', () => {
    const root = read('<r xmlns:p="urn:a"><p:x xmlns:p="urn:b">1</p:x></r>')
    expect([texts(root.children('x', 'urn:a')), texts(root.children('x', 'urn:b'))]).toEqual([[], ['1']])
  })

  test('has attributes by namespace; one without a prefix is in none', () => {
    const root = read('<r xmlns="urn:u" xmlns:p="urn:u" a="1" p:a="2" xml:lang="de"/>')
    expect(root.attribute('a', '')).toBe('1')
    expect(root.attribute('a', 'urn:u')).toBe('2')
    expect(root.attribute('lang', 'http://www.w3.org/XML/1998/namespace')).toBe('de')
    expect(root.attribute('b', '')).toBeUndefined()
  })

  test('has text with references, CDATA and comments resolved', () => {
    expect(read('<a>1 &lt; 2 &amp;&amp; <![CDATA[<3>]]><!-- no -->&#321;&#xF3;d&#378;</a>').text).toBe(
      '1 < 2 && <3>Łódź',
    )
  })

  test('may have a declaration, a doctype, comments and white space around it', () => {
    expect(read('\n<?xml version="1.0"?><!DOCTYPE a><!-- 1 --><?pi x?>\n<a>1</a>\n<!-- 2 -->\n'.trim()).text).toBe('1')
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'cdata', 'length'])(
    'an element named %s is an element and nothing more',
    (name) => {
      const root = read(`<r><${name}><x>1</x></${name}><${name}>2</${name}><y/></r>`)
      expect(texts(root.children(name, undefined))).toEqual(['', '2'])
      expect(root.attribute(name, '')).toBeUndefined()
      expect(root.all()).toHaveLength(3)
      expect(read(`<${name}>1</${name}>`).text).toBe('1')
      expect(read('<r/>').children(name, undefined)).toEqual([])
      expect(({} as { x?: unknown }).x).toBeUndefined()
    },
  )
})

test.each(['constructor', 'toString', 'hasOwnProperty'])('an attribute named %s is an attribute', (name) => {
  expect(read(`<r ${name}="b"/>`).attribute(name, '')).toBe('b')
})

test('an attribute named __proto__ changes nothing', () => {
  const root = read('<r __proto__="b" a="1"><x/></r>')
  expect([root.attribute('a', ''), root.attribute('value', ''), root.attribute('name', '')]).toEqual([
    '1',
    undefined,
    undefined,
  ])
  expect(root.all()).toHaveLength(1)
})

describe('what is not well-formed', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['a declaration alone', '<?xml version="1.0"?>'],
    ['a comment alone', '<!-- a -->'],
    ['text', 'Service Unavailable'],
    ['JSON', '{"a":1}'],
    ['HTML', '<html><body><p>Sign in<br></body></html>'],
    ['an end before the end', '<a><b>1</b>'],
    ['an end in a tag', '<a><b attr="1'],
    ['an end in a reference', '<a>&am'],
    ['tags that cross', '<a><b></a></b>'],
    ['an end tag too many', '<a></a></b>'],
    ['text after the root', '<a/>x'],
    ['a second root', '<a/><b/>'],
    ['text before the root', 'x<a/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a bare ampersand', '<a>x & y</a>'],
    ['a reference to nothing', '<a>&unknown;</a>'],
    ['a prefix that is not bound', '<p:a/>'],
    ['an attribute whose prefix is not bound', '<a p:b="1"/>'],
    ['a reference to a character that there is not', '<a>&#x110000;</a>'],
    ['a reference to half a character', '<a>&#xD800;</a>'],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an entity from a file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity from the net', '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>'],
  ])('is refused: %s', (_, text) => {
    const failure = failureOf(() => read(text))
    expect(failure.code).toBe('backend-malformed')
    expect(failure.message).toMatch(/^the answer is (?:empty|not well-formed XML: line \d+, column \d+: .+)$/)
  })

  test('a bomb of entities is refused in no time', () => {
    const entities = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`)
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${entities.join('')}]><a>&e12;</a>`
    const started = performance.now()
    expect(failureOf(() => read(bomb)).code).toBe('backend-malformed')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('elements that are nested very deep are refused, and do not exhaust the stack', () => {
    expect(failureOf(() => read(`${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`))).toMatchObject({
      code: 'backend-malformed',
    })
  })
})
