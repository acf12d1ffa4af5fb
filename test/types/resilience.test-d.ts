// What is said of resilience keeps its types, and mistakes in it do not compile.
import { client, endpoint, env, maybe, type Output, optional, rest } from 'facet'
import { z } from 'zod'
import { type Invoice, invoices } from '../../routes/_backends/billing.ts'
import { customer } from '../../routes/_backends/crm.ts'
import { check, type Equal } from './equal.ts'

// Fallbacks: each may follow each, and none changes what the call answers.
const chained = optional(invoices, [])
  .after('300ms')
  .lastGood({ maxAge: '1h', tags: ({ customer }) => [`invoices:${customer satisfies string}`] })
  .orElse(invoices)
check<Equal<Output<typeof chained>, Invoice[]>>()
const bare = optional(invoices).lastGood({ maxAge: '1h' })
check<Equal<Output<typeof bare>, Invoice[] | undefined>>()
const recovered = optional(invoices)
  .after('1s')
  .recover(() => [])
check<Equal<Output<typeof recovered>, Invoice[]>>()
// @ts-expect-error: a duration has a unit
optional(invoices, []).after('300')
// @ts-expect-error: how old it may be must be said
optional(invoices, []).lastGood({})
// @ts-expect-error: tags are made from the call's input
optional(invoices, []).lastGood({ maxAge: '1h', tags: ({ nobody }) => [nobody] })

// A backend with everything that can be said of it.
const shop = rest('resilient', {
  url: ['http://a', env('B'), { url: env('C'), weight: 3 }],
  timeout: { attempt: '2s', connect: '500ms', headers: '1s', body: '1s' },
  retries: 2,
  budgetHeader: 'x-budget-ms',
  breaker: { failureRate: 0.5, slow: { over: '1s', rate: 0.8 }, window: '10s', minimum: 20, open: '5s', probes: 3 },
  concurrency: { limit: 64, queue: 128, adaptive: true },
  balance: { hash: (input) => String(input) },
  outliers: { failures: 3 },
  health: { path: '/healthz', status: [200, 204] },
  slowStart: '10s',
  discover: { type: 'srv', every: '5s' },
})
rest('resilient', { url: 'http://a', breaker: false, concurrency: false, outliers: false })
rest('resilient', { url: 'http://a', concurrency: 10, balance: 'least-in-flight' })
// @ts-expect-error: there is no such strategy
rest('resilient', { url: 'http://a', balance: 'fastest' })
// @ts-expect-error: a breaker is switched off, or described
rest('resilient', { url: 'http://a', breaker: true })
// @ts-expect-error: how slow is slow, and how much of it
rest('resilient', { url: 'http://a', breaker: { slow: '1s' } })
// @ts-expect-error: a timeout has a unit
rest('resilient', { url: 'http://a', timeout: { attempt: 2000 } })

// Operations.
const output = z.object({ id: z.number() })
shop.get('/orders', { output, hedge: true, retries: 1, timeout: { headers: '100ms' } })
shop.get('/orders', { output, hedge: { after: '50ms' } })
shop.put('/orders/:id', { output, idempotent: false })
shop.post('/orders', { output, idempotencyKey: true, refusals: { 409: {}, 422: { as: 'input-invalid', status: 400 } } })
// @ts-expect-error: there is no such code
shop.post('/orders', { output, refusals: { 409: { as: 'no-such-code' } } })
// @ts-expect-error: how connections are made is the backend's
shop.get('/orders', { output, timeout: { connect: '1s' } })

// Endpoints.
const page = endpoint('GET /customers/:id', {
  handling: 'strict',
  statuses: { 'backend-timeout': 503, 'customer.resource-unknown': 410 },
})
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('invoices', invoices, ['customer'], ({ customer }) => ({ customer: customer.number }))
// @ts-expect-error: there is no such code
endpoint('GET /x', { statuses: { 'no-such-code': 503 } })
// @ts-expect-error: strict or lenient
endpoint('GET /x', { handling: 'lax' })

// What a client can do without may be missing, with what needs it.
client('mobile').transform(page, [maybe('customer'), maybe('invoices')], ({ customer, invoices }) => {
  check<Equal<typeof invoices, Invoice[] | undefined>>()
  return [customer?.name, invoices?.length]
})
