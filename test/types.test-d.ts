// What an endpoint infers, on the endpoints that are shipped, and what the compiler refuses. Checked by `npm run types`;
// more of it stands in test/types/.
import { client, type Data, endpoint, maybe, optional } from 'facet'
import { z } from 'zod'
import { type Invoice, invoices, type pay } from '../routes/_backends/billing.ts'
import { type Customer, customer } from '../routes/_backends/crm.ts'
import type { exchangeRates } from '../routes/_backends/rates.ts'
import { orders, products } from '../routes/_backends/shop.ts'
import type catalog from '../routes/catalog.ts'
import overview from '../routes/customer-overview.ts'
import type payments from '../routes/payments.ts'
import type desktopOverview from '../transforms/desktop/customer-overview.ts'
import type mobileCatalog from '../transforms/mobile/catalog.ts'
import type mobileOverview from '../transforms/mobile/customer-overview.ts'
import type webOverview from '../transforms/web/customer-overview.ts'
import { check, checkNotAny, type Equal } from './types/equal.ts'

type Product = { sku: string; title: string; price: number }
type Order = { id: number; sku: string; quantity: number; total: number }
type Rates = { base: string; asOf: string; rates: { [currency: string]: number } }
type Overview = {
  customer: Customer
  orders: Order[]
  products: (Product | undefined)[]
  invoices: Invoice[]
  rates: Rates | undefined
}

// The shipped routes: an endpoint's data is what its sources answer, or what its merge makes of them.
check<Equal<Customer, { id: number; number: string; name: string; email: string; city: string }>>()
check<Equal<Invoice['status'], 'open' | 'paid' | 'overdue'>>()
check<Equal<Invoice['note'], string | null>>()
check<Equal<Data<typeof overview>, Overview>>()
check<
  Equal<
    Data<typeof catalog>,
    { generated: string; items: { sku: string; title: string; price: number; stock: number }[] }
  >
>()
check<Equal<keyof Data<typeof payments>, 'receipt' | 'invoice' | 'amount' | 'currency' | 'paidAt'>>()
checkNotAny<Data<typeof overview>>('no any')
checkNotAny<Data<typeof catalog>>('no any')
checkNotAny<Data<typeof payments>>('no any')

// The shipped transforms: what they are given, and what they make.
check<Equal<Parameters<typeof webOverview.apply>, [data: Overview]>>()
check<Equal<ReturnType<typeof webOverview.apply>['products'], Product[]>>()
check<Equal<Parameters<typeof mobileOverview.apply>, [data: Pick<Overview, 'customer' | 'orders'>]>>()
check<Equal<ReturnType<typeof mobileOverview.apply>, { name: string; orders: number }>>()
check<Equal<ReturnType<typeof mobileCatalog.apply>, (string | number)[][]>>()
check<Equal<ReturnType<typeof desktopOverview.apply>['open'], number>>()
checkNotAny<typeof webOverview.apply>('no any')
checkNotAny<typeof mobileOverview.apply>('no any')
checkNotAny<typeof mobileCatalog.apply>('no any')
checkNotAny<typeof desktopOverview.apply>('no any')

// What an input function sees: the request, and the sources that it named.
overview.source('x', customer, ['orders'], (request) => {
  check<Equal<typeof request, { params: { id: string }; query: { orders: number }; orders: Order[] }>>()
  checkNotAny<typeof request>('no any')
  return { id: request.params.id }
})
// @ts-expect-error a source that is not declared
overview.source('x', customer, ['nope'], () => ({ id: '' }))
// @ts-expect-error a misspelt source
overview.source('x', customer, ['order'], () => ({ id: '' }))
// @ts-expect-error reads a source that it did not name
overview.source('x', customer, ['orders'], ({ customer }) => ({ id: customer.id }))
// @ts-expect-error reads a source without naming any
overview.source('x', customer, ({ customer }) => ({ id: customer.id }))
// @ts-expect-error a source cannot need itself
overview.source('x', customer, ['x'], () => ({ id: '' }))
// @ts-expect-error no such path parameter
overview.source('x', customer, ({ params }) => ({ id: params.nope }))
// @ts-expect-error no such query parameter
overview.source('x', customer, ({ query }) => ({ id: query.nope }))

