import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { isFacetError } from '../../../../src/errors.ts'
import { growth } from '../../support/growth.ts'

/** Nothing but the time bounds what is read here. */
const WITHOUT_LIMITS = {
  limits: { depth: 1e9, attributes: 1e9, elements: 1e9, nameLength: 1e9 },
  slicedAbove: Number.MAX_SAFE_INTEGER,
}
const list = (count: number, entry: (index: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, index) => entry(index)).join(between)

const item = z.object({ x: z.array(z.string()) })
const texts = z.object({ t: xml.text(z.string()) })
const Tree: z.ZodType = z.object({ a: z.lazy(() => Tree.optional()) })

/** What grows, and how many of it make a document of about a quarter of a megabyte. */
const growing: [string, number, z.ZodType, (size: number) => string][] = [
  ['elements within each other that nobody asked for', 40_000, z.object({}), (n) => '<a>'.repeat(n) + '</a>'.repeat(n)],
  ['elements within each other that the schema describes', 40_000, Tree, (n) => '<a>'.repeat(n) + '</a>'.repeat(n)],
  ['elements beside each other', 20_000, item, (n) => `<r>${'<x>text</x>'.repeat(n)}</r>`],
  ['empty elements beside each other', 40_000, item, (n) => `<r>${'<x/>'.repeat(n)}</r>`],
  ['elements that are unknown', 15_000, item, (n) => `<r>${list(n, (i) => `<y${i}>1</y${i}>`)}</r>`],
  ['keys of a record', 15_000, z.record(z.string(), z.string()), (n) => `<r>${list(n, (i) => `<y${i}>1</y${i}>`)}</r>`],
  [
    'lists of a record',
    15_000,
    z.record(z.string(), z.array(z.string())),
    (n) => `<r>${list(n, (i) => `<y${i % 2}/>`)}</r>`,
  ],
  ['one text', 250_000, texts, (n) => `<r>${'x'.repeat(n)}</r>`],
  ['one text of another encoding', 125_000, texts, (n) => `<r>${'é'.repeat(n)}</r>`],
  ['one text of brackets', 250_000, texts, (n) => `<r>${']'.repeat(n)}</r>`],
  [
    'one text of white space',
    250_000,
    item,
    (n) => `<r>${' '.repeat(n)}<x/>${' '.repeat(n)}<x>1</x>${' '.repeat(n)}</r>`,
  ],
  ['pieces of a text', 12_000, texts, (n) => `<r>${'a<!-- -->b<![CDATA[c]]>'.repeat(n)}</r>`],
  [
    'pieces of an element',
    12_000,
    z.object({ x: z.string() }),
    (n) => `<r><x>${'a<!-- -->b<![CDATA[c]]>'.repeat(n)}</x></r>`,
  ],
  [
    'pieces of text among elements',
    20_000,
    z.object({ m: xml.mixed({ b: z.string() }) }),
    (n) => `<r>${'t<c/>u<b/>'.repeat(n)}</r>`,
  ],
  [
    'elements of a choice',
    30_000,
    z.object({ c: xml.choice({ a: z.string(), b: z.string() }) }),
    (n) => `<r>${'<a/><b/>'.repeat(n)}</r>`,
  ],
  ['references in a text', 50_000, texts, (n) => `<r>${'&amp;'.repeat(n)}</r>`],
  ['references in elements', 15_000, item, (n) => `<r>${'<x>a&#65;b</x>'.repeat(n)}</r>`],
  [
    'references in an attribute',
    50_000,
    z.object({ a: xml.attr(z.string()) }),
    (n) => `<r a="${'&#x41;'.repeat(n)}"/>`,
  ],
  ['one attribute', 250_000, z.object({ a: xml.attr(z.string()) }), (n) => `<r a="${'x'.repeat(n)}"/>`],
  ['one attribute of blanks', 250_000, z.object({ a: xml.attr(z.string()) }), (n) => `<r a="${'\n'.repeat(n)}"/>`],
  [
    'the blanks in one list of names',
    125_000,
    z.object({ a: xml.attr(z.string()) }),
    (n) => `<!DOCTYPE r [<!ATTLIST r a NMTOKENS #IMPLIED>]><r a="x${' '.repeat(n)}y${' '.repeat(n)}z"/>`,
  ],
  ['attributes of one element', 25_000, z.object({}), (n) => `<r ${list(n, (i) => `a${i}=""`, ' ')}/>`],
  ['attributes with a namespace', 20_000, z.object({}), (n) => `<r xmlns:p="u" ${list(n, (i) => `p:a${i}=""`, ' ')}/>`],
  [
    'namespaces of one element',
    15_000,
    z.object({}),
    (n) => `<r ${list(n, (i) => `xmlns:a${i}="u"`, ' ')}><a1:x/></r>`,
  ],
  [
    'namespaces of elements within each other',
    15_000,
    z.object({}),
    (n) => `${list(n, (i) => `<a xmlns:p${i}="u${i}" xmlns="d${i}">`)}<p0:b/>${'</a>'.repeat(n)}`,
  ],
  [
    'the namespace of one prefix, in elements within each other',
    15_000,
    z.object({}),
    (n) => `${list(n, (i) => `<p:a xmlns:p="u${i}">`)}${'</p:a>'.repeat(n)}`,
  ],
  [
    'namespaces of elements beside each other',
    8_000,
    z.object({ x: z.array(z.object({})) }),
    (n) => `<r>${list(n, (i) => `<x xmlns:p${i}="u"><p${i}:y/></x>`)}</r>`,
  ],
  [
    'uses of a namespace declared far outside',
    25_000,
    item,
    (n) => `<r ${list(100, (i) => `xmlns:p${i}="u"`, ' ')}>${'<p0:y/>'.repeat(n)}</r>`,
  ],
  [
    'prefixes that change at every element',
    8_000,
    item,
    (n) => `<r xmlns="u" xmlns:p="u" xmlns:q="u">${'<p:x>1</p:x><q:x>2</q:x>'.repeat(n)}</r>`,
  ],
  ['comments', 25_000, item, (n) => `<r>${'<!-- a -->'.repeat(n)}</r>`],
  ['one comment', 250_000, item, (n) => `<r><!--${' -'.repeat(n / 2)} --></r>`],
  ['one instruction', 250_000, item, (n) => `<r><?a ${'?'.repeat(n)}?></r>`],
  ['one CDATA section', 250_000, texts, (n) => `<r><![CDATA[${']'.repeat(n)}]]></r>`],
  ['declarations of elements', 12_000, item, (n) => `<!DOCTYPE r [${list(n, (i) => `<!ELEMENT a${i} (b|c)*>`)}]><r/>`],
  [
    'the groups of one declaration',
    60_000,
    item,
    (n) => `<!DOCTYPE r [<!ELEMENT a ${'('.repeat(n)}b${')'.repeat(n)}>]><r/>`,
  ],
  ['the names of one declaration', 60_000, item, (n) => `<!DOCTYPE r [<!ELEMENT a (#PCDATA${'|b'.repeat(n)})*>]><r/>`],
  [
    'declarations of attributes',
    12_000,
    item,
    (n) => `<!DOCTYPE r [<!ATTLIST r ${list(n, (i) => `a${i} ID #IMPLIED`, ' ')}>]><r/>`,
  ],
  [
    'the values of one attribute',
    60_000,
    item,
    (n) => `<!DOCTYPE r [<!ATTLIST r a (b${'|b'.repeat(n)}) #IMPLIED>]><r/>`,
  ],
  ['a comment in the DOCTYPE', 250_000, item, (n) => `<!DOCTYPE r [<!--${'x'.repeat(n)}-->]><r/>`],
  ['an instruction in the DOCTYPE', 250_000, item, (n) => `<!DOCTYPE r [<?a ${'?'.repeat(n)}?>]><r/>`],
  ['blanks in the DOCTYPE', 250_000, item, (n) => `<!DOCTYPE r [${' '.repeat(n)}]><r/>`],
  ['one name', 250_000, item, (n) => `<r><${'x'.repeat(n)}/></r>`],
  ['one name of another encoding', 60_000, item, (n) => `<r><${'é'.repeat(n)}/></r>`],
  [
    'items of a list in one text',
    80_000,
    z.object({ l: xml.list(z.array(z.number())) }),
    (n) => `<r><l>${'1 '.repeat(n)}</l></r>`,
  ],
  [
    'documents in a document',
    4_000,
    z.object({ e: z.array(xml.embedded(item)) }),
    (n) => `<r>${'<e>&lt;r&gt;&lt;/r&gt;</e>'.repeat(n)}</r>`,
  ],
]

