// What calls take and answer, and what becomes of that when they are optional, many, or batched.
import { batch, type Call, type ErrorCode, each, type FacetError, type Input, type Output, optional, rest } from 'facet'
import { z } from 'zod'
import { type Invoice, invoices, type pay } from '../../routes/_backends/billing.ts'
import { type Customer, customer } from '../../routes/_backends/crm.ts'
import type { exchangeRates } from '../../routes/_backends/rates.ts'
import type { catalog, orders, products } from '../../routes/_backends/shop.ts'
import { check, checkNotAny, type Equal } from './equal.ts'

type PathValue = string | number | bigint | boolean

// The shipped calls.
check<Equal<Input<typeof customer>, { readonly id: PathValue }>>()
check<Equal<Output<typeof customer>, Customer>>()
check<Equal<Input<typeof orders>, { userId: string; limit: number }>>()
check<Equal<Input<typeof invoices>, { customer: string }>>()
check<Equal<Output<typeof invoices>, Invoice[]>>()
check<Equal<Input<typeof pay>, { invoice: string; amount: number; currency: string }>>()
check<Equal<Input<typeof exchangeRates>, { base: string }>>()
check<Equal<keyof Input<typeof catalog>, never>>()
checkNotAny<[Output<typeof customer>, Output<typeof orders>, Output<typeof catalog>, Output<typeof products>]>('no any')
checkNotAny<[Output<typeof invoices>, Output<typeof pay>, Output<typeof exchangeRates>]>('no any')
checkNotAny<[Input<typeof customer>, Input<typeof products>, Input<typeof pay>, Input<typeof catalog>]>('no any')

// optional: with a fallback its type stays, without one it may be undefined.
const withFallback = optional(invoices, [])
check<Equal<Output<typeof withFallback>, Invoice[]>>()
check<Equal<Input<typeof withFallback>, { customer: string }>>()
const withoutFallback = optional(customer)
check<Equal<Output<typeof withoutFallback>, Customer | undefined>>()
checkNotAny<[Output<typeof withFallback>, Output<typeof withoutFallback>]>('no any')
// @ts-expect-error a fallback of another type
optional(invoices, 0)
// @ts-expect-error a fallback that lacks properties
optional(customer, { id: 1 })
// @ts-expect-error a function is no fallback: that is recover
optional(invoices, () => [])
// @ts-expect-error not of a function
optional(() => 1)

// recover: made from the error, and always there.
const recovered = optional(customer).recover((error) => {
  check<Equal<typeof error, FacetError>>()
  check<Equal<typeof error.code, ErrorCode>>()
  return { id: 0, number: '', name: error.code, email: '', city: '' }
})
check<Equal<Output<typeof recovered>, Customer>>()
checkNotAny<Output<typeof recovered>>('no any')
// @ts-expect-error what stands in is of the same type
optional(customer).recover((error) => error.code)

// orElse: another call with the same input and answer.
const archived = rest('archive', { url: 'http://127.0.0.1' }).get('/invoices/:customer', {
  output: z.custom<Invoice[]>(),
})
const orElse = optional(invoices, []).orElse(archived)
check<Equal<Output<typeof orElse>, Invoice[]>>()
check<Equal<Output<ReturnType<typeof orElseUndefined>>, Invoice[] | undefined>>()
function orElseUndefined() {
  return optional(invoices).orElse(archived)
}
checkNotAny<Output<typeof orElse>>('no any')
// @ts-expect-error another answer
optional(invoices, []).orElse(customer)
// @ts-expect-error another input
optional(invoices, []).orElse(each(invoices))

// each: lists in, lists out.
const many = each(customer)
check<Equal<Input<typeof many>, readonly { readonly id: PathValue }[]>>()
check<Equal<Output<typeof many>, Customer[]>>()
const manyOptional = each(optional(customer), { concurrency: 2 })
check<Equal<Output<typeof manyOptional>, (Customer | undefined)[]>>()
const optionalMany = optional(each(customer), [])
check<Equal<Output<typeof optionalMany>, Customer[]>>()
checkNotAny<[Input<typeof many>, Output<typeof many>, Output<typeof manyOptional>]>('no any')
// @ts-expect-error a misspelt option
each(customer, { concurency: 2 })

// batch: keys in, items out, and a key that is not known gives undefined.
type Item = { sku: string; stock: number }
const bySku: Call<{ skus: readonly string[] }, Item[]> = rest('stock', { url: 'http://127.0.0.1' }).get('/stock', {
  input: ({ skus }: { skus: readonly string[] }) => ({ query: { sku: skus } }),
  output: z.array(z.object({ sku: z.string(), stock: z.number() })),
})
const stock = batch(bySku, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku })
check<Equal<Input<typeof stock>, readonly string[]>>()
check<Equal<Output<typeof stock>, (Item | undefined)[]>>()
checkNotAny<[Input<typeof stock>, Output<typeof stock>]>('no any')
// @ts-expect-error the call does not answer a list
batch(customer, { input: ([id = '']: readonly string[]) => ({ id }), key: () => '' })
// @ts-expect-error a key of another type than the keys
batch(bySku, { input: (skus: readonly string[]) => ({ skus }), key: ({ stock }) => stock })
// @ts-expect-error a key that is no property
batch(bySku, { input: (skus: readonly string[]) => ({ skus }), key: ({ id }) => id })
// @ts-expect-error not the input that the call takes
batch(bySku, { input: (skus: readonly string[]) => ({ sku: skus }), key: ({ sku }) => sku })
