import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonical, keyOf } from '../../../src/lib/key.ts'

/** Values as inputs are made of, `__proto__` and other unlucky names included. */
const names = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', 'a"b', 'a,b', 'a:b'),
)
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.constantFrom('1', '1n', 't', 'f', 'u', '_', '[]', '{}', 'd0', '2020-01-01T00:00:00.000Z', '\ud800'),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map(record),
  ),
})).value

function record(entries: readonly (readonly [string, unknown])[]): object {
  const made = {}
  for (const [name, value] of entries)
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
  return made
}

/** The same value, with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value
  return record(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item)] as const)
      .toReversed(),
  )
}

/** Whether two values are the same to whoever answers them, decided without the code under test. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b || Object.is(a, b)
  if (a instanceof Date || b instanceof Date)
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime()
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  const there = (value: object) => Object.entries(value).filter(([, item]) => item !== undefined)
  const others = new Map(there(b))
  return (
    there(a).length === others.size &&
    there(a).every(([name, item]) => others.has(name) && same(item, others.get(name)))
  )
}

describe('the canonical text', () => {
  test('is the same whatever the order of keys', () => {
    fc.assert(fc.property(values, (value) => canonical(value) === canonical(reversed(value))))
  })

  test('is the same for two values exactly when they are the same', () => {
    fc.assert(
      fc.property(values, values, (a, b) => (canonical(a) === canonical(b)) === same(a, b)),
      { numRuns: 2_000 },
    )
  })

  test('never takes a small change of a value for the value', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values), { minLength: 1, maxLength: 3 }), values, (entries, other) => {
        const [[name]] = entries as [[string, unknown]]
        const [a, b] = [record(entries), record([...entries, [name, other]])]
        expect(canonical(a) === canonical(b)).toBe(same(a, b))
      }),
    )
  })

  const iso = '2020-01-01T00:00:00.000Z'
  const alike: unknown[] = [
    ...[1, '1', 1n, true, 'true', 't', false, 'f', 0, '', null, 'null', undefined, 'undefined', Number.NaN, 'NaN'],
    ...[
      new Date(iso),
      iso,
      Date.parse(iso),
      `d${Date.parse(iso)}`,
      Buffer.from(iso),
      Buffer.from(iso).toString('base64'),
    ],
    ...[[], {}, [[]], [{}], [null], [undefined], [undefined, undefined], '[]', '{}', [''], { '': '' }],
    ...[[1, 2], ['1,2'], [[1], 2], [1, [2]], { 0: 1, 1: 2 }, { a: 1 }, { a: '1' }, { a: { b: 1 } }, { 'a.b': 1 }],
    ...[JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":1}'), { __proto: 1 }],
    ...[1e21, 10n ** 21n, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0.1, 0.1 + 0.2],
  ]
  test('differs for everything that only looks alike', () => {
    const texts = alike.map(canonical)
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
  })

  test.each([
    ['a property that is undefined and none', { a: 1, b: undefined }, { a: 1 }],
    ['an object with a prototype and one without', { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
    ['zero and minus zero', 0, -0],
    ['a hole in a list and undefined', new Array(2), [undefined, undefined]],
    ['bytes of different views', new Uint8Array([1, 2]), Buffer.from([0, 1, 2, 3]).subarray(1, 3)],
  ])('does not differ for %s', (_, a, b) => {
    expect(canonical(a)).toBe(canonical(b))
  })

  test.each([
    ['a function', () => 1, 'a function cannot be part of a key'],
    ['a symbol', Symbol('x'), 'a symbol cannot be part of a key'],
    ['a Map', new Map(), 'an instance of Map cannot be part of a key'],
    ['a Set', new Set(), 'an instance of Set cannot be part of a key'],
    ['a URL', new URL('http://a/'), 'an instance of URL cannot be part of a key'],
    ['a promise', Promise.resolve(1), 'an instance of Promise cannot be part of a key'],
    ['an instance deep inside', { a: [{ b: new (class Money {})() }] }, 'an instance of Money cannot be part of a key'],
  ])('%s is refused rather than taken for something else', (_, value, message) => {
    expect(() => canonical(value)).toThrow(new TypeError(message))
  })
})

describe('the key of a value', () => {
  test('is its text while it is short, and a hash of fixed length when it is long', () => {
    expect(keyOf({ b: 1, a: 'x' })).toBe(canonical({ a: 'x', b: 1 }))
    const long = keyOf('x'.repeat(100_000))
    expect(long).toMatch(/^#[\w-]{43}$/)
    expect(keyOf(`${'x'.repeat(99_999)}y`)).not.toBe(long)
    expect(keyOf('x'.repeat(100_000))).toBe(long)
  })

  test('a text that looks like a hash is not one', () => {
    const long = keyOf('x'.repeat(1_000))
    expect(keyOf(long)).not.toBe(long)
  })
})
