import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { z } from 'zod'
import { slicedCheck } from '../../../src/backend/sliced-check.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { stopClock, turn } from '../support/slices.ts'

const never = () => new CancelToken()

interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
}
const Tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
}) as never

const line = z.object({ sku: z.string(), price: z.number().positive(), note: z.string().default('-') })
const order = z.object({ id: z.string().transform(Number), lines: z.array(line).min(1) })

const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at))
const lines = (count: number) => many(count, (at) => ({ sku: `${at}`, price: at + 1 }))

const cases: [string, z.ZodType, () => unknown][] = [
  ['a list', z.array(z.number()), () => many(100, (at) => at)],
  ['an empty list', z.array(z.number()), () => []],
  ['items that become something else', z.array(z.string().transform(Number)), () => many(100, String)],
  ['items with defaults', z.object({ lines: z.array(line) }), () => ({ lines: lines(40), more: 1 })],
  ['lists in a list of many', z.array(order), () => many(100, (at) => ({ id: `${at}`, lines: lines(2) }))],
  ['lists in a list of few', z.array(order), () => many(3, (at) => ({ id: `${at}`, lines: lines(50) }))],
  ['a wrong item', z.object({ lines: z.array(line) }), () => ({ lines: [...lines(40), { sku: 1, price: 1 }] })],
  ['a wrong item far down', z.array(order), () => [{ id: '1', lines: [...lines(20), { sku: 'x', price: -1 }] }]],
  ['a wrong item in a list of many', z.array(order), () => [...many(20, () => ({ id: '1', lines: lines(1) })), {}]],
  ['something wrong beside the list', z.object({ a: z.array(z.number()), b: z.string() }), () => ({ a: [1], b: 2 })],
  ['too few items', z.array(order), () => [{ id: '1', lines: [] }]],
  ['no list where one should be', z.object({ lines: z.array(line) }), () => ({ lines: 'x' })],
  ['no object where one should be', z.object({ lines: z.array(line) }), () => null],
  ['nothing where one may be', z.object({ lines: z.array(line).optional() }), () => ({})],
  ['null where it may be', z.object({ lines: z.array(line).nullable() }), () => ({ lines: null })],
  ['a default', z.object({ lines: z.array(line).default([]) }), () => ({})],
  ['a list with one', z.object({ lines: z.array(line).default([]) }), () => ({ lines: lines(20) })],
  ['something unknown in a strict object', z.strictObject({ a: z.array(z.number()) }), () => ({ a: [1], b: 1 })],
  ['something unknown in a loose one', z.looseObject({ a: z.array(z.number()) }), () => ({ a: [1], b: 1 })],
  ['a transformed list', z.array(z.number()).transform((list) => list.length), () => many(40, (at) => at)],
  ['a piped list', z.array(z.number()).pipe(z.array(z.number().max(5))), () => many(40, (at) => at)],
  [
    'a refined list',
    z.object({ a: z.array(z.string().transform(Number)).refine((list) => list.every((item) => item > 0)) }),
    () => ({ a: ['1', '0'] }),
  ],
  ['a read-only list', z.array(z.number()).readonly(), () => [1]],
  [
    'a caught list',
    z.object({ a: z.array(z.number()).catch([0]), b: z.array(z.string()) }),
    () => ({ a: ['x'], b: [] }),
  ],
  [
    'a union',
    z.object({ a: z.union([z.array(z.number()), z.array(z.string())]), b: z.array(z.any()) }),
    () => ({ a: ['x'], b: [] }),
  ],
  [
    'a record',
    z.record(z.string(), z.string().transform(Number)),
    () => Object.fromEntries(many(40, (at) => [`k${at}`, `${at}`])),
  ],
  ['a wrong value of a record', z.object({ r: z.record(z.string(), z.number()) }), () => ({ r: { a: 1, b: 'x' } })],
  ['a wrong key of a record', z.object({ r: z.record(z.enum(['a']), z.number()) }), () => ({ r: { a: 1, b: 2 } })],
  ['a list where a record should be', z.record(z.string(), z.number()), () => [1]],
  ['a lazy list', z.object({ l: z.lazy(() => z.array(line)) }), () => ({ l: lines(3) })],
  ['a shape within itself', Tree, () => ({ name: 'a', children: [{ name: 'b', children: [] }] })],
  [
    'a wrong part of one',
    Tree,
    () => ({ name: 'a', children: [{ name: 'b', children: [{ name: 1, children: [] }] }] }),
  ],
  [
    'one that is its own key',
    z.object({ list: z.array(z.object({ list: z.array(z.number()) })) }),
    () => ({ list: [{ list: [1] }] }),
  ],
]

describe('gives what the schema gives at once', () => {
  test.each(cases)('%s', async (_, schema, value) => {
    const expected = schema.safeParse(value())
    const parsed = await slicedCheck(schema)?.(value(), never())
    expect(parsed?.success).toBe(expected.success)
    expect(parsed?.data).toEqual(expected.data)
    expect(parsed?.error?.issues).toEqual(expected.error?.issues)
  })
})

test('there is none for a schema without lists of its own', () => {
  const made = z.preprocess((value) => [value], z.array(z.number()))
  for (const schema of [z.string(), z.object({ a: z.string() }), made]) expect(slicedCheck(schema)).toBeUndefined()
})

afterEach(() => void jest.restoreAllMocks())

test('others get their turn in between, after a few items', async () => {
  const clock = stopClock()
  let checked = 0
  const slow = z.number().refine(() => {
    checked++
    clock.pass()
    return true
  })
  const check = slicedCheck(z.object({ list: z.array(slow) }))?.({ list: many(40, (at) => at) }, never())
  const seen: number[] = []
  for (let turns = 0; turns < 3; turns++) {
    await turn()
    seen.push(checked)
  }
  await check
  expect(seen).toEqual([1, 2, 3])
})

test('it ends when nobody wants the answer any more', async () => {
  const token = new CancelToken()
  const check = slicedCheck(z.array(z.number()))?.([1, 2, 3], token)
  token.cancel(new Error('gone'))
  await expect(check).rejects.toThrow('gone')
})
