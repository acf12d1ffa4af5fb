import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { RequestContext } from '../context.ts'
import { type Way, wayOf } from './forwarded.ts'
import { mapLocation } from './location.ts'
import { mapCookie } from './set-cookie.ts'
import { tail } from './target.ts'
import type { Place } from './upstream-places.ts'

/** What a field's value becomes for one client. @param path of its request, without what only says the client */
export type Rewrite = (value: string, context: RequestContext, path: string) => string

/**
 * The fields of responses that may point at the backend, by their names in lower case: they are looked at only where they are there.
 *
 * @param places where the backend is, those with the longest base first
 * @param trusted how many proxies in front of this server are believed
 */
export function rewritesOf(
  { depth, heads }: Pick<ProxyRoute, 'depth' | 'heads'>,
  places: readonly Place[],
  trusted: number,
): ReadonlyMap<string, Rewrite> {
  const rewrites = new Map<string, Rewrite>()
  const { location, cookies, keepsHost, response } = heads
  const locate: Rewrite = (value, context, path) => {
    const known = keepsHost ? [...places, ...askedAs(places, wayOf(context, trusted))] : places
    return mapLocation(value, known, prefixOf(context.path, path, depth))
  }
  if (location) rewrites.set('location', locate).set('content-location', locate)
  if (cookies)
    rewrites.set('set-cookie', (value, context, path) =>
      mapCookie(value, cookies, places, prefixOf(context.path, path, depth)),
    )
  // What is not passed on is not written anew, either.
  const { allowed, denied, set } = response
  for (const name of [...rewrites.keys()]) {
    const isSaid = set.some(([other]) => other === name)
    if (isSaid || denied.has(name) || (allowed && !allowed.has(name))) rewrites.delete(name)
  }
  return rewrites
}

/**
 * What stands before the part of a path that is passed on, as the client has written it.
 *
 * @param whole the path with what says the client
 * @param path the same without
 * @param depth how many segments of the latter are the route's own
 */
export function prefixOf(whole: string, path: string, depth: number): string {
  // `/mobile` is `/` of the client `mobile`.
  const client = whole.endsWith(path) ? whole.slice(0, whole.length - path.length) : whole
  const rest = tail(path, depth)
  const own = path.endsWith(rest) ? path.slice(0, path.length - rest.length) : path
  return (client + own).replace(/\/+$/, '')
}

/**
 * The places of a backend that is told the client's host, and so takes it for its own: by its own scheme, or by the client's, which it is
 * told as well. By another one it means to send the client there.
 */
function askedAs(places: readonly Place[], { host, proto }: Way): Place[] {
  const schemes = new Set([...places.map(({ protocol }) => protocol), proto === 'https' ? 'https:' : 'http:'])
  const bases = new Set(places.map(({ base }) => base))
  return [...schemes].flatMap((protocol) => {
    const asked = URL.parse(`${protocol}//${host}`)
    return asked ? [...bases].map((base) => ({ origin: asked.origin, protocol, hostname: asked.hostname, base })) : []
  })
}
