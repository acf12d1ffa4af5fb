import { json, type Reply, readOnly, segmentAfter } from './reply.ts'
import { type MockBackend, type StartOptions, startMock } from './server.ts'
import { makeCatalog, orders, type Product, products } from './shop-data.ts'

export type { CatalogItem, Order, Product } from './shop-data.ts'

/** How to start the shop. */
export interface ShopOptions extends StartOptions {
  /** How long the catalogue takes, in milliseconds; 400 unless said otherwise. */
  readonly catalogMs?: number | undefined
}

const bySku = new Map(products.map((product) => [product.sku, product]))

/**
 * Starts the shop, a JSON service: `GET /orders?userId=&_limit=`, `GET /products/:sku`, `GET /products?sku=A&sku=B` for many at
 * once, `GET /products` and the expensive `GET /catalog`.
 */
export function startShop(port = 0, { catalogMs = 400, ...options }: ShopOptions = {}): Promise<MockBackend> {
  const catalog: Reply = { ...json(200, makeCatalog()), delayMs: catalogMs }
  const handler = readOnly((path, query) => {
    if (path === '/orders') return listOrders(query)
    if (path === '/products') return listProducts(query.getAll('sku'))
    if (path === '/catalog') return catalog
    const sku = segmentAfter('/products/', path)
    if (sku === undefined) return json(404, { error: `no such resource: ${path}` })
    const product = bySku.get(sku)
    return product ? json(200, product) : json(404, { error: `no product ${sku}` })
  })
  return startMock({ name: 'shop', ...options, port, handler })
}

function listOrders(query: URLSearchParams): Reply {
  const user = query.get('userId')
  const limit = query.get('_limit')
  if (limit !== null && !/^\d{1,9}$/.test(limit)) return json(400, { error: '_limit: must be a whole number' })
  const found = user === null ? orders : orders.filter(({ userId }) => String(userId) === user)
  return json(200, limit === null ? found : found.slice(0, Number(limit)))
}

/** Batch services promise neither order nor completeness, and this one keeps neither: the last asked for comes first. */
function listProducts(skus: readonly string[]): Reply {
  if (skus.length === 0) return json(200, products)
  const found = [...new Set(skus)].map((sku) => bySku.get(sku)).filter((product): product is Product => !!product)
  return json(200, found.reverse())
}
