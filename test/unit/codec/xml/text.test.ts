import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { complaint, read } from '../../support/xml.ts'

const text = (content: string): string => read(z.string(), `<r>${content}</r>`)
const attribute = (value: string): string => read(z.object({ a: xml.attr(z.string()) }), `<r a="${value}"/>`).a

describe('references', () => {
  test.each([
    ['&lt;&gt;&amp;&quot;&apos;', `<>&"'`],
    ['&amp;lt;', '&lt;'],
    ['&#38;lt;', '&lt;'],
    ['a&#65;&#x41;&#x041;&#0065;b', 'aAAAAb'],
    ['&#xe9;&#xE9;', 'éé'],
    ['&#9;&#xA;&#13;&#32;', '\t\n\r '],
    ['&#xD7FF;&#xE000;&#xFFFD;', '\ud7ff\ue000\ufffd'],
    ['&#x10000;&#65536;&#x10FFFF;&#1114111;', '\u{10000}\u{10000}\u{10ffff}\u{10ffff}'],
    ['&#x1F600;', '😀'],
    ['é&amp;é', 'é&é'],
    [`&#${'0'.repeat(500)}65;`, 'A'],
  ])('%s', (content, expected) => {
    expect(text(content)).toBe(expected)
    expect(attribute(content)).toBe(expected)
  })

  test.each([
    '0',
    '8',
    '11',
    '12',
    '31',
    'xB',
    'x1F',
    'xD800',
    'xDFFF',
    '55296',
    'xFFFE',
    '65535',
    'x110000',
    '1114112',
  ])('&#%s; is to a character that XML does not have', (name) => {
    expect(complaint(`<a>&#${name};</a>`)).toBe('line 1, column 4: a reference to a character that XML does not have')
    expect(complaint(`<a b="&#${name};"/>`)).toBe('line 1, column 7: a reference to a character that XML does not have')
  })

  test.each(['9'.repeat(400), `x${'F'.repeat(400)}`])('&#%s; too', (name) => {
    expect(complaint(`<a>&#${name};</a>`)).toContain('a reference to a character that XML does not have')
  })
})

describe('line ends', () => {
  test.each([
    ['1\r\n2\r3\n4', '1\n2\n3\n4'],
    ['\r\r\n\r', '\n\n\n'],
    ['1&#13;2&#xD;&#xA;3', '1\r2\r\n3'],
    ['\r&#10;', '\n\n'],
    ['<![CDATA[1\r\n2\r]]>\r\n', '1\n2\n\n'],
    ['1\r<!-- -->\n2', '1\n\n2'],
    ['é\r\né', 'é\né'],
  ])('of %j are line feeds', (content, expected) => {
    expect(text(content)).toBe(expected)
  })
})

describe('the value of an attribute', () => {
  test.each([
    ['1\t2\n3\r4\r\n5', '1 2 3 4 5'],
    ['\n\r', '  '],
    [' 1  2 ', ' 1  2 '],
    ['&#9;&#10;&#13;', '\t\n\r'],
    ['1\r&#10;2', '1 \n2'],
    ["it's > that", "it's > that"],
    ['é\té', 'é é'],
  ])('%j has its white space as blanks, unless it is written as references', (value, expected) => {
    expect(attribute(value)).toBe(expected)
  })

  test('may stand in either kind of quotes', () => {
    const schema = z.object({ a: xml.attr(z.string()), b: xml.attr(z.string()) })
    expect(read(schema, `<r a='say "x"' b="it's"/>`)).toEqual({ a: 'say "x"', b: "it's" })
  })
})

describe('CDATA sections, comments and instructions', () => {
  test.each([
    ['<![CDATA[]]>', ''],
    ['<![CDATA[<b>&amp;]] >]]>', '<b>&amp;]] >'],
    ['<![CDATA[]]]]><![CDATA[>]]>', ']]>'],
    ['<![CDATA[]]]>', ']'],
    ['<![CDATA[]]]]>', ']]'],
    ['<![CDATA[<![CDATA[]]>', '<![CDATA['],
    ['1<![CDATA[2]]>3', '123'],
    ['<![CDATA[é]]>e<![CDATA[é]]>', 'éeé'],
    ['1<!-- 2 -->3<?four five?>6', '136'],
    ['<!-- -->007<!-- -->', '007'],
    [' <!-- --> ', '  '],
    ['&lt;<![CDATA[&lt;]]>&lt;', '<&lt;<'],
  ])('%s', (content, expected) => {
    expect(text(content)).toBe(expected)
    expect(read(z.object({ x: z.string() }), `<r><x>${content}</x></r>`)).toEqual({ x: expected })
    expect(read(z.object({ t: xml.text(z.string()) }), `<r>${content}</r>`)).toEqual({ t: expected })
  })

  test('do not break a number in two', () => {
    const schema = z.object({ x: z.number(), y: z.number(), z: z.array(z.number()) })
    expect(
      read(schema, '<r><x>1<!-- -->2</x><y><![CDATA[ 3]]>.5</y><z>&#52;</z><z><?p?>5</z><z><![CDATA[6]]></z></r>'),
    ).toEqual({ x: 12, y: 3.5, z: [4, 5, 6] })
  })
})

/** What saxes reads of an element's text and of an attribute's value. */
function bySaxes(document: string): { t: string; a: string | undefined } {
  const parser = new SaxesParser()
  let t = ''
  let a: string | undefined
  parser.on('text', (piece) => {
    t += piece
  })
  parser.on('cdata', (piece) => {
    t += piece
  })
  parser.on('opentag', ({ attributes }) => {
    a = attributes.a
  })
  parser.write(document).close()
  return { t, a }
}

test('text and attributes of all kinds of pieces are read as saxes reads them', () => {
  const plain = [
    'a',
    ' ',
    '\n',
    '\r',
    '\r\n',
    '\t',
    'é',
    '€',
    '😀',
    '&amp;',
    '&#13;',
    '&#xA;',
    '&#x20;',
    '&#128512;',
    ']',
    "'",
  ]
  const between = [...plain, '<!-- - -->', '<?p ?>', '<![CDATA[]]>', '<![CDATA[\r\n&é]]>', ']]&gt;']
  const schema = z.object({ a: xml.attr(z.string()), t: xml.text(z.string()) })
  const pieces = (of: readonly string[]) => fc.array(fc.constantFrom(...of), { maxLength: 12 })
  fc.assert(
    fc.property(pieces(plain), pieces(between), (value, content) => {
      const document = `<r a="${value.join('')}">${content.join('')}</r>`
      expect(read(schema, document)).toEqual(bySaxes(document))
    }),
    { numRuns: 500 },
  )
})
