import { describe, expect, test } from '@jest/globals'
import { patternCode } from '../../../src/import/xsd/pattern.ts'
import { PatternError } from '../../../src/import/xsd/pattern-class.ts'

function regex(...patterns: string[]): RegExp {
  const [, body = '', flags] = /^\/(.*)\/([a-z]*)$/s.exec(patternCode(patterns)) ?? []
  return new RegExp(body, flags)
}

describe('a pattern as JavaScript has it', () => {
  test.each([
    ['[A-Z]{3}', '/^[A-Z]{3}$/'],
    ['a|b', '/^(?:a|b)$/'],
    ['(a|b)c', '/^(?:a|b)c$/'],
    ['a/b\\-c', '/^a\\/b-c$/'],
    ['[+\\-]?[0-9]', '/^[+-]?[0-9]$/'],
    ['[\\^a]', '/^[\\^a]$/'],
    ['x{,5}', '/^x{0,5}$/'],
    ['[a-z-[aeiou]]', '/^[[a-z]--[aeiou]]$/v'],
    ['\\d{2}', '/^\\p{Nd}{2}$/u'],
  ])('%s is %s', (pattern, code) => {
    expect(patternCode([pattern])).toBe(code)
  })

  test.each<[string, string[], string[]]>([
    ['[A-Z]{3}', ['EUR'], ['EUR ', 'xEUR', 'eur']],
    ['a|bc', ['a', 'bc'], ['ac', 'abc']],
    ['.{2}', ['ab', '😀x', '\u2028x'], ['a\n', '😀']],
    ['[^a]', ['b', '😀'], ['a', 'bb']],
    ['\\w+', ['Müller', 'a1', '$'], ['a b', 'a-b', '']],
    ['[\\w.\\-]+@x', ['a.b-c@x'], ['a b@x', '@x']],
    ['[a-z-[aeiou]]+', ['xyz'], ['xay']],
    ['[^a-z-[A-C]]', ['D', '1'], ['a', 'B']],
    ['\\i\\c*', ['xs:name', '_a-1.b', 'élan'], ['1a', '-a', 'a b']],
    ['[\\i-[:]][\\c-[:]]*', ['name'], ['a:b']],
    ['\\s\\S', [' x', '\tx'], ['\u00a0x', 'xx']],
    ['[\\S\\d]+', ['a1'], ['a b']],
    ['\\p{Lu}\\P{Lu}', ['Éa'], ['aÉ']],
    ['\\p{IsBasicLatin}*', ['abc', ''], ['é']],
    ['\\P{IsCyrillic}', ['a'], ['ж']],
    ['\\(\\)\\[\\]\\{\\}\\.\\*\\+\\?\\|\\\\', ['()[]{}.*+?|\\'], ['()']],
    ['a^b$c', ['a^b$c'], ['abc']],
    ['^[0-9]+$', ['12'], ['^12$']],
    ['[0-9]+\\$', ['12$'], ['12']],
    ['', [''], ['x']],
  ])('%s matches what it should', (pattern, right, wrong) => {
    const expression = regex(pattern)
    expect(right.filter((text) => !expression.test(text))).toEqual([])
    expect(wrong.filter((text) => expression.test(text))).toEqual([])
  })

  test('several patterns of one step: one of them', () => {
    expect(patternCode(['a+', '[0-9]'])).toBe('/^(?:a+|[0-9])$/')
    expect(regex('a', 'b|c').test('c')).toBe(true)
  })
})

test.each([
  ['\\p{IsKlingon}', "it has the block 'IsKlingon'"],
  ['(?=a)b', "it has a group that begins with '(?'"],
  ['a+?', "it has a '?' where none can be"],
  ['(a', 'it has a group that does not end'],
  ['a)', "it has a ')' too many"],
  ['[a', 'it has a class that does not end'],
  ['[]', 'it has an empty class'],
  ['[[a]', "it has a '[' in a class"],
  ['\\bx', "it has the escape '\\b'"],
  ['a{x}', "it has the quantity '{x}'"],
  ['[z-a]', 'it is no regular expression'],
  ['\\p{Nothing}', 'it is no regular expression'],
])('%s is refused: %s', (pattern, why) => {
  expect(() => patternCode([pattern])).toThrow(new PatternError(why))
})
