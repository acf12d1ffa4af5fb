/**
 * Facet as a team would use it: backends, endpoints and clients in its own terms, nothing switched off. The log line of
 * every request is written, to /dev/null. `ENDPOINTS=n` defines that many endpoints more, to show what they cost. `POLICIES=all`
 * switches on every policy of backends and calls that is off if nobody says so, `none` those off that are on.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { app, batch, client, endpoint, proxy, readConfig, rest, soap, xml } from 'facet'
import { destination } from 'pino'
import { z } from 'zod'
import { makeRegistry } from '../../../src/endpoint/registry.ts'
import { openLog } from '../../../src/ops/log.ts'
import { backendUrl, REDIS_URL, report } from '../support/child.ts'
import { CACHED_ORDERS, CACHED_SECONDS, MANAGER, MOST_SINGLE, ORDERS, SINGLE_SECONDS } from '../support/shapes.ts'

const { POLICIES } = process.env
const ofBackend: Partial<Parameters<typeof rest>[1]> =
  POLICIES === 'none'
    ? { breaker: false, concurrency: false }
    : POLICIES === 'all'
      ? {
          retries: 2,
          budgetHeader: 'x-budget-ms',
          timeout: { attempt: '5s', headers: '4s', body: '4s' },
          breaker: { slow: { over: '4s', rate: 0.9 } },
          concurrency: { adaptive: true },
        }
      : {}
/** Later than any answer comes here: it shows what hedging itself costs, and not what more calls cost the backends. */
const ofCall = POLICIES === 'all' ? { hedge: { after: '2s' } as const } : {}
const crm = rest('crm', { url: backendUrl('CRM_URL'), ...ofBackend })
const shop = rest('shop', { url: backendUrl('SHOP_URL'), ...ofBackend })
const billing = soap('billing', {
  url: `${backendUrl('BILLING_URL')}/billing`,
  namespace: 'urn:acme:billing:v1',
  ...ofBackend,
})
const answers = rest('answers', { url: backendUrl('ANSWERS_URL') })

const customer = crm.get('/users/:id', {
  ...ofCall,
  output: z
    .object({
      id: z.number(),
      number: z.string(),
      name: z.string(),
      email: z.string(),
      address: z.object({ city: z.string() }),
    })
    .transform(({ id, number, name, email, address }) => ({ id, number, name, email, city: address.city })),
})
const users = crm.get('/users', {
  ...ofCall,
  input: ({ id }: { id: string }) => ({ query: { id } }),
  output: z.tuple([z.object({ id: z.number(), name: z.string() })]).transform(([user]) => user),
})
const orders = shop.get('/orders', {
  ...ofCall,
  input: ({ userId, limit }: { userId: string; limit: number }) => ({ query: { userId, _limit: limit } }),
  output: z.array(z.object({ id: z.number(), sku: z.string(), quantity: z.number(), total: z.number() })),
})
const productsBySku = shop.get('/products', {
  ...ofCall,
  input: ({ skus }: { skus: readonly string[] }) => ({ query: { sku: skus } }),
  output: z.array(z.object({ sku: z.string(), title: z.string(), price: z.number() })),
})
const products = batch(productsBySku, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku })
const invoices = billing.operation('GetInvoices', {
  effect: 'read',
  ...ofCall,
  request: z.object({ CustomerNo: z.string() }),
  input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
  output: z
    .object({
      Invoice: z.array(
        z.object({
          status: xml.attr(z.string()),
          Number: z.string(),
          Amount: z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) }),
          Due: z.string(),
          Note: z.string().nullable(),
        }),
      ),
    })
    .transform(({ Invoice }) =>
      Invoice.map(({ status, Number: number, Amount, Due, Note }) => {
        return { number, amount: Amount.value, currency: Amount.currency, due: Due, status, note: Note }
      }),
    ),
})

const answer = answers.get('/answers/:id', {
  output: z.object({
    customer: z.object({
      id: z.string(),
      number: z.string(),
      name: z.string(),
      email: z.string(),
      city: z.string(),
    }),
    orders: z.array(z.object({ id: z.number(), sku: z.string(), quantity: z.number(), total: z.number() })),
    products: z.array(z.object({ sku: z.string(), title: z.string(), price: z.number() }).nullable()),
    manager: z.object({ id: z.number(), name: z.string() }),
  }),
})

const jsonAggregate = endpoint('GET /bench/json/:id')
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', orders, ({ params }) => ({ userId: params.id, limit: ORDERS }))
  .source('products', products, ['orders'], ({ orders }) => orders.map(({ sku }) => sku))
  .source('manager', users, () => ({ id: MANAGER }))

const xmlAggregate = endpoint('GET /bench/xml/:id')
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', orders, ({ params }) => ({ userId: params.id, limit: ORDERS }))
  .source('products', products, ['orders'], ({ orders }) => orders.map(({ sku }) => sku))
  .source('invoices', invoices, ['customer'], ({ customer }) => ({ customer: customer.number }))

const cached = endpoint('GET /bench/cached/:id', { cache: { ttl: `${CACHED_SECONDS}s` } })
  .source('customer', customer, ({ params }) => ({ id: params.id }))
  .source('orders', orders, ({ params }) => ({ userId: params.id, limit: CACHED_ORDERS }))
  .source('products', products, ['orders'], ({ orders }) => orders.map(({ sku }) => sku))
  .source('manager', users, () => ({ id: MANAGER }))

const singleAt = (route: '/bench/single/:id' | '/bench/shared/:id') =>
  endpoint(`GET ${route}`, { cache: { ttl: `${SINGLE_SECONDS}s` } })
    .source('answer', answer, ({ params }) => params)
    .merge(({ answer }) => answer)
const single = singleAt('/bench/single/:id')
const shared = singleAt('/bench/shared/:id')

const passed = proxy('ANY /reverseproxy/*path', crm)
const through = proxy('ANY /bench/proxied/*path', answers)

/** Endpoints that nobody calls, spread over the tree as a large service's are. */
const others = Array.from({ length: Number(process.env.ENDPOINTS ?? 1) }, (_, index) =>
  endpoint(`GET /area${index % 30}/thing${index}/:id/details`).source('customer', customer, ({ params }) => ({
    id: (params as { id: string }).id,
  })),
)

const routes = [jsonAggregate, xmlAggregate, cached, single, shared, passed, through, ...others]
const registry = makeRegistry(
  [{ file: 'facet.ts', name: 'bench', routes }],
  [client('web', { default: true }), client('mobile'), client('desktop', { format: 'xml' })].map((client) => {
    return { file: 'facet.ts', client, transforms: [] }
  }),
)
/** Room for all that is asked for here: 2 kB an answer, and half a kB for its key and the cache's own records. */
const room = { CACHE_MAX_ENTRIES: String(MOST_SINGLE), CACHE_MAX_BYTES: String(MOST_SINGLE * 4_096) }
const redis = process.env[REDIS_URL]
/**
 * No memory before Redis where there is one, and entries of its own for each contender. Hits are measured here: a machine that stands
 * still for longer than a request would wait for Redis must not make misses of them.
 */
const store = redis && {
  CACHE_STORE: 'redis',
  REDIS_URL: redis,
  REDIS_PREFIX: `facet${process.env.ENDPOINTS ?? ''}:`,
  REDIS_WAIT_MS: '5000',
}
const { listener } = await app({ config: readConfig({ ...room, ...store }), registry })
openLog('info', destination({ dest: '/dev/null', sync: false, maxWrite: 131_072 }))
const server = createServer(listener)
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }))
