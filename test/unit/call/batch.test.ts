import { describe, expect, test } from '@jest/globals'
import { batch } from '../../../src/call/batch.ts'
import type { Call } from '../../../src/call/call.ts'
import { optional } from '../../../src/call/optional.ts'
import { FacetError } from '../../../src/errors.ts'
import { testCall, testContext, testRuntime } from '../support/calls.ts'
import { deferred, settled } from '../support/deferred.ts'

interface Product {
  readonly sku: string
  readonly title: string
}

/** A backend that knows some products and answers in an order of its own. */
function shop(known: readonly string[]) {
  const asked: (readonly string[])[] = []
  const call = testCall<{ skus: readonly string[] }, Product[]>(async ({ skus }) => {
    asked.push(skus)
    return known
      .filter((sku) => skus.includes(sku))
      .toReversed()
      .map((sku) => ({ sku, title: `Product ${sku}` }))
  })
  const products = batch(call, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku })
  return { call, products, asked }
}
const ask = <K, T>(call: Call<readonly K[], (T | undefined)[]>, keys: readonly K[]) =>
  testRuntime().bind(call)(keys, testContext())
const titles = async (call: Call<readonly string[], (Product | undefined)[]>, keys: readonly string[]) =>
  (await ask(call, keys)).map((product) => product?.title)

describe('batch', () => {
  test('asks once for many keys, and joins the answers back to them in their order', async () => {
    const { products, asked } = shop(['A', 'B', 'C'])
    expect(await titles(products, ['B', 'A', 'C'])).toEqual(['Product B', 'Product A', 'Product C'])
    expect(asked).toEqual([['B', 'A', 'C']])
  })

  test('gives undefined, in its place, for a key that the backend does not know', async () => {
    const { products } = shop(['A', 'C'])
    expect(await titles(products, ['A', 'B', 'C', 'D'])).toEqual(['Product A', undefined, 'Product C', undefined])
  })

  test('asks equal keys once and answers each of them', async () => {
    const { products, asked } = shop(['A', 'B'])
    expect(await titles(products, ['A', 'B', 'A', 'A'])).toEqual(['Product A', 'Product B', 'Product A', 'Product A'])
    expect(asked).toEqual([['A', 'B']])
  })

  test('of no keys asks nothing', async () => {
    const { products, asked } = shop(['A'])
    expect(await titles(products, [])).toEqual([])
    expect(asked).toEqual([])
  })

  test('passes over what it did not ask for', async () => {
    const call = testCall<{ skus: readonly string[] }, Product[]>(async () => [
      { sku: 'X', title: 'X' },
      { sku: 'A', title: 'A' },
    ])
    const products = batch(call, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku })
    expect(await titles(products, ['A', 'B'])).toEqual(['A', undefined])
  })

  test('makes as many calls as the backend needs, with no key twice', async () => {
    const keys = Array.from({ length: 10 }, (_, index) => `K${index}`)
    const { call, asked } = shop(keys)
    const products = batch(call, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku, size: 4 })
    expect(await titles(products, [...keys, ...keys])).toEqual([...keys, ...keys].map((key) => `Product ${key}`))
    expect(asked.map((chunk) => chunk.length)).toEqual([4, 4, 2])
    expect(asked.flat()).toEqual(keys)
  })

  test('asks for a hundred keys at a time where nothing is said', async () => {
    const keys = Array.from({ length: 201 }, (_, index) => `K${index}`)
    const { products, asked } = shop(keys)
    await titles(products, keys)
    expect(asked.map((chunk) => chunk.length)).toEqual([100, 100, 1])
  })

  test('has no more calls under way than it may', async () => {
    const release = deferred()
    let running = 0
    let most = 0
    const call = testCall<readonly number[], { id: number }[]>(async (ids) => {
      most = Math.max(most, ++running)
      await release.promise
      running--
      return ids.map((id) => ({ id }))
    })
    const items = batch(call, { input: (ids: readonly number[]) => ids, key: ({ id }) => id, size: 1, concurrency: 3 })
    const all = ask(
      items,
      Array.from({ length: 9 }, (_, index) => index),
    )
    await settled()
    expect(most).toBe(3)
    release.resolve()
    expect(await all).toHaveLength(9)
    expect(most).toBe(3)
  })

  test('keeps keys apart that only look alike, and takes numbers and big integers', async () => {
    const call = testCall<readonly bigint[], { id: bigint }[]>(async (ids) => ids.map((id) => ({ id })))
    const items = batch(call, { input: (ids: readonly bigint[]) => ids, key: ({ id }) => id })
    expect(await ask(items, [1n, 2n, 1n])).toEqual([{ id: 1n }, { id: 2n }, { id: 1n }])
    const strings = testCall<readonly string[], { id: string }[]>(async () => [{ id: '__proto__' }])
    const named = batch(strings, { input: (ids: readonly string[]) => ids, key: ({ id }) => id })
    expect(await ask(named, ['__proto__', 'constructor'])).toEqual([{ id: '__proto__' }, undefined])
  })

  test('fails with its call, and where that is optional has its fallback and tells of it', async () => {
    const failing = testCall<readonly string[], Product[]>(async () => {
      throw new FacetError('backend-timeout')
    })
    const options = { input: (skus: readonly string[]) => skus, key: ({ sku }: Product) => sku }
    await expect(ask(batch(failing, options), ['A'])).rejects.toMatchObject({ code: 'backend-timeout' })
    const context = testContext()
    expect(await testRuntime().bind(batch(optional(failing, []), options))(['A', 'B'], context)).toEqual([
      undefined,
      undefined,
    ])
    expect(context.degraded).toMatchObject([{ code: 'backend-timeout' }])
  })

  test('refuses a write when it is said: writes are never merged', () => {
    const pay = testCall(async () => [1], { name: 'pay', effect: 'write' })
    expect(() => batch(pay, { input: (keys: readonly number[]) => keys, key: (item) => item })).toThrow(
      "batch: 'pay' is a write, and writes are never merged; use each",
    )
  })

  test.each([
    ['size', 0],
    ['size', 1.5],
    ['concurrency', -1],
    ['concurrency', Number.NaN],
  ])('refuses a %s of %d when it is said', (option, value) => {
    const call = testCall(async () => [1])
    expect(() =>
      batch(call, { input: (keys: readonly number[]) => keys, key: (item) => item, [option]: value }),
    ).toThrow(`batch: ${option} is ${value}; a whole number from 1 was expected`)
  })
})
