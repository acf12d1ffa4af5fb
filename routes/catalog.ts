import { endpoint } from 'facet'
import { catalog } from './_backends/shop.ts'

export default endpoint('GET /catalog', {
  summary: 'All products: slow once, then from the cache',
  cache: { ttl: '1m', stale: '1h', share: 'everyone', tags: () => ['catalog'] },
})
  .source('catalog', catalog, () => ({}))
  .merge(({ catalog }) => catalog)
