import type { Format } from '../endpoint/client.ts'
import type { ParsedRequest } from '../endpoint/request.ts'
import { keyOf, keyOfParams, secretKeyOf } from '../lib/key.ts'
import type { RequestContext } from './context.ts'
import type { ServedEndpoint } from './routes.ts'

/** The query of an endpoint that declares none. */
export const NO_QUERY = Object.freeze(Object.create(null)) as Readonly<Record<string, never>>

/** All that a reply can depend on, and nothing else: equal requests share an entry, different ones never do. */
export function replyKey(
  { route, forward }: ServedEndpoint,
  client: string,
  format: Format,
  context: RequestContext,
  { params, query, headers }: ParsedRequest,
): string {
  const sent = forward.length === 0 ? '' : secretKeyOf(forward.map((name) => context.header(name)))
  return `reply ${route} ${client} ${format} ${keyOfParams(params)}${query === NO_QUERY ? '' : keyOf(query)}${headers === undefined ? '' : secretKeyOf(headers)}${sent}`
}

/** Whether the client wants nothing from a cache; whether that counts is for the endpoint to say. */
export function wantsFresh(context: RequestContext): boolean {
  return /(^|[\s,])no-(cache|store)([\s,=]|$)/i.test(context.header('cache-control') ?? '')
}
