import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeSegment, hasDotSegments, isSafeSegment } from '../../../src/lib/path.ts'

describe('decoding a segment', () => {
  test.each([
    ['', ''],
    ['abc', 'abc'],
    ['a%20b', 'a b'],
    ['M%C3%BCller', 'Müller'],
    ['%F0%9F%98%80', '😀'],
    ['a%2Fb', 'a/b'],
    ['a%5Cb', 'a\\b'],
    ['a+b', 'a+b'],
    ['%252e%252e', '%2e%2e'],
    ['...', '...'],
    ['a..b', 'a..b'],
    ['..a', '..a'],
    ['a..', 'a..'],
    ['1.5', '1.5'],
    ['.well-known', '.well-known'],
    ['a%3Bb', 'a;b'],
    ['%25', '%'],
  ])('%s is %s', (segment, expected) => {
    expect(decodeSegment(segment)).toBe(expected)
  })

  test.each([
    ...['.', '..', '%2e', '%2E', '%2e%2e', '.%2e', '%2e.', '%2E%2e'],
    ...['a%2f..', '..%2fa', 'a%2f..%2fb', 'a%2F%2e%2e%2Fb', 'a%2f.', '.%2fa', '%2f..', '..%2f', '%2f.%2f'],
    ...['a%5c..', '..%5ca', 'a%5C%2e%2e%5Cb', '..\\a', 'a\\..'],
    ...['..;', '..%3b', '..;a=b', '.;x', '%2e%2e%3Ba', 'a%2f..%3b%2fb'],
    ...['%00', 'a%00b', '%0d%0a', 'a%0d%0aX-Admin:%201', '%0a', '%0D', '%09', '%1f', '%7f', 'a\u0000', 'a\nb'],
    ...['%', '%2', '%zz', '%e0%a4%a', '%c0%ae%c0%ae', '%c0%af', '%ff', '%ed%a0%80', '%u002e'],
  ])('%j must not get any further', (segment) => {
    expect(decodeSegment(segment)).toBeUndefined()
  })

  test('whatever a client encodes arrives as it was, or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const decoded = decodeSegment(encodeURIComponent(text))
        expect(decoded).toBe(isSafeSegment(text) ? text : undefined)
      }),
    )
  })

  test('nothing that gets through climbs, neither as it is nor behind a server that decodes once more', () => {
    const pieces = fc.constantFrom('.', '..', '%2e', '%2E', '/', '%2f', '\\', '%5c', ';', '%3b', 'a', '')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const text = decodeSegment(parts.join(''))
        if (text === undefined) return
        const segments = text.split(/[/\\]/).map((segment) => segment.split(';')[0])
        expect(segments.filter((segment) => segment === '.' || segment === '..')).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('dot segments in a raw path', () => {
  test.each([
    ...['/..', '/../a', '/a/..', '/a/../b', '/.', '/./a', '/a/.', '..', '.'],
    ...['/%2e%2e/a', '/%2E%2E', '/.%2e/a', '/%2e./a', '/a/%2e', '/a/%2e%2e'],
    ...['/a%2f..%2fb', '/a%2F%2e%2e', '/..%2fa', '/a\\..\\b', '/a%5c..', '/..%5ca', '/..\\'],
    ...['/..;/a', '/..;x=1/a', '/.;/a', '/%2e%2e;/a', '/..%3b', '/..%3Bx/a', '/a/%2e%3b/b'],
  ])('%s has one', (path) => {
    expect(hasDotSegments(path)).toBe(true)
  })

  test.each([
    ...['/', '/a', '/a/b', '/a.b', '/a..b', '/..a', '/a..', '/...', '/.well-known/x', '/1.5/2.0'],
    ...['/a%2eb', '/%2e%2e%2e', '/a%2fb', '/file.tar.gz', '/%252e%252e/a', '/a;..b', '/a%3b..%3b'],
  ])('%s has none', (path) => {
    expect(hasDotSegments(path)).toBe(false)
  })
})
