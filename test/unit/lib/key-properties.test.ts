// Keys and equality: for values, for the parameters of a path, and for a reply's key, which is several of them side by side.
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonical, keyOf, keyOfParams } from '../../../src/lib/key.ts'
import { isSafeSegment } from '../../../src/lib/path.ts'
import { comparable } from '../../support/comparable.ts'

/** What keys are written with, and what is not one byte a character, or no character at all. */
const characters = fc.constantFrom(...'ab01-nuftdb_"\\{}[],:;#= \x00\x01\n\u007f\u2028é€', '\ud800', '😀')
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: characters, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: characters, minLength: 250, maxLength: 260 }) },
)
const names = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'length', '0', '1'))
const leaves = fc.oneof(
  text,
  fc.constantFrom('1', '1n', '-0', 'NaN', 'Infinity', 'd0', 'b', 'bAQ==', '{}', '[]', '[u,]', '{"a":1,}', '1970-01-01'),
  fc.constantFrom(0, -0, 1, 1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.constantFrom(0n, 1n, -1n, 10n ** 21n),
  fc.double(),
  fc.constantFrom(true, false, null, undefined),
  fc.constantFrom(0, 1, 1e12, Number.NaN).map((time) => new Date(time)),
  fc.uint8Array({ maxLength: 3 }),
)
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaves,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.constantFrom(1, 11, 1n, true, null, undefined), { maxLength: 3 }),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items) => items.map((item, index) => [String(index), item]))
      .map(record),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map(record),
  ),
})).value

function record(entries: readonly (readonly unknown[])[], made: object = {}): object {
  for (const [name, value] of entries)
    Object.defineProperty(made, name as string, { value, enumerable: true, configurable: true, writable: true })
  return made
}

/** Throws of dice, over and over. */
type Dice = () => number
const dice = fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }).map((throws): Dice => {
  let at = 0
  return () => throws[at++ % throws.length] as number
})

/** The same value made in another way. */
function remade(value: unknown, throwDice: Dice): unknown {
  if (typeof value === 'number') return value === 0 && throwDice() > 2 ? -value : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const list = value.map((item) => remade(item, throwDice))
    for (const index of list.keys()) if (list[index] === undefined && throwDice() > 2) delete list[index]
    return list
  }
  if (value instanceof Date) return new Date(value)
  if (value instanceof Uint8Array)
    return throwDice() > 2 ? Buffer.from(value) : Uint8Array.from([7, ...value]).subarray(1)
  const entries = Object.entries(value).map(([name, item]) => [name, remade(item, throwDice)] as const)
  const known = entries.filter(([, item]) => item !== undefined || throwDice() > 2)
  const shuffled = throwDice() > 2 ? known.toReversed() : known.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const more = throwDice() > 2 && !('more' in value) ? [['more', undefined]] : []
  return record([...shuffled, ...more], throwDice() > 2 ? {} : Object.create(null))
}

/** The same value with something in it replaced by what may look like it. */
function altered(value: unknown, throwDice: Dice): unknown {
  const isInside = throwDice() > 1 && typeof value === 'object' && value !== null
  if (isInside && Array.isArray(value) && value.length > 0) {
    const at = throwDice() % value.length
    return value.map((item, index) => (index === at ? altered(item, throwDice) : item))
  }
  if (isInside && !(value instanceof Date) && !(value instanceof Uint8Array)) {
    const entries = Object.entries(value)
    const at = throwDice() % Math.max(1, entries.length)
    return record(entries.map(([name, item], index) => [name, index === at ? altered(item, throwDice) : item]))
  }
  const all = lookalikes(value)
  return all[(throwDice() * 6 + throwDice()) % all.length]
}