/** Reads what may as well be refused: it must not take long either. */
function reading(schema: z.ZodType, document: string): () => void {
  const decode = xmlDecoder(schema, WITHOUT_LIMITS)
  const bytes = Buffer.from(document)
  return () => {
    try {
      decode(bytes, undefined)
    } catch (error) {
      if (!isFacetError(error)) throw error
    }
  }
}

describe('four times as much takes four times as long', () => {
  test.each(growing)('%s', (_, size, schema, make) => {
    expect(() => xmlDecoder(schema, WITHOUT_LIMITS)(Buffer.from(make(10)), undefined)).not.toThrow()
    expect(growth((count) => reading(schema, make(count)), size)).toBeLessThan(12)
  })
})

const kinds: [string, z.ZodType][] = [
  ['number', z.number()],
  ['bigint', z.bigint()],
  ['boolean', z.boolean()],
  ['date', z.date()],
  ['bytes', xml.bytes()],
  ['coerced number', z.coerce.number()],
  ['enum', z.enum(['a', 'b'])],
  ['list of numbers', xml.list(z.array(z.number()))],
]
const fillings = ['1', '0', ' ', '1.', '.', '-', 'A', '=', '1e', '2024-01-01T', '%', 'é']

describe('text that is almost a value takes no more than its length', () => {
  test.each(kinds)('%s', (_, kind) => {
    const schema = z.object({ x: kind })
    for (const filling of fillings) {
      const document = (size: number) => `<r><x>${filling.repeat(size)}!</x></r>`
      expect(growth((size) => reading(schema, document(size)), 60_000 / filling.length)).toBeLessThan(12)
    }
  })
})

