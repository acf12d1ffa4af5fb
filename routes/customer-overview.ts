import { endpoint, optional } from 'facet'
import { z } from 'zod'
import { invoices } from './_backends/billing.ts'
import { customer } from './_backends/crm.ts'
import { exchangeRates } from './_backends/rates.ts'
import { orders, products } from './_backends/shop.ts'

export default endpoint('GET /customers/:id/overview', {
  summary: 'Everything above the fold on the account screen',
  query: z.object({ orders: z.coerce.number().int().min(1).max(50).default(10) }),
  cache: { ttl: '30s', stale: '5m', tags: ({ params }) => [`customer:${params.id}`] },
})
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', orders, ({ params, query }) => ({ userId: params.id, limit: query.orders }))
  .source('products', products, ['orders'], ({ orders }) => orders.map(({ sku }) => sku))
  .source('invoices', optional(invoices, []), ['customer'], ({ customer }) => ({ customer: customer.number }))
  .source('rates', optional(exchangeRates), () => ({ base: 'EUR' }))
