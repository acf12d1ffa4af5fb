import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { optional } from '../../../src/call/optional.ts'
import { client, maybe } from '../../../src/endpoint/client.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { FacetError } from '../../../src/errors.ts'
import { type GatherBench, gatherBench } from '../support/gathering.ts'

let bench: GatherBench
beforeEach(() => {
  jest.useFakeTimers()
  bench = gatherBench()
})
afterEach(() => void jest.useRealTimers())

const nothing = () => ({})
const down = new FacetError('backend-unreachable')

describe('a source that a client can do without', () => {
  test('takes those that need it along, down the line, each with the reason', async () => {
    const page = endpoint('GET /x')
      .source('customer', bench.call('customer'), nothing)
      .source('orders', bench.call('orders', { fail: down }), nothing)
      .source('products', bench.call('products'), ['orders'], nothing)
      .source('prices', bench.call('prices'), ['products', 'customer'], nothing)
    const { data, partial } = await bench.run(page, {}, undefined, ['orders', 'products', 'prices'])
    expect(data).toEqual({ customer: 'customer' })
    expect(partial).toEqual(['orders', 'products', 'prices'].map((source) => ({ source, code: 'backend-unreachable' })))
    expect(bench.inputs).not.toHaveProperty('products')
    expect(bench.records.map(({ outcome }) => outcome)).toEqual(['ok', 'fallback', 'fallback', 'fallback'])
  })

  test('leaves what is optional its own fallback, which those that need that are given', async () => {
    const page = endpoint('GET /x')
      .source('orders', bench.call('orders', { fail: down }), nothing)
      .source('products', optional(bench.call('products'), 'no products'), ['orders'], nothing)
      .source('prices', bench.call('prices'), ['products'], ({ products }) => ({ products }))
    const { data } = await bench.run(page, {}, undefined, ['orders'])
    expect(data).toEqual({ products: 'no products', prices: 'prices' })
    expect(bench.inputs.prices).toEqual([{ products: 'no products' }])
  })

  test('is as required as ever for the others', async () => {
    const page = endpoint('GET /x')
      .source('orders', bench.call('orders', { fail: down }), nothing)
      .source('products', bench.call('products'), ['orders'], nothing)
    await expect(bench.run(page)).rejects.toMatchObject({ code: 'backend-unreachable', source: 'orders' })
  })

  test('is left out with what needs it at the deadline', async () => {
    const page = endpoint('GET /x', { deadline: '100ms' })
      .source('customer', bench.call('customer'), nothing)
      .source('orders', bench.call('orders', { delay: 500 }), nothing)
      .source('products', bench.call('products'), ['orders'], nothing)
    const answer = bench.run(page, {}, undefined, ['orders', 'products'])
    await jest.advanceTimersByTimeAsync(150)
    expect((await answer).partial.map(({ source, code }) => [source, code])).toEqual([
      ['orders', 'deadline'],
      ['products', 'deadline'],
    ])
    expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
  })

  test('may be needed by what this client can do without, and by nothing else that it reads', () => {
    const mobile = client('mobile')
    const page = endpoint('GET /x')
      .source('orders', bench.call('orders'), nothing)
      .source('products', bench.call('products'), ['orders'], nothing)
      .source('stock', optional(bench.call('stock')), ['orders'], nothing)
    const read = (...reads: Parameters<typeof maybe<'orders' | 'products' | 'stock'>>[0][]) => reads.map(maybe)
    expect(() => mobile.transform(page, read('orders', 'products', 'stock'), () => ({}))).not.toThrow()
    expect(() => mobile.transform(page, [maybe('orders'), 'stock'], () => ({}))).not.toThrow()
    expect(() => mobile.transform(page, [maybe('orders'), 'products'], () => ({}))).toThrow(
      "maybe('orders') cannot be said, since the source 'products' needs it, and is neither optional nor maybe('products')",
    )
  })
})