function lookalikes(value: unknown): unknown[] {
  const written = typeof value === 'object' ? canonical(value) : String(value)
  const any = [written, Buffer.from(written), [value], [[value]], { a: value }, [value, undefined]]
  if (typeof value === 'number') return [...any, new Date(value), ...(Number.isInteger(value) ? [BigInt(value)] : [])]
  if (typeof value === 'bigint') return [...any, Number(value), `${value}n`]
  if (value instanceof Date) return [...any, value.getTime(), value.toJSON(), new Date(value.getTime() + 1)]
  if (value instanceof Uint8Array) return [...any, [...value], Buffer.from(value).toString('base64'), { ...value }]
  if (Array.isArray(value)) return [...any, { ...value }, value.toReversed(), [Number(value.join(''))], [value.join()]]
  return [...any, typeof value === 'object' ? Object.values(value ?? {}) : Number(value)]
}

const isSame = (a: unknown, b: unknown) => isDeepStrictEqual(comparable(a), comparable(b))
const RUNS = { numRuns: 1_500 }

describe('the key of a value', () => {
  test('is that of the same value, however it was made', () => {
    fc.assert(
      fc.property(values, dice, (value, throwDice) => {
        const other = remade(value, throwDice)
        expect(isSame(value, other)).toBe(true)
        expect(keyOf(other)).toBe(keyOf(value))
      }),
      RUNS,
    )
  })

  test('is not that of one that only looks like it', () => {
    fc.assert(
      fc.property(values, dice, (value, throwDice) => {
        const other = altered(value, throwDice)
        expect(keyOf(other) === keyOf(value)).toBe(isSame(value, other))
      }),
      RUNS,
    )
  })

  test('is that of another value exactly if they are the same', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(keyOf(a) === keyOf(b)).toBe(isSame(a, b))
      }),
      RUNS,
    )
  })
})

/** As the router gives them: names in the order of the pattern, values as lib/path.ts lets them pass. */
const segments = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab012=&#"{}, %é€', '😀'), maxLength: 3 }).filter(isSafeSegment),
  fc.string({ minLength: 120, maxLength: 130 }).filter(isSafeSegment),
)
const params = fc.record(
  {
    a: fc.oneof(segments, fc.array(segments, { maxLength: 3 })),
    aa: segments,
    id: segments,
    rest: fc.oneof(segments, fc.array(segments, { maxLength: 3 })),
  },
  { requiredKeys: [] },
)

describe('the key of the parameters of a path', () => {
  test('is that of others exactly if they are the same', () => {
    fc.assert(
      fc.property(params, params, (a, b) => {
        expect(keyOfParams(a) === keyOfParams(b)).toBe(isDeepStrictEqual({ ...a }, { ...b }))
      }),
      RUNS,
    )
  })

  test('is not that of others that differ in one', () => {
    fc.assert(
      fc.property(params, params, fc.constantFrom('a', 'aa', 'id', 'rest'), (a, b, name) => {
        const other = Object.fromEntries(
          ['a', 'aa', 'id', 'rest'].flatMap((key) => {
            const from = (key === name ? b : a) as Readonly<Record<string, string | string[]>>
            return key in from ? [[key, from[key]]] : []
          }),
        ) as Record<string, string | string[]>
        expect(keyOfParams(a) === keyOfParams(other)).toBe(isDeepStrictEqual({ ...a }, other))
      }),
      RUNS,
    )
  })
})

test('keys side by side, as in the key of a reply, tell where each of them ends', () => {
  const parts = fc.tuple(
    params,
    values,
    fc.array(fc.tuple(names, leaves), { maxLength: 2 }).map((all) => record(all)),
  )
  const keyOfAll = ([first, second, third]: [Record<string, string | string[]>, unknown, object]) =>
    `${keyOfParams(first)}${keyOf(second)}${keyOf(third)}`
  type Parts = Parameters<typeof keyOfAll>[0]
  fc.assert(
    fc.property(parts, parts, fc.nat(7), (a, b, from) => {
      const other = a.map((part, index) => (from & (1 << index) ? b[index] : part)) as Parts
      expect(keyOfAll(a as Parts) === keyOfAll(other)).toBe(isSame(a, other))
    }),
    RUNS,
  )
})
