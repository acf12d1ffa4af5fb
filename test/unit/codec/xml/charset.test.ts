import { describe, expect, test } from '@jest/globals'
import { type Charset, decodeBytes } from '../../../../src/codec/xml/charset.ts'
import { XmlSyntaxError } from '../../../../src/codec/xml/limits.ts'
import { complaint } from '../../support/xml.ts'

const declared = (encoding: string, text = 'Müller') => `<?xml version="1.0" encoding="${encoding}"?><a>${text}</a>`
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf8 = (text: string) => Buffer.from(text)
const utf16le = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => utf16le(text).swap16()
const bytes = (...values: number[]) => Buffer.from(values)

/** The text that the decoded bytes stand for. */
function textOf(document: Buffer, contentType: string | undefined): string {
  const { bytes: decoded, charset, ascii } = decodeBytes(document, contentType)
  const text = charset === 'windows-1252' ? new TextDecoder(charset).decode(decoded) : decoded.toString(node[charset])
  expect(ascii).toBe(!/[^\x00-\x7f]/.test(text))
  return text
}
const node = { 'utf-8': 'utf8', 'iso-8859-1': 'latin1' } as const satisfies Partial<Record<Charset, BufferEncoding>>

/** What is said of a document that is refused; its place is always the first character. */
function refusal(document: Buffer, contentType?: string): string {
  try {
    decodeBytes(document, contentType)
  } catch (error) {
    if (error instanceof XmlSyntaxError) return error.reason
    throw error
  }
  return 'accepted'
}

const lie = (label: string) => `the document is not in the encoding '${label}' that it says it is in`

describe('the encoding of a document is', () => {
  test.each<[string, Buffer, string | undefined, string]>([
    ['UTF-8 where nothing is said', utf8('<a>Müller</a>'), undefined, '<a>Müller</a>'],
    ['UTF-8 where the type has no charset', utf8('<a>Łódź</a>'), 'text/xml', '<a>Łódź</a>'],
    ['UTF-8 where the charset is empty', utf8('<a>Łódź</a>'), 'text/xml; charset=', '<a>Łódź</a>'],
    ['what is declared', latin1(declared('ISO-8859-1')), 'text/xml', declared('ISO-8859-1')],
    [
      'what is declared in single quotes',
      latin1(`<?xml version='1.0' encoding='l1'?>ü`),
      undefined,
      `<?xml version='1.0' encoding='l1'?>ü`,
    ],
    [
      'the charset of the type rather than what is declared',
      utf8(declared('ISO-8859-1')),
      'text/xml; charset=utf-8',
      declared('ISO-8859-1'),
    ],
    ['the charset of the type in quotes', latin1('<a>ü</a>'), 'text/xml; charset="ISO-8859-1"', '<a>ü</a>'],
    ['the charset of the type in any case, with blanks', latin1('<a>ü</a>'), 'TEXT/XML ; Charset = Latin1', '<a>ü</a>'],
    [
      'the charset of the type among other parameters',
      latin1('<a>ü</a>'),
      'application/soap+xml; action="a;b"; charset=l1; x=y',
      '<a>ü</a>',
    ],
    ['the byte-order mark rather than the type', utf8('\ufeff<a>ü</a>'), 'text/xml; charset=iso-8859-1', '<a>ü</a>'],
    [
      'the byte-order mark of UTF-16 rather than the type',
      utf16be('\ufeff<a>Łódź</a>'),
      'text/xml; charset=utf-8',
      '<a>Łódź</a>',
    ],
    ['UTF-16, little end first, by its mark', utf16le('\ufeff<a>Łódź</a>'), 'text/xml', '<a>Łódź</a>'],
    ['UTF-16, by its mark, and declared so', utf16le(`\ufeff${declared('UTF-16')}`), undefined, declared('UTF-16')],
    ['UTF-16 by the type, with its order', utf16be('<a>ü</a>'), 'application/xml; charset=utf-16be', '<a>ü</a>'],
    ['UTF-16 by the type, whose order shows', utf16be('<a>ü</a>'), 'application/xml; charset=utf-16', '<a>ü</a>'],
    ['UTF-16 by the type, the other order', utf16le('<a>ü</a>'), 'application/xml; charset=UTF-16', '<a>ü</a>'],
    [
      'UTF-16, by its mark, and declared by another name',
      utf16le(`\ufeff${declared('UTF16')}`),
      undefined,
      declared('UTF16'),
    ],
    ['UTF-16 without a mark, declared so', utf16le(declared('UTF-16')), undefined, declared('UTF-16')],
    ['UTF-16 without a mark, big end first, declared so', utf16be(declared('utf-16')), undefined, declared('utf-16')],
    ['windows-1252', bytes(0x3c, 0x80, 0x3e), 'text/xml; charset=windows-1252', '<€>'],
    ['ISO-8859-15', bytes(0x3c, 0xa4, 0x3e), 'text/xml; charset=ISO-8859-15', '<€>'],
    ['ISO-8859-2', bytes(0x3c, 0xa3, 0x3e), 'text/xml; charset=iso-8859-2', '<Ł>'],
    ['US-ASCII', utf8('<a>~</a>'), 'text/xml; charset=us-ascii', '<a>~</a>'],
  ])('%s', (_, document, contentType, expected) => {
    expect(textOf(document, contentType)).toBe(expected)
  })

  test.each(['iso-8859-1', 'ISO8859-1', 'iso_8859-1', 'latin1', 'Latin-1', 'L1', 'cp819', 'ISO_8859-1:1987'])(
    'that of %s, whose control characters are not those of windows-1252',
    (charset) => {
      const all = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 128))
      expect(textOf(all, `text/xml; charset=${charset}`)).toBe(all.toString('latin1'))
      expect(textOf(bytes(0x80, 0x9f, 0xfc), 'text/xml; charset=windows-1252')).toBe('€Ÿü')
    },
  )
})

