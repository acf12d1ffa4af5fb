import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { read, written } from '../../support/xml.ts'

/** What is said of a value that cannot be written. */
function refusal(schema: z.ZodType, value: unknown): string {
  const failure = failureOf(() => xmlEncoder(schema, { local: 'r', ns: '' })(value))
  expect(failure.code).toBe('input-invalid')
  return failure.issues?.[0]?.message ?? ''
}

const UNSENDABLE = [
  '\u0000',
  '\u0008',
  '\u000b',
  '\u000c',
  '\u001b',
  '\u001f',
  '\ufffe',
  '\uffff',
  '\ud800',
  '\udc00',
  'a\udc00\ud800b',
  '😀\ud83d',
  '\ude00😀',
]

describe('a character that XML cannot carry', () => {
  const places: [string, z.ZodType, (text: string) => unknown][] = [
    ['an element', z.object({ x: z.string() }), (x) => ({ x })],
    ['an attribute', z.object({ x: xml.attr(z.string()) }), (x) => ({ x })],
    ['text beside attributes', z.object({ x: xml.text(z.string()) }), (x) => ({ x })],
    ['a list', z.object({ x: z.array(z.string()) }), (x) => ({ x: ['a', x] })],
    ['a choice', z.object({ x: xml.choice({ a: z.string() }) }), (value) => ({ x: [{ name: 'a', value }] })],
    ['mixed text', z.object({ x: xml.mixed({ a: z.string() }) }), (x) => ({ x: [x] })],
    ['an embedded document', z.object({ x: xml.embedded(z.string(), 'e') }), (x) => ({ x })],
    ['a record', z.record(z.string(), z.string()), (x) => ({ x })],
  ]
  test.each(places)('is refused in %s, not sent and not dropped', (_, schema, value) => {
    for (const text of UNSENDABLE) {
      expect(refusal(schema, value(text))).toBe('a character that XML cannot carry')
      expect(refusal(schema, value(`${'long '.repeat(50)}${text}<`))).toBe('a character that XML cannot carry')
    }
  })

  test.each(UNSENDABLE)('is U+FFFD where that is said: %j', (text) => {
    const schema = z.object({ a: xml.attr(z.string()), x: z.string() })
    const replaced = [...text]
      .map((character) =>
        /[\0-\x1f\ufffe\uffff\ud800-\udfff]/.test(character) && character.length === 1 ? '\ufffd' : character,
      )
      .join('')
    for (const [before, after] of [
      ['', ''],
      ['<&\t', '>'],
      ['long '.repeat(50), '\r'],
    ] as const) {
      const value = { a: before + text + after, x: before + text + after }
      const expected = before + replaced + after
      expect(read(schema, written(schema, value, { unsendable: 'replace' }))).toEqual({ a: expected, x: expected })
    }
  })
})

describe('the key of a record is the name of an element, or refused', () => {
  test.each([
    'a b',
    '',
    '1',
    'a:b',
    'x/><y',
    'a>b',
    'a"b',
    "a'b",
    'a&b',
    'a\nb',
    '-a',
    'a\u0000',
    '\ud800',
    'é×',
    '<!--',
    '?a',
  ])('%j', (key) => {
    expect(refusal(z.record(z.string(), z.string()), { fine: '1', [key]: '2' })).toBe(
      'a key that is not the name of an XML element',
    )
    expect(refusal(z.object({ x: z.record(z.string(), z.array(z.string())) }), { x: { [key]: [] } })).toBe(
      'a key that is not the name of an XML element',
    )
  })
})

test.each<[string, unknown[]]>([
  ['an empty item', ['a', '']],
  ['an item with a blank', ['a b']],
  ['an item with a line feed', ['a', 'b\n']],
])('a list in one text refuses %s: it would be read as another list', (_, x) => {
  const message = 'an item of a list that is empty or has white space in it'
  expect(refusal(z.object({ x: xml.list(z.array(z.string())) }), { x })).toBe(message)
  expect(refusal(z.object({ x: xml.attr(xml.list(z.array(z.string()))) }), { x })).toBe(message)
})

describe('a value that does not fit the schema it was checked with is a mistake in the program', () => {
  test.each<[unknown, string]>([
    [new Date(Number.NaN), 'an invalid date cannot be written as text'],
    [{}, 'an object cannot be written as text'],
    [['a'], 'a list cannot be written as text'],
    [() => 1, 'a function cannot be written as text'],
    [Symbol('x'), 'a symbol cannot be written as text'],
  ])('%p', (value, message) => {
    for (const schema of [z.object({ x: z.any() }).extend({ x: z.string() }), z.object({ x: xml.attr(z.string()) })])
      expect(() => xmlEncoder(schema, { local: 'r', ns: '' })({ x: value })).toThrow(`x: ${message}`)
  })

  test('a document without anything to write', () => {
    expect(() => xmlEncoder(z.string().optional(), { local: 'r', ns: '' })(undefined)).toThrow(
      new TypeError('there is nothing to write, and a document has a root element'),
    )
  })
})

describe('what cannot be written is said with its path, for the log', () => {
  const bad = '\u0000'
  const Node = z.object({
    x: z.string().optional(),
    get list() {
      return z.array(Node).optional()
    },
  })
  test.each<[string, z.ZodType, unknown]>([
    [
      'a.1.x',
      z.object({ ok: z.string(), a: z.array(z.object({ x: z.string() })) }),
      { ok: '1', a: [{ x: '2' }, { x: bad }] },
    ],
    ['a.b', z.object({ a: z.object({ b: xml.attr(z.string()) }) }), { a: { b: bad } }],
    ['a.b', z.object({ a: z.object({ b: xml.text(z.string()), c: z.null() }) }), { a: { b: bad, c: null } }],
    ['a.1', z.object({ a: xml.wrapped(z.array(z.string()), { item: 'i' }) }), { a: ['x', bad] }],
    [
      'a.1.value.x',
      z.object({ a: xml.choice({ n: z.number(), o: Node }) }),
      {
        a: [
          { name: 'n', value: 1 },
          { name: 'o', value: { x: bad } },
        ],
      },
    ],
    ['a.1', z.object({ a: xml.mixed({ n: z.number() }) }), { a: [{ name: 'n', value: 1 }, bad] }],
    ['a.b', z.object({ a: xml.embedded(z.object({ b: z.string() }), 'e') }), { a: { b: bad } }],
    ['r.k.0', z.object({ r: z.record(z.string(), z.array(z.string())) }), { r: { j: [], k: [bad] } }],
    ['list.0.list.1.x', Node, { list: [{ list: [{ x: '1' }, { x: bad }] }] }],
  ])('%s', (path, schema, value) => {
    const failure = failureOf(() => xmlEncoder(schema, { local: 'r', ns: '' })(value))
    expect(failure.message).toBe(`${path}: text with a character that XML cannot carry`)
    // The caller of the endpoint does not know what is sent to a backend.
    expect(failure.issues).toEqual([{ path: '', message: 'a character that XML cannot carry' }])
  })

  test('also where it is a mistake in the program', () => {
    const write = xmlEncoder(z.object({ a: z.array(z.date()) }), { local: 'r', ns: '' })
    expect(() => write({ a: [new Date(0), new Date(Number.NaN)] })).toThrow(
      'a.1: an invalid date cannot be written as text',
    )
  })
})
