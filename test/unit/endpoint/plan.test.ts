import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { z } from 'zod'
import { rest } from '../../../src/backend/rest.ts'
import type { Call } from '../../../src/call/call.ts'
import { each } from '../../../src/call/each.ts'
import { optional } from '../../../src/call/optional.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { makePlan, type Plan } from '../../../src/endpoint/plan.ts'
import { testCall, testRuntime } from '../support/calls.ts'

const nothing = () => ({})
const call = (name: string, effect: 'read' | 'write' = 'read') =>
  testCall<unknown, string>(async () => name, { name, effect })
const a = call('a')
const page = endpoint('GET /x', { deadline: '3s' })
  .source('customer', a, nothing)
  .source('orders', call('orders'), nothing)
  .source('products', call('products'), ['orders'], nothing)
  .source('invoices', optional(call('invoices'), 'none'), ['customer'], nothing)
  .source('summary', call('summary'), ['products', 'invoices'], nothing)

let runtime: ReturnType<typeof testRuntime>
beforeEach(() => {
  runtime = testRuntime()
})
const names = (plan: Plan, positions: readonly number[] = plan.steps.map((_, index) => index)) =>
  positions.map((position) => plan.steps[position]?.name)

describe('a plan', () => {
  test('has every source in declaration order, with needs and dependents, where nothing is said', () => {
    const plan = makePlan(page, runtime)
    expect(names(plan)).toEqual(['customer', 'orders', 'products', 'invoices', 'summary'])
    expect(names(plan, plan.given)).toEqual(names(plan))
    expect(plan.steps.map(({ needs }) => names(plan, needs))).toEqual([
      [],
      [],
      ['orders'],
      ['customer'],
      ['products', 'invoices'],
    ])
    expect(plan.steps.map(({ dependents }) => names(plan, dependents))).toEqual([
      ['invoices'],
      ['products'],
      ['summary'],
      ['summary'],
      [],
    ])
    expect(plan.deadline).toBe(3_000)
  })

  test.each<[string[], string[], string[]]>([
    [['customer'], ['customer'], ['customer']],
    [
      ['invoices', 'customer'],
      ['customer', 'invoices'],
      ['customer', 'invoices'],
    ],
    [['products'], ['orders', 'products'], ['products']],
    [['summary'], ['customer', 'orders', 'products', 'invoices', 'summary'], ['summary']],
    [['orders', 'orders'], ['orders'], ['orders']],
    [[], [], []],
  ])('for a client that reads %j calls %j, and hands on %j', (reads, called, given) => {
    const plan = makePlan(page, runtime, reads)
    expect(names(plan)).toEqual(called)
    expect(names(plan, plan.given)).toEqual(given)
  })

  test('knows which sources may fail: the optional ones, and those that this client can do without', () => {
    const covered = (plan: Plan) => plan.steps.filter(({ cover }) => cover).map(({ name }) => name)
    expect(covered(makePlan(page, runtime))).toEqual(['invoices'])
    const plan = makePlan(page, runtime, ['customer', 'summary', 'invoices'], ['summary', 'invoices'])
    expect(covered(plan)).toEqual(['invoices', 'summary'])
    expect(plan.steps.find(({ name }) => name === 'summary')?.cover?.(new Error('x'))).toBeUndefined()
    expect(plan.steps.find(({ name }) => name === 'invoices')?.cover?.(new Error('x'))).toBe('none')
  })

  test('makes each call ready once, however many clients there are', () => {
    const bind = jest.fn(() => async () => 'v')
    const one = endpoint('GET /x').source('a', { ...a, bind }, nothing)
    makePlan(one, runtime)
    makePlan(one, runtime, ['a'])
    expect(bind).toHaveBeenCalledTimes(1)
  })
})

describe('equal reads within one request', () => {
  const pay = call('pay', 'write')
  const remembers = (calls: readonly Call<never, unknown>[]) => {
    // biome-ignore lint/suspicious/noExplicitAny: the sources come from a table, so the type does too
    let made: any = endpoint('POST /x')
    for (const [index, one] of calls.entries()) made = made.source(`s${index}`, one, nothing)
    return makePlan(made, runtime).memo
  }
  test.each<[string, boolean, Call<never, unknown>[]]>([
    ['one source', false, [a]],
    ['two operations', false, [a, call('b')]],
    ['two operations of one name: they may make something else of the same answer', false, [call('b'), call('b')]],
    ['one operation twice', true, [a, a]],
    ['one operation twice, once optional', true, [a, optional(a)]],
    ['one operation twice, once for each of a list', true, [a, each(a)]],
    ['one operation twice, once as the other way out', true, [optional(call('b')).orElse(a), a]],
    ['a list of one operation: each knows its own equals', false, [each(a)]],
    ['one write twice: writes are never merged', false, [pay, pay]],
    ['one write twice, beside a read', false, [pay, a, pay]],
  ])('are looked out for only where there can be any: %s', (_, expected, calls) => {
    expect(remembers(calls)).toBe(expected)
  })

  test('are looked out for among what a client reads, not beyond', () => {
    const twice = endpoint('GET /x').source('a', a, nothing).source('b', a, nothing)
    expect([makePlan(twice, runtime).memo, makePlan(twice, runtime, ['a']).memo]).toEqual([true, false])
  })

  test('are those of operations as teams define them, too', () => {
    const crm = rest('crm', { url: 'http://127.0.0.1:9' })
    const user = crm.get('/users/:id', { output: z.object({ name: z.string() }) })
    const email = crm.get('/users/:id', { output: z.object({ email: z.string() }) })
    const input = () => ({ id: 1 })
    expect(makePlan(endpoint('GET /x').source('a', user, input).source('b', user, input), runtime).memo).toBe(true)
    expect(makePlan(endpoint('GET /x').source('a', user, input).source('b', email, input), runtime).memo).toBe(false)
    return runtime.close()
  })
})
