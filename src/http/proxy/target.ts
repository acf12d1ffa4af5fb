import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { RequestContext } from '../context.ts'

/** What follows a route's own segments in a raw path, still encoded as it came. */
export function tail(path: string, depth: number): string {
  let at = 0
  for (let i = 0; i < depth && at >= 0; i++) at = path.indexOf('/', at + 1)
  return at < 0 ? '/' : path.slice(at)
}

/** Path and query for the backend, behind its own base path. @param path of the request, without what only says the client */
export function targetOf({ depth, rewrite }: ProxyRoute, { search }: RequestContext, path: string): string {
  const rest = tail(path, depth)
  const target = rewrite.get(rest) ?? rest
  return search === '' ? target : `${target}?${search}`
}
