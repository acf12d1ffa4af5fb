import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { failureOf } from '../../support/failure.ts'
import { complaint, read, saxesAccepts } from '../../support/xml.ts'

const AMP = "an '&' that starts no reference; the character itself is written '&amp;'"
const VALUE = 'the value of an attribute must stand in quotes'
const ENDLESS_VALUE = 'the value of an attribute that does not end'
const ENDLESS_TAG = 'a tag that does not end'
const DECLARATION = 'an XML declaration that is not at the very start of the document'

/** What is malformed, where, and what is said of it. */
const MALFORMED: [string, [string, string, string][]][] = [
  [
    'the document as a whole',
    [
      ['  ', '1, column 3', 'the document has no element'],
      ['\n\n', '3, column 1', 'the document has no element'],
      ['<?xml version="1.0"?>', '1, column 22', 'the document has no element'],
      ['<!-- a -->\n<?b?>', '2, column 6', 'the document has no element'],
      ['Service Unavailable', '1, column 1', 'text before the root element'],
      ['{"a":1}', '1, column 1', 'text before the root element'],
      ['\n &amp;<a/>', '2, column 2', 'text before the root element'],
      ['<a/>x', '1, column 5', 'text after the root element'],
      ['<a/>\n&amp;', '2, column 1', 'text after the root element'],
      ['<a/>\n<b/>', '2, column 1', 'a second root element'],
      ['<a></a><a>', '1, column 8', 'a second root element'],
      ['<a>', '1, column 4', "the document ends within 'a'"],
      ['<a>x', '1, column 5', "the document ends within 'a'"],
      ['<a>\n<b>\n', '3, column 1', "the document ends within 'b'"],
      ['<a><b/>', '1, column 8', "the document ends within 'a'"],
    ],
  ],
  [
    'tags',
    [
      ['<a', '1, column 3', ENDLESS_TAG],
      ['<a ', '1, column 3', ENDLESS_TAG],
      ['<a b="1"', '1, column 3', ENDLESS_TAG],
      ['<a b="1" ', '1, column 3', ENDLESS_TAG],
      ['<a/', '1, column 3', "'/' in a tag that is not its end"],
      ['<a / >', '1, column 4', "'/' in a tag that is not its end"],
      ['<a /b>', '1, column 4', "'/' in a tag that is not its end"],
      ['< a/>', '1, column 2', 'the name of an element was expected'],
      ['<>', '1, column 2', 'the name of an element was expected'],
      ['<', '1, column 2', 'the name of an element was expected'],
      ['<a><</a>', '1, column 5', 'the name of an element was expected'],
      ['<1/>', '1, column 2', 'the name of an element was expected'],
      ['<a><-b/></a>', '1, column 5', 'the name of an element was expected'],
      ['<a><.b/></a>', '1, column 5', 'the name of an element was expected'],
      ['<·/>', '1, column 2', 'the name of an element was expected'],
      ['<a×/>', '1, column 3', 'white space was expected before an attribute'],
      ['<a></b>', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<a></aa>', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<aa></a>', '1, column 5', "an end tag that is not the one of 'aa'"],
      ['<a></A>', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<a></ a>', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<a></a b="1">', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<a></a/>', '1, column 4', "an end tag that is not the one of 'a'"],
      ['<a>\r\n<b>\r\r</a></b>', '4, column 1', "an end tag that is not the one of 'b'"],
      ['<a/></a>', '1, column 5', 'an end tag without a start tag'],
      ['</a>', '1, column 1', 'an end tag without a start tag'],
      ['<ä>é</ö>', '1, column 5', "an end tag that is not the one of 'ä'"],
    ],
  ],
  [
    'attributes',
    [
      ['<a b', '1, column 5', "'=' was expected after the name of an attribute"],
      ['<a b>', '1, column 5', "'=' was expected after the name of an attribute"],
      ['<a b c="1"/>', '1, column 6', "'=' was expected after the name of an attribute"],
      ['<a b=1/>', '1, column 6', VALUE],
      ['<a b=>', '1, column 6', VALUE],
      ['<a b=', '1, column 6', VALUE],
      ['<a b=”1”/>', '1, column 6', VALUE],
      ['<a b="', '1, column 7', ENDLESS_VALUE],
      ['<a b="1/>', '1, column 7', ENDLESS_VALUE],
      [`<a b='1"/>`, '1, column 7', ENDLESS_VALUE],
      ['<a b="1"c="2"/>', '1, column 9', 'white space was expected before an attribute'],
      ['<a\u00a0b="1"/>', '1, column 3', 'white space was expected before an attribute'],
      ['<a b="<"/>', '1, column 7', "'<' in the value of an attribute"],
      ['<a b="x & y"/>', '1, column 9', AMP],
      ['<a b="1" b="2"/>', '1, column 10', 'two attributes of one element have the same name'],
      ['<a b="1" c="2"\nb="3"/>', '2, column 1', 'two attributes of one element have the same name'],
      ['<a <b/>', '1, column 4', 'the name of an attribute was expected'],
      ['<a ="1"/>', '1, column 4', 'the name of an attribute was expected'],
      ['<a 1="1"/>', '1, column 4', 'the name of an attribute was expected'],
    ],
  ],
  [
    'text and references',
    [
      ['<a>x & y</a>', '1, column 6', AMP],
      ['<a>\n  <b>\n    x && y\n  </b></a>', '3, column 7', AMP],
      ['<a>&</a>', '1, column 4', AMP],
      ['<a>&amp</a>', '1, column 4', AMP],
      ['<a>&amp ;</a>', '1, column 4', AMP],
      ['<a>&;</a>', '1, column 4', AMP],
      ['<a>&#;</a>', '1, column 4', AMP],
      ['<a>&#x;</a>', '1, column 4', AMP],
      ['<a>&#X41;</a>', '1, column 4', AMP],
      ['<a>&#4A;</a>', '1, column 4', AMP],
      ['<a>&#-1;</a>', '1, column 4', AMP],
      ['<a>&#65</a>', '1, column 4', AMP],
      ['<a>&nbsp;</a>', '1, column 4', "the entity 'nbsp' is none of XML's own five, and others are not read"],
      ['<a b="&euro;"/>', '1, column 7', "the entity 'euro' is none of XML's own five, and others are not read"],
      ['<a>&AMP;</a>', '1, column 4', "the entity 'AMP' is none of XML's own five, and others are not read"],
      ['<a>]]></a>', '1, column 4', "']]>' in text"],
      ['<a>x]]]></a>', '1, column 6', "']]>' in text"],
      ['<a><![CDATA[b]]>]]></a>', '1, column 17', "']]>' in text"],
      ['<a>\u0000</a>', '1, column 4', 'the character U+0000, which XML does not have'],
      ['<a>\n\u001b</a>', '2, column 1', 'the character U+001B, which XML does not have'],
      ['<a b="\u0001"/>', '1, column 7', 'the character U+0001, which XML does not have'],
      ['<a>\ufffe</a>', '1, column 4', 'a character that XML does not have'],
      ['<a>\n b\uffff</a>', '2, column 3', 'a character that XML does not have'],
    ],
  ],
  [
    'comments, instructions and CDATA sections',
    [
      ['<a><!-- b', '1, column 4', 'a comment that does not end'],
      ['<!--><a/>', '1, column 1', 'a comment that does not end'],
      ['<!-- a -- b --><a/>', '1, column 8', "'--' within a comment"],
      ['<!-- a ---><a/>', '1, column 8', "'--' within a comment"],
      ['<!-- \u0002 --><a/>', '1, column 6', 'the character U+0002, which XML does not have'],
      ['<!-a--><a/>', '1, column 1', "'<!' that starts nothing"],
      ['<a><? b?></a>', '1, column 6', 'the target of a processing instruction was expected'],
      ['<a><??></a>', '1, column 6', 'the target of a processing instruction was expected'],
      ['<a><?b', '1, column 7', 'white space was expected after the target of a processing instruction'],
      ['<a><?b+?></a>', '1, column 7', 'white space was expected after the target of a processing instruction'],
      ['<a><?b c?</a>', '1, column 4', 'a processing instruction that does not end'],
      ['<a><?b \u0002?></a>', '1, column 8', 'the character U+0002, which XML does not have'],
      ['<a><?b:c?></a>', '1, column 4', 'a colon in the target of a processing instruction'],
      ['<a><?xml version="1.0"?></a>', '1, column 4', DECLARATION],
      [' <?xml version="1.0"?><a/>', '1, column 2', DECLARATION],
      ['<!-- a --><?xml version="1.0"?><a/>', '1, column 11', DECLARATION],
      ['<?XML version="1.0"?><a/>', '1, column 1', DECLARATION],
      ['<?xMl ?><a/>', '1, column 1', DECLARATION],
      ['<a><![CDATA[x]]', '1, column 4', 'a CDATA section that does not end'],
      ['<a><![CDATA[x]] ></a>', '1, column 4', 'a CDATA section that does not end'],
      ['<a><![CDATA[\u0003]]></a>', '1, column 13', 'the character U+0003, which XML does not have'],
      ['<a><![CDAT[x]]></a>', '1, column 4', "'<!' that starts nothing"],
      ['<a><![cdata[x]]></a>', '1, column 4', "'<!' that starts nothing"],
      ['<a><! [CDATA[x]]></a>', '1, column 4', "'<!' that starts nothing"],
      ['<a><!x></a>', '1, column 4', "'<!' that starts nothing"],
      ['<a><!DOCTYPE a></a>', '1, column 4', "'<!' that starts nothing"],
    ],
  ],
]

describe.each(MALFORMED)('%s, where not well-formed', (_, table) => {
  test.each(table)('%j is refused at line %s: %s', (document, place, reason) => {
    expect(complaint(document)).toBe(`line ${place}: ${reason}`)
    expect(saxesAccepts(document)).toBe(false)
  })
})

describe('what is well-formed, though one may not think so', () => {
  test.each([
    '<a></a >',
    '<a></a\n>',
    '<a\n/>',
    `<a b = '1'\tc\n=\r"2"/>`,
    '<a b=">"/>',
    `<a b='"' c="'"/>`,
    '<a b="]]>"/>',
    '<a>></a>',
    '<a>]]</a>',
    '<a>]] ></a>',
    '<a>]>"\'</a>',
    '<a>]]&gt;</a>',
    '<!----><a/>',
    '<!-- - --><a/>',
    '<!--><!--><a/>',
    '<!-- <a> & ]]> --><a/>',
    '<?b?><a/>',
    '<?b ??><a/>',
    '<?b ? > <x & ?><a/>',
    '<?xml-stylesheet href="a"?><a/>',
    '<?xml1 a?><a/>',
    '<?xmlé a?><a/>',
    '<a/><!-- b --><?c?>\n',
    '<_/>',
    '<a-b.c_d·1/>',
    '<größe straße="1"/>',
    '<請求 番号="1"/>',
    '<𐐀/>',
    '<xmlfoo xml-bar="1"/>',
    '<a>\u0085\u2028\u007f\u0080\u009f</a>',
    '<a>\ufdd0\u{1fffe}\u{10ffff}</a>',
  ])('%j is accepted', (document) => {
    expect(complaint(document)).toBe('accepted')
    expect(saxesAccepts(document)).toBe(true)
  })
})

test('a name in a message is cut to what a line of a log can have', () => {
  expect(complaint(`<${'a'.repeat(1000)}>`)).toBe(`line 1, column 1003: the document ends within '${'a'.repeat(40)}'`)
  expect(complaint(`<a>&${'b'.repeat(1000)};</a>`)).toContain(`the entity '${'b'.repeat(40)}' is`)
})

test('the failure says so of the answer, and keeps the cause with its place', () => {
  const failure = failureOf(() => read(z.object({}), '<a>\n</b>'))
  expect([failure.code, failure.message]).toEqual([
    'backend-malformed',
    "the answer is not well-formed XML: line 2, column 1: an end tag that is not the one of 'a'",
  ])
  expect(failure.cause).toMatchObject({
    name: 'XmlSyntaxError',
    position: { line: 2, column: 1 },
    reason: "an end tag that is not the one of 'a'",
  })
})

test('an empty answer is told from one that is cut off', () => {
  expect(failureOf(() => read(z.object({}), '')).message).toBe('the answer is empty')
})

test('a column counts characters, as an editor does', () => {
  expect(complaint('<a>😀😀</b>')).toBe("line 1, column 6: an end tag that is not the one of 'a'")
})

test.each(['<![CDATA[x]]><a/>', '<a/><![CDATA[x]]>', '<!x><a/>'])('%j is not said to be a DOCTYPE', (document) => {
  expect(complaint(document)).not.toContain('DOCTYPE')
})

test.each(['<a></', '<a></a', '<a></a '])('%j is said to be cut off', (document) => {
  expect(complaint(document)).toContain('a tag that does not end')
})
