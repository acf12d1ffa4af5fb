import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CatalogItem, type MockBackend, type Order, type Product, startShop } from './index.ts'

let shop: MockBackend
beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop.close())

async function get<Body>(path: string, from: MockBackend = shop): Promise<Body> {
  const response = await fetch(from.url + path)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  return (await response.json()) as Body
}

test('every user has 25 orders, newest first, some of the same product', async () => {
  const products = new Map((await get<Product[]>('/products')).map((product) => [product.sku, product]))
  const ids = new Set<number>()
  for (let user = 1; user <= 10; user++) {
    const orders = await get<Order[]>(`/orders?userId=${user}`)
    expect(orders).toHaveLength(25)
    expect(new Set(orders.map(({ sku }) => sku)).size).toBeLessThan(25)
    const dates = orders.map(({ placed }) => placed)
    expect(dates).toEqual(dates.toSorted().reverse())
    for (const { id, userId, sku, quantity, total, placed } of orders) {
      ids.add(id)
      expect(userId).toBe(user)
      expect(total).toBeCloseTo((products.get(sku)?.price ?? Number.NaN) * quantity, 2)
      expect(new Date(placed).toISOString()).toBe(placed)
    }
  }
  expect(ids.size).toBe(250)
})

test('_limit bounds the orders', async () => {
  const all = await get<Order[]>('/orders?userId=2')
  expect(await get('/orders?userId=2&_limit=3')).toEqual(all.slice(0, 3))
  expect(await get('/orders?userId=2&_limit=99')).toEqual(all)
  expect(await get('/orders?userId=2&_limit=0')).toEqual([])
  expect(await get<Order[]>('/orders')).toHaveLength(250)
  expect(await get<Order[]>('/orders?_limit=30')).toHaveLength(30)
})

test('an unknown user has no orders; a limit that is no number is refused', async () => {
  expect(await get('/orders?userId=99')).toEqual([])
  expect(await get('/orders?userId=')).toEqual([])
  const response = await fetch(`${shop.url}/orders?_limit=-1`)
  expect([response.status, await response.json()]).toEqual([400, { error: '_limit: must be a whole number' }])
})

test('the data are the same at every start', async () => {
  expect(await get('/orders?userId=1&_limit=1')).toEqual([
    { id: 1, userId: 1, sku: 'SKU-1008', quantity: 2, total: 101.66, placed: '2026-11-20T08:30:00.000Z' },
  ])
  expect(await get('/products/SKU-1001')).toEqual({ sku: 'SKU-1001', title: 'Oak Lamp', price: 51.1, stock: 44 })
})

test('there are 60 products, each at its own address', async () => {
  const products = await get<Product[]>('/products')
  expect(products).toHaveLength(60)
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(60)
  expect(new Set(products.map(({ title }) => title)).size).toBe(60)
  for (const product of products) expect(await get(`/products/${product.sku}`)).toEqual(product)
})

test('a batch has those that exist, once each and not in the order asked for', async () => {
  const batch = async (...skus: string[]): Promise<string[]> =>
    (await get<Product[]>(`/products?${skus.map((sku) => `sku=${sku}`).join('&')}`)).map(({ sku }) => sku)
  expect(await batch('SKU-1001', 'SKU-1002', 'SKU-1003')).toEqual(['SKU-1003', 'SKU-1002', 'SKU-1001'])
  expect(await batch('SKU-1003', 'SKU-1001')).toEqual(['SKU-1001', 'SKU-1003'])
  expect(await batch('SKU-1001', 'NONE', 'SKU-1001', 'SKU-1002')).toEqual(['SKU-1002', 'SKU-1001'])
  expect(await batch('NONE')).toEqual([])
})

test.each(['/products/NONE', '/products/', '/basket'])('GET %s is a 404', async (path) => {
  const response = await fetch(shop.url + path)
  expect([response.status, await response.json()]).toEqual([404, { error: expect.any(String) }])
})

test('the catalogue has about 200 kB and takes 400 ms', async () => {
  const start = performance.now()
  const response = await fetch(`${shop.url}/catalog`)
  const text = await response.text()
  expect(performance.now() - start).toBeGreaterThanOrEqual(395)
  expect(Math.abs(text.length - 200_000)).toBeLessThan(20_000)
  const { generated, items } = JSON.parse(text) as { generated: string; items: CatalogItem[] }
  expect(new Date(generated).toISOString()).toBe(generated)
  expect(new Set(items.map(({ sku }) => sku)).size).toBe(600)
})

test('catalogMs says how long the catalogue takes; latency comes on top', async () => {
  const quick = await startShop(0, { catalogMs: 0 })
  try {
    const first = performance.now()
    await get('/catalog', quick)
    expect(performance.now() - first).toBeLessThan(350)
    quick.control({ latencyMs: 400 })
    const second = performance.now()
    await get('/catalog', quick)
    expect(performance.now() - second).toBeGreaterThanOrEqual(395)
  } finally {
    await quick.close()
  }
})
