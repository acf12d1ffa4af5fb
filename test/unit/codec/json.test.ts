import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeJson, encodeJson, parseJson, stringify } from '../../../src/codec/json.ts'
import { failureOf } from '../support/failure.ts'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

describe('reading JSON', () => {
  test.each<[string, Buffer, unknown]>([
    ['an object', bytes('{"a":[1,"x",null,true]}'), { a: [1, 'x', null, true] }],
    ['a bare value', bytes(' "x" '), 'x'],
    ['text beyond ASCII', bytes('"Müller, Łódź 😀"'), 'Müller, Łódź 😀'],
    ['a byte-order mark before it', bytes([0xef, 0xbb, 0xbf], '{"a":1}'), { a: 1 }],
    ['numbers as JavaScript has them', bytes('[1e2,-0,1.5]'), [100, -0, 1.5]],
    ['the last one of two keys', bytes('{"a":1,"a":2}'), { a: 2 }],
    ['half a character that is escaped', bytes('"\\ud800"'), '\ud800'],
  ])('takes %s', (_, body, expected) => {
    expect(parseJson(body)).toEqual(expected)
    expect(decodeJson(body)).toEqual(expected)
  })

  test('an empty answer is no value', () => {
    expect(decodeJson(Buffer.alloc(0))).toBeUndefined()
  })

  test('a key named __proto__ is a property and no prototype', () => {
    const value = decodeJson(bytes('{"__proto__":{"admin":true}}')) as { admin?: boolean }
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(value.admin).toBeUndefined()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test.each<[string, Buffer]>([
    ['blanks', bytes('  ')],
    ['a mark alone', bytes([0xef, 0xbb, 0xbf])],
    ['two marks', bytes([0xef, 0xbb, 0xbf], [0xef, 0xbb, 0xbf], '1')],
    ['a mark in the middle', bytes('{', [0xef, 0xbb, 0xbf], '}')],
    ['HTML', bytes('<html><body>Sign in</body></html>')],
    ['the half of it', bytes('{"a":[1,2')],
    ['something after it', bytes('{"a":1}{"b":2}')],
    ['a trailing comma', bytes('[1,]')],
    ['NaN', bytes('NaN')],
    ['single quotes', bytes("{'a':1}")],
    ['a comment', bytes('{/* a */}')],
    ['a raw line break in a string', bytes('"a\nb"')],
    ['Latin-1', bytes('"M', [0xfc], 'ller"')],
    ['an overlong sequence', bytes('"', [0xc0, 0xaf], '"')],
    ['an encoded surrogate', bytes('"', [0xed, 0xa0, 0x80], '"')],
    ['a cut-off character', bytes('"', [0xf0, 0x9f], '"')],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ])('refuses %s as malformed', (_, body) => {
    expect(() => parseJson(body)).toThrow(SyntaxError)
    const failure = failureOf(() => decodeJson(body))
    expect([failure.code, failure.message]).toEqual(['backend-malformed', 'the answer is not JSON'])
    expect(failure.cause).toBeInstanceOf(SyntaxError)
  })

  test("what the parser quotes of the answer is not in the failure's own words", () => {
    const failure = failureOf(() => decodeJson(bytes('{"password":"hunter2" oops')))
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toMatch(/hunter2|oops|password/)
  })
})

describe('writing JSON', () => {
  test.each<[string, unknown, string]>([
    ['an object in the order of its keys', { b: 1, a: [true, null] }, '{"b":1,"a":[true,null]}'],
    ['a date as ISO text', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['a big integer as a string', { id: 9007199254740993n }, '{"id":"9007199254740993"}'],
    ['a big integer beside a date', [1n, new Date(0)], '["1","1970-01-01T00:00:00.000Z"]'],
    ['a bare big integer', 10n, '"10"'],
    ['what JSON does not have as null', [Number.NaN, undefined, () => 1, Symbol('x')], '[null,null,null,null]'],
    ['nothing as null', undefined, 'null'],
    ['a function as null', () => 1, 'null'],
    ['what is undefined not at all', { a: undefined, b: 1 }, '{"b":1}'],
  ])('%s', (_, value, expected) => {
    expect(stringify(value)).toBe(expected)
    expect(encodeJson(value)).toEqual({ body: expected, contentType: 'application/json' })
  })

  test('a circle is a mistake in the program and says so', () => {
    const circle: Record<string, unknown> = { id: 1n }
    circle.self = circle
    expect(() => stringify(circle)).toThrow(TypeError)
  })

  test('an error of a toJSON passes through', () => {
    const value = {
      toJSON: () => {
        throw new RangeError('mine')
      },
    }
    expect(() => stringify(value)).toThrow(new RangeError('mine'))
  })

  test('what is written is read again as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(parseJson(Buffer.from(stringify(value)))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    )
  })
})
