import { each, endpoint, optional } from 'facet'
import { z } from 'zod'
import { invoices, pay } from '../../../routes/_backends/billing.ts'
import { customer } from '../../../routes/_backends/crm.ts'
import { orders, products } from '../../../routes/_backends/shop.ts'
import { liveRates } from './_rates.ts'

/** Shorter than the backends' timeout of 2 s, so that it is the deadline that ends what hangs. */
const deadline = '1500ms'

const skusOf = ({ orders = [] }: { orders: readonly { sku: string }[] | undefined }) => orders.map(({ sku }) => sku)

/** The customer is required, all else may be missing. */
const customerFirst = endpoint('GET /chaos/customer-first/:id', { deadline })
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', optional(orders), ({ params }) => ({ userId: params.id, limit: 5 }))
  .source('products', optional(products, []), ['orders'], skusOf)
  .source('invoices', optional(invoices, []), ['customer'], ({ customer }) => ({ customer: customer.number }))
  .source('rates', optional(liveRates), () => ({ base: 'EUR' }))

/** Everything may be missing: this answers 200 whatever happens. */
const anything = endpoint('GET /chaos/anything/:id', { deadline })
  .source('customers', optional(each(customer), []), ({ params }) => [{ id: params.id }, { id: '1' }, { id: '2' }])
  .source('orders', optional(orders), ({ params }) => ({ userId: params.id, limit: 5 }))
  .source('products', optional(products, []), ['orders'], skusOf)
  .source('invoices', optional(invoices, []), ({ params }) => ({ customer: params.id.padStart(5, '0') }))
  .source('rates', optional(liveRates), () => ({ base: 'USD' }))

/** A list of which each part may be missing, and a list that is required. */
const lists = endpoint('GET /chaos/lists/:id', { deadline })
  .source('customers', each(optional(customer)), ({ params }) => [{ id: params.id }, { id: '3' }, { id: '4' }])
  .source('orders', orders, ({ params }) => ({ userId: params.id, limit: 5 }))
  .source('products', products, ['orders'], skusOf)

/** Renewed every second, and kept for when that cannot be done: once it was whole, it never fails. */
const kept = endpoint('GET /chaos/kept/:id', { deadline, cache: { ttl: '1s', staleIfError: '10m' } })
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', orders, ({ params }) => ({ userId: params.id, limit: 5 }))
  .source('rates', optional(liveRates), () => ({ base: 'GBP' }))

/** A write with something beside it. */
const payment = endpoint('POST /chaos/payments', {
  deadline,
  body: z.object({ invoice: z.string(), amount: z.number(), currency: z.string() }),
  status: 201,
})
  .source('receipt', pay, ({ body }) => body)
  .source('rates', optional(liveRates), () => ({ base: 'EUR' }))

export default [customerFirst, anything, lists, kept, payment]
