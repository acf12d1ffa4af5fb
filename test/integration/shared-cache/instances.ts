import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend } from 'facet/testing'
import { z } from 'zod'

/** One of several Facets that share a Redis: endpoints of each kind of cache, over one scripted backend. */
export function instance(backend: ScriptedBackend, environment: Readonly<Record<string, string>>): Promise<Harness> {
  const api = rest('api', { url: backend.url })
  const answer = { output: z.object({ id: z.string(), nth: z.number() }) }
  const byId = { ...answer, input: ({ id }: { id: string }) => ({ query: { id } }) }
  const plain = api.get('/plain', byId)
  const kept = api.get('/kept', {
    ...byId,
    cache: { ttl: '1m', stale: '1m', tags: ({ id }) => [`thing:${id}`] },
  })
  const failing = api.get('/failing', { ...byId, name: 'failing', cache: { ttl: '1m', negative: '1m' } })
  return harness({
    routes: {
      reply: endpoint('GET /reply/:id', {
        cache: { ttl: '1m', stale: '1m', tags: ({ params }) => [`thing:${params.id}`] },
      }).source('thing', plain, ({ params }) => ({ id: params.id })),
      call: endpoint('GET /call/:id').source('thing', kept, ({ params }) => ({ id: params.id })),
      both: endpoint('GET /both/:id', { cache: { ttl: '1m' } }).source('thing', kept, ({ params }) => ({
        id: params.id,
      })),
      failing: endpoint('GET /failing/:id').source('thing', failing, ({ params }) => ({ id: params.id })),
      short: endpoint('GET /short/:id', { cache: { ttl: '100ms', stale: '1m' } }).source(
        'thing',
        plain,
        ({ params }) => ({
          id: params.id,
        }),
      ),
      proxied: proxy('ANY /proxied/*path', api, { cache: { ttl: 'origin' } }),
    },
    environment,
  })
}