describe('a document that is broken at its end takes no more than its length', () => {
  test.each<[string, (size: number) => string]>([
    ['an attribute without an end', (n) => `<r a="${'<r a= '.repeat(n).replaceAll('<', '')}`],
    ['tags without ends', (n) => '<r '.repeat(n)],
    ['a comment without an end', (n) => `<r><!--${' - '.repeat(n)}`],
    ['a CDATA section without an end', (n) => `<r><![CDATA[${']] '.repeat(n)}`],
    ['a reference without an end', (n) => `<r>&${'a'.repeat(n)}`],
    ['a DOCTYPE without an end', (n) => `<!DOCTYPE r [${'<!-- a -->'.repeat(n)}`],
    ['a literal without an end', (n) => `<!DOCTYPE r SYSTEM "${'a '.repeat(n)}`],
    ['a wrong end tag', (n) => `<r>${'\n'.repeat(n)}</s>`],
    ['a wrong end tag far inside', (n) => `${'<a>'.repeat(n)}</b>`],
    ['a declaration without an end', (n) => `<?xml version="1.0"${' '.repeat(n)}`],
    ['a name without an end', (n) => `<r><${'a'.repeat(n)}`],
    ['a character that there is not', (n) => `<r>${'ﾀ'.repeat(n)}\uffff</r>`],
  ])('%s', (_, make) => {
    expect(growth((size) => reading(z.object({ x: z.array(z.string()) }), make(size)), 60_000)).toBeLessThan(12)
  })
})