describe('bytes that are not in their encoding are refused, never replaced', () => {
  test.each<[string, Buffer, string | undefined, string]>([
    ['Latin-1 that says it is UTF-8', latin1('<a>ü</a>'), 'text/xml; charset=utf-8', 'utf-8'],
    ['Latin-1 that says nothing', latin1('<a>ü</a>'), undefined, 'utf-8'],
    ['Latin-1 that declares UTF-8', latin1(declared('UTF-8')), undefined, 'UTF-8'],
    ['Latin-1 under a mark of UTF-8', Buffer.concat([bytes(0xef, 0xbb, 0xbf), latin1('<a>ü</a>')]), undefined, 'utf-8'],
    ['an overlong sequence', bytes(0x3c, 0xc0, 0xaf, 0x3e), undefined, 'utf-8'],
    ['an overlong NUL', bytes(0x3c, 0xc0, 0x80, 0x3e), undefined, 'utf-8'],
    ['half a surrogate pair in UTF-8', bytes(0x3c, 0xed, 0xa0, 0x80, 0x3e), undefined, 'utf-8'],
    ['a character beyond the last one', bytes(0x3c, 0xf4, 0x90, 0x80, 0x80, 0x3e), undefined, 'utf-8'],
    ['a cut-off character', utf8('<a>ü').subarray(0, 4), undefined, 'utf-8'],
    ['UTF-16 with a byte too many', Buffer.concat([utf16le('\ufeff<a/>'), bytes(0)]), undefined, 'utf-16le'],
    ['half a surrogate pair in UTF-16', utf16le('\ufeff<a>\ud83d</a>'), undefined, 'utf-16le'],
    ['US-ASCII with more than seven bits', latin1('<a>ü</a>'), 'text/xml; charset=us-ascii', 'us-ascii'],
    ['declared US-ASCII with more than seven bits', utf8(declared('US-ASCII')), undefined, 'US-ASCII'],
    [
      'a byte that windows-1253 does not have',
      bytes(0x3c, 0xd2, 0x3e),
      'text/xml; charset=windows-1253',
      'windows-1253',
    ],
    [
      'a second byte that Shift_JIS does not have',
      bytes(0x3c, 0x81, 0x20, 0x3e),
      'text/xml; charset=shift_jis',
      'shift_jis',
    ],
    ['a second byte that EUC-JP does not have', bytes(0x3c, 0xa4, 0x20, 0x3e), 'text/xml; charset=euc-jp', 'euc-jp'],
    ['a declaration of UTF-16 that can be read byte by byte', utf8(declared('utf-16', 'x')), undefined, 'utf-16'],
    ['the same with another length', utf8(declared('utf-16', 'xy')), 'text/xml', 'utf-16'],
  ])('%s', (_, document, contentType, label) => {
    expect(refusal(document, contentType)).toBe(lie(label))
  })

  test.each<[string, Buffer, string]>([
    [
      'a mark of UTF-8 and a declaration of ISO-8859-1',
      utf8(`\ufeff${declared('ISO-8859-1')}`),
      "the document is utf-8, and declares 'ISO-8859-1'",
    ],
    [
      'a mark of UTF-8 and a declaration of UTF-16',
      utf8(`\ufeff${declared('UTF-16')}`),
      "the document is utf-8, and declares 'UTF-16'",
    ],
    [
      'a mark of UTF-16 and a declaration of UTF-8',
      utf16le(`\ufeff${declared('utf-8')}`),
      "the document is utf-16le, and declares 'utf-8'",
    ],
    [
      'two bytes a character, without a mark or a declaration',
      utf16be('<a/>'),
      'the document is utf-16, and declares nothing',
    ],
    [
      'two bytes a character, and a declaration of UTF-8',
      utf16le(declared('UTF-8')),
      "the document is utf-16, and declares 'UTF-8'",
    ],
  ])('what contradicts itself is refused: %s', (_, document, reason) => {
    expect(refusal(document)).toBe(reason)
  })

  test.each(['klingon', 'utf-7', 'hz-gb-2312', 'ebcdic-cp-us', "'utf-8'"])('the label %s is not known', (label) => {
    expect(refusal(utf8('<a/>'), `text/xml; charset=${label}`)).toBe(`the encoding '${label}' is not known`)
  })

  test('neither is one that is declared, nor more than a line of it said', () => {
    expect(refusal(utf8(declared('x-klingon')))).toBe("the encoding 'x-klingon' is not known")
    expect(refusal(utf8(declared(`x${'y'.repeat(200)}`)))).toBe(`the encoding 'x${'y'.repeat(39)}' is not known`)
  })

  test.each([
    ['UTF-8', utf8('\ufeff\ufeff<a/>')],
    ['UTF-16', utf16le('\ufeff\ufeff<a/>')],
  ])('of two byte-order marks in %s the second is a character', (_, document) => {
    expect(textOf(document, undefined)).toBe('\ufeff<a/>')
  })

  test('a declaration that comes late is none', () => {
    const text = `${' '.repeat(300)}${declared('ISO-8859-1')}`
    expect(textOf(utf8(text), undefined)).toBe(text)
  })
})

test('what need not be is not copied', () => {
  for (const [document, type] of [
    [utf8('<a>Łódź</a>'), undefined],
    [latin1('<a>ü</a>'), 'text/xml; charset=iso-8859-1'],
    [bytes(0x3c, 0x80, 0x3e), 'text/xml; charset=windows-1252'],
  ] as const) {
    const decoded = decodeBytes(document, type)
    expect([decoded.bytes.buffer === document.buffer, decoded.transcoded]).toEqual([true, false])
  }
})

test('a charset is a parameter of its own, and none within another one', () => {
  const read = (contentType: string) => complaint('<r>é</r>', { contentType })
  expect(read('application/soap+xml; action="urn:x;charset=utf-16"; charset=utf-8')).toBe('accepted')
  expect(read('application/soap+xml; action="urn:x; charset=utf-16"')).toBe('accepted')
  expect(read('text/xml; charset="utf-8"')).toBe('accepted')
  expect(read('text/xml; Charset = us-ascii')).toContain('us-ascii')
})
