import { batch, env, rest } from 'facet'
import { z } from 'zod'

const shop = rest('shop', { url: env('SHOP_URL'), timeout: '2s', retries: 1 })

export const orders = shop.get('/orders', {
  input: ({ userId, limit }: { userId: string; limit: number }) => ({ query: { userId, _limit: limit } }),
  output: z.array(z.object({ id: z.number(), sku: z.string(), quantity: z.number(), total: z.number() })),
})

const product = z.object({ sku: z.string(), title: z.string(), price: z.number() })

const productsBySku = shop.get('/products', {
  input: ({ skus }: { skus: readonly string[] }) => ({ query: { sku: skus } }),
  output: z.array(product),
})

/** Many products in one call, joined back to the SKUs that were asked for. */
export const products = batch(productsBySku, { input: (skus: readonly string[]) => ({ skus }), key: ({ sku }) => sku })

/** Large and slow, and the same for everyone: kept for five minutes, and for an hour more while it is renewed. */
export const catalog = shop.get('/catalog', {
  output: z.object({ generated: z.string(), items: z.array(product.extend({ stock: z.number() })) }),
  cache: { ttl: '5m', stale: '1h', tags: () => ['catalog'] },
})
