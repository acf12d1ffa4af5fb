import type { IncomingMessage } from 'node:http'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
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
 * @param trusted which proxies in front of this server are believed
 */
export function rewritesOf(
  { depth, heads, path: { prefix } }: Pick<ProxyRoute, 'depth' | 'heads' | 'path'>,
  places: readonly Place[],
  trusted: TrustedProxies,
): ReadonlyMap<string, Rewrite> {
  const rewrites = new Map<string, Rewrite>()
  const { location, cookies, keepsHost, response } = heads
  const locate: Rewrite = (value, context, path) => {
    const known = keepsHost ? [...places, ...askedAs(places, wayOf(context, trusted))] : places
    return mapLocation(value, known, publicPrefix(context, path, depth))
  }
  if (location) rewrites.set('location', locate).set('content-location', locate)
  if (cookies)
    rewrites.set('set-cookie', (value, context, path) =>
      mapCookie(value, cookies, places, { text: publicPrefix(context, path, depth), isKept: prefix === undefined }),
    )
  // What is not passed on is not written anew, either.
  const { allowed, denied, set } = response
  for (const name of [...rewrites.keys()]) {
    const isSaid = set.some(([other]) => other === name)
    if (isSaid || denied.has(name) || (allowed && !allowed.has(name))) rewrites.delete(name)
  }
  return rewrites
}

function publicPrefix({ request, path: whole }: RequestContext, path: string, depth: number): string {
  return mountOf(request) + prefixOf(whole, path, depth)
}

/**
 * Where somebody's app has mounted this one: Express says it, and takes it off the URL. For what comes past Express, as upgrades do, it is
 * what has been taken off since `originalUrl`, if anybody has noted that.
 */
function mountOf(request: IncomingMessage): string {
  const { baseUrl, originalUrl, url = '' } = request as IncomingMessage & Mounted
  if (typeof baseUrl === 'string' && baseUrl !== '') return baseUrl
  if (typeof originalUrl !== 'string' || !originalUrl.startsWith('/') || !originalUrl.endsWith(url)) return ''
  return originalUrl.slice(0, originalUrl.length - url.length)
}

/** What Express adds to a request. */
interface Mounted {
  readonly baseUrl?: unknown
  readonly originalUrl?: unknown
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
  const paths = new Map(places.map(({ base, reach }) => [base, reach]))
  return [...schemes].flatMap((protocol) => {
    const asked = URL.parse(`${protocol}//${host}`)
    if (!asked) return []
    const { origin, hostname } = asked
    return [...paths].map(([base, reach]) => ({ origin, protocol, hostname, base, reach }))
  })
}
