import { describe, expect, test } from '@jest/globals'
import { decodeText } from '../../../../src/codec/xml/charset.ts'
import { failureOf } from '../../support/failure.ts'

const declared = (encoding: string, text = 'Müller') => `<?xml version="1.0" encoding="${encoding}"?><a>${text}</a>`
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf8 = (text: string) => Buffer.from(text)
const utf16le = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => utf16le(text).swap16()

describe('the text of a document', () => {
  test.each<[string, Buffer, string | undefined, string]>([
    ['UTF-8 where nothing is said', utf8('<a>Müller</a>'), undefined, '<a>Müller</a>'],
    ['UTF-8 where the type has no charset', utf8('<a>Łódź</a>'), 'text/xml', '<a>Łódź</a>'],
    ['what is declared', latin1(declared('ISO-8859-1')), 'text/xml', declared('ISO-8859-1')],
    [
      'what is declared in single quotes',
      latin1(`<?xml version='1.0' encoding='iso-8859-1' ?><a>ü</a>`),
      undefined,
      `<?xml version='1.0' encoding='iso-8859-1' ?><a>ü</a>`,
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
      'multipart/related; type="text/xml"; charset=l1; x=y',
      '<a>ü</a>',
    ],
    ['the byte-order mark rather than the type', utf8('\ufeff<a>ü</a>'), 'text/xml; charset=iso-8859-1', '<a>ü</a>'],
    [
      'the byte-order mark rather than what is declared',
      utf8(`\ufeff${declared('ISO-8859-1')}`),
      undefined,
      declared('ISO-8859-1'),
    ],
    ['UTF-16, little end first, by its mark', utf16le('\ufeff<a>Łódź</a>'), 'text/xml', '<a>Łódź</a>'],
    ['UTF-16, big end first, by its mark', utf16be('\ufeff<a>Łódź</a>'), 'text/xml; charset=utf-8', '<a>Łódź</a>'],
    ['UTF-16 by the type', utf16be('<a>ü</a>'), 'application/xml; charset=utf-16be', '<a>ü</a>'],
    ['windows-1252', Buffer.from([0x3c, 0x80, 0x3e]), 'text/xml; charset=windows-1252', '<€>'],
    ['ISO-8859-2', Buffer.from([0x3c, 0xa3, 0x3e]), 'text/xml; charset=iso-8859-2', '<Ł>'],
  ])('is decoded as %s', (_, bytes, contentType, expected) => {
    expect(decodeText(bytes, contentType)).toBe(expected)
  })

  test.each(['iso-8859-1', 'ISO8859-1', 'iso_8859-1', 'latin1', 'Latin-1', 'L1'])(
    'in %s has the control characters that it says, not those of windows-1252',
    (charset) => {
      expect(decodeText(Buffer.from([0x80, 0x9f, 0xfc]), `text/xml; charset=${charset}`)).toBe('\u0080\u009fü')
    },
  )

  test.each<[string, Buffer, string | undefined]>([
    ['Latin-1 that says it is UTF-8', latin1('<a>ü</a>'), 'text/xml; charset=utf-8'],
    ['Latin-1 that says nothing', latin1('<a>ü</a>'), undefined],
    ['Latin-1 under a mark of UTF-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), latin1('<a>ü</a>')]), undefined],
    ['an overlong sequence', Buffer.from([0x3c, 0xc0, 0xaf, 0x3e]), undefined],
    ['a cut-off character', utf8('<a>ü').subarray(0, 4), undefined],
    ['UTF-16 with a byte too many', Buffer.concat([utf16le('\ufeff<a/>'), Buffer.from([0])]), undefined],
    ['a charset that nobody knows', utf8('<a/>'), 'text/xml; charset=klingon'],
    ['a declared charset that nobody knows', utf8(declared('x-klingon')), undefined],
  ])('is refused and never guessed: %s', (_, bytes, contentType) => {
    const failure = failureOf(() => decodeText(bytes, contentType))
    expect(failure.code).toBe('backend-malformed')
    expect(failure.cause).toHaveProperty('message')
  })

  test('has its charset in the failure, for the log', () => {
    expect(failureOf(() => decodeText(utf8('<a/>'), 'text/xml; charset=klingon')).message).toContain('klingon')
  })

  test('a declaration that comes late is none', () => {
    const text = `${' '.repeat(300)}${declared('ISO-8859-1')}`
    expect(decodeText(utf8(text), undefined)).toBe(text)
  })
})
