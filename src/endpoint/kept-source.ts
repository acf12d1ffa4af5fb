import { routeTag } from '../cache/tags.ts'
import type { Call, Policy, Runtime } from '../call/call.ts'
import { keeping } from '../call/keeping.ts'
import { forwarded } from './forwarded.ts'
import type { DataCacheSettings } from './options.ts'
import type { Route } from './request.ts'

/**
 * Keeps what one source of an endpoint answers, for every client's representation: by the source's input, so that a client
 * that reads fewer sources neither loads the others nor waits for them, and finds what any other has loaded.
 */
export function keptSource(
  runtime: Runtime,
  route: Route,
  name: string,
  call: Call<never, unknown>,
  settings: DataCacheSettings,
): Policy {
  const policy = keeping(runtime, {
    level: 'data',
    name: `${route} ${name}`,
    forward: forwarded([call]),
    freshness: settings,
    partial: settings.partial,
    tags: (_, { dataTags = [] }) => [routeTag(route), ...dataTags],
    // The request says them, and the same input may come from another request.
    areTagsKeyed: settings.tags !== undefined,
    load: async (run, load, input) => ({ value: await run(input, load) }),
  })
  return (next) => {
    const kept = policy(next)
    return (input, context) => (context.isBypassing ? next(input, context) : kept(input, context))
  }
}
