import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isFieldValue, isToken, listed, matchesEtag, quoted, rawField } from '../../../src/lib/headers.ts'

describe('a field value', () => {
  test.each(['', 'a', 'a b', 'a\tb', '"quoted", x=1', 'M\u00fcller', '\u00ff', '~'])('%j can be sent', (value) => {
    expect(isFieldValue(value)).toBe(true)
  })

  test.each(['\r', '\n', 'a\r\nSet-Cookie: x', 'a\u0000', '\u007f', '\u001f', '\u0100', 'Łódź', '😀', '\u2028'])(
    '%j cannot be sent',
    (value) => {
      expect(isFieldValue(value)).toBe(false)
    },
  )
})

describe('a token', () => {
  test.each(['GET', 'x-client', "!#$%&'*+-.^_`|~09AZaz"])('%s is one', (text) => {
    expect(isToken(text)).toBe(true)
  })

  test.each(['', ' ', 'a b', 'a:', 'a\r\n', 'ä', '(a)', 'a/b', 'a,b', 'a;b', '"a"', 'a\u0000', '{a}', '@'])(
    '%j is none',
    (text) => {
      expect(isToken(text)).toBe(false)
    },
  )
})

describe('a structured string', () => {
  test.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['C:\\x', '"C:\\\\x"'],
    ['\\"', '"\\\\\\""'],
    ['Müller', '"M?ller"'],
    ['a\r\nb', '"a??b"'],
    ['a\tb\u0000', '"a?b?"'],
  ])('%j is written %s', (value, expected) => {
    expect(quoted(value)).toBe(expected)
  })

  test('is always one string of RFC 9651, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(quoted(value)).toMatch(/^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\\"])*"$/)
      }),
    )
  })
})

describe('a list of entity tags', () => {
  const etag = '"abc"'
  test.each([
    '"abc"',
    'W/"abc"',
    '*',
    '"x", "abc"',
    '"x","abc","y"',
    'W/"x", W/"abc"',
    '"x" , "abc"',
    '"a,b", "abc"',
    '"", "abc"',
  ])('%s names "abc"', (header) => {
    expect(matchesEtag(header, etag)).toBe(true)
  })

  test.each(['', '"x"', 'abc', '"abcd"', '"ab"', '"ABC"', 'W/"abcd"', '"x", "y"', '"a"bc"', '"', '""', '"a,"abc'])(
    '%s does not',
    (header) => {
      expect(matchesEtag(header, etag)).toBe(false)
    },
  )

  test('names a weak tag by its strong form and the other way round', () => {
    expect(matchesEtag('"abc"', 'W/"abc"')).toBe(true)
    expect(matchesEtag('W/"x", W/"abc"', 'W/"abc"')).toBe(true)
    expect(matchesEtag('"x"', 'W/"abc"')).toBe(false)
  })

  test('a very long one is read in no time', () => {
    const header = Array.from({ length: 20_000 }, (_, index) => `W/"${index}`).join(' ')
    const started = performance.now()
    expect(matchesEtag(header, etag)).toBe(false)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('a list of names', () => {
  test.each([
    [undefined, []],
    ['', []],
    [' , ,', []],
    ['close', ['close']],
    ['Keep-Alive, X-Custom', ['keep-alive', 'x-custom']],
    ['close,Upgrade ,\tTE', ['close', 'upgrade', 'te']],
  ])('%j has %j', (header, expected) => {
    expect(listed(header)).toEqual(expected)
  })
})

describe('a field in a flat list', () => {
  const raw = [
    'Host',
    'a',
    'X-Client',
    'mobile',
    'ACCEPT',
    '*/*',
    'Cookie',
    '1',
    'cookie',
    '2',
    'x',
    'host',
    'empty',
    '',
  ]
  test.each([
    ['host', 'a'],
    ['x-client', 'mobile'],
    ['accept', '*/*'],
    ['empty', ''],
    ['cookie', null],
    ['mobile', undefined],
    ['hos', undefined],
    ['', undefined],
  ])('%j is %j: null where it stands there more than once, never a value taken for a name', (name, expected) => {
    expect(rawField(raw, name)).toBe(expected)
  })
})