// What it gives must be what the call takes.
// @ts-expect-error a misspelt property of the input
overview.source('x', customer, ({ params }) => ({ idd: params.id }))
// @ts-expect-error the wrong type of a property
overview.source('x', orders, ({ params }) => ({ userId: params.id, limit: '10' }))
// @ts-expect-error one key where many are taken
overview.source('x', products, () => 'A')
// @ts-expect-error nothing where something is taken
overview.source('x', customer, () => ({}))
// @ts-expect-error null does not leave a source out: undefined does
overview.source('x', customer, () => null)
// @ts-expect-error an input function is not async
overview.source('x', customer, async ({ params }) => ({ id: params.id }))
const one = () => 1
// @ts-expect-error a function is no call
overview.source('x', one, () => ({}))

// An input that may be undefined leaves the source out, and the type says so.
const skipping = endpoint('GET /skip/:id', { query: z.object({ full: z.stringbool().optional() }) })
  .source('customer', customer, ({ params, query }) => (query.full ? { id: params.id } : undefined))
  .source('invoices', optional(invoices, []), ['customer'], ({ customer }) => customer && { customer: customer.number })
check<Equal<Data<typeof skipping>, { customer: Customer | undefined; invoices: Invoice[] | undefined }>>()
// @ts-expect-error a source that may have been left out is possibly undefined
skipping.source('x', invoices, ['customer'], ({ customer }) => ({ customer: customer.number }))

// Names: each once, none that means a part of the request, none that a record would sort before the others.
// @ts-expect-error already declared
overview.source('customer', customer, ({ params }) => ({ id: params.id }))
// @ts-expect-error a part of the request
overview.source('params', customer, ({ params }) => ({ id: params.id }))
// @ts-expect-error a part of the request, though this endpoint has no such part
overview.source('user', customer, ({ params }) => ({ id: params.id }))
// @ts-expect-error a whole number
overview.source('1', customer, ({ params }) => ({ id: params.id }))
// @ts-expect-error starts with a digit
overview.source('2nd', customer, ({ params }) => ({ id: params.id }))

// A merge sees the sources and nothing else, and is the last word.
const merged = overview.merge(({ customer, orders }) => ({ who: customer.name, count: orders.length }))
check<Equal<Data<typeof merged>, { who: string; count: number }>>()
checkNotAny<Data<typeof merged>>('no any')
// @ts-expect-error reads what is no source
overview.merge(({ nope }) => nope)
// @ts-expect-error a merged endpoint takes no more sources
merged.source('x', customer, () => ({ id: '' }))
// @ts-expect-error nor another merge
merged.merge(String)

// Transforms: the whole shape, or the sources that are named.
const watch = client('watch')
const short = watch.transform(overview, ['customer', maybe('orders')], ({ customer, orders }) => {
  check<Equal<typeof customer, Customer>>()
  check<Equal<typeof orders, Order[] | undefined>>()
  return { n: customer.name, o: orders?.length ?? null }
})
check<Equal<ReturnType<typeof short.apply>, { n: string; o: number | null }>>()
checkNotAny<typeof short.apply>('no any')
const ofMerged = watch.transform(merged, ({ who, count }) => `${who} ${count}`)
check<Equal<ReturnType<typeof ofMerged.apply>, string>>()
// @ts-expect-error reads what the endpoint does not give
watch.transform(overview, ({ nope }) => nope)
// @ts-expect-error reads a source that it did not name
watch.transform(overview, ['customer'], ({ orders }) => orders.length)
// @ts-expect-error names a source that the endpoint does not have
watch.transform(overview, ['customer', 'nope'], ({ customer }) => customer.name)
// @ts-expect-error can do without a source that the endpoint does not have
watch.transform(overview, [maybe('nope')], () => '')
// @ts-expect-error what it can do without may be undefined
watch.transform(overview, [maybe('customer')], ({ customer }) => customer.name)
// @ts-expect-error a merged shape has no sources to name
watch.transform(merged, ['customer'], () => '')
// @ts-expect-error not of an endpoint
watch.transform(customer, (value) => value)

checkNotAny<typeof pay>('no any')
checkNotAny<typeof exchangeRates>('no any')
