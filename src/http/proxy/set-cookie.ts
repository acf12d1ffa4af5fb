import { isIpAddress } from '../../call/balance/instance.ts'
import type { CookieTable } from '../../endpoint/proxy-head-options.ts'
import { below, belowAny, type Place } from './upstream-places.ts'

/** What stands before the paths of a route. */
export interface RoutePrefix {
  /** As its client writes it, with all that stands before the route; without a slash at its end. */
  readonly text: string
  /** Whether the route's own part of it stands in the backend's paths as well. */
  readonly isKept: boolean
}

/**
 * A `Set-Cookie` for the client of a route: a cookie of the backend's host becomes one of this host, a cookie of a path of the backend
 * one of the same path behind the route. A path that covers all that the route can ask becomes one that covers the route. Every other byte stays, also of attributes that nobody knows (RFC 6265, section 5.2).
 *
 * @param table what is replaced whatever the backend is
 * @param places where the backend is, those with the longest base first
 */
export function mapCookie(value: string, table: CookieTable, places: readonly Place[], prefix: RoutePrefix): string {
  const [cookie = '', ...attributes] = value.split(';')
  if (attributes.length === 0) return value
  // Browsers take such a cookie with `Path=/` only (RFC 6265bis, section 4.1.3.2).
  const isHosts = /^[\t ]*__host-/i.test(cookie)
  let mapped = cookie
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=')
    const name = equals < 0 ? '' : attribute.slice(0, equals).trim().toLowerCase()
    const given = attribute.slice(equals + 1).trim()
    let wanted: string | undefined = given
    if (name === 'domain') wanted = domainOf(given, table, places)
    else if (name === 'path' && !isHosts) wanted = pathOf(given, table, places, prefix)
    if (wanted === given) mapped += `;${attribute}`
    else if (wanted !== undefined) mapped += `;${attribute.slice(0, equals + 1)}${wanted}`
  }
  return mapped
}

/** Undefined for the backend's own host and what that is part of: without a domain, a cookie is for the host that has set it. */
function domainOf(given: string, { domains }: CookieTable, places: readonly Place[]): string | undefined {
  const domain = given.toLowerCase().replace(/^\./, '')
  const said = domains.get(domain)
  if (said !== undefined || domain === '') return said ?? given
  return places.some(({ hostname }) => isPart(hostname, domain)) ? undefined : given
}

/** Whether a host is a domain, or below it (RFC 6265, section 5.1.3); an address is no part of anything. */
function isPart(hostname: string, domain: string): boolean {
  return hostname === domain || (hostname.endsWith(`.${domain}`) && !isIpAddress(hostname))
}

function pathOf(given: string, { paths }: CookieTable, places: readonly Place[], prefix: RoutePrefix): string {
  // Not a path: the client takes the one that it has asked for.
  if (!given.startsWith('/')) return given
  for (const [from, to] of paths) {
    const rest = below(given, from)
    if (rest !== undefined) return joined(to, rest)
  }
  const rest = belowAny(given, places)
  const mapped = rest === undefined ? covering(given, places, prefix) : joined(prefix.text, rest)
  // Where somebody's app has mounted this one under a parameter, a client may write what would be another attribute.
  return mapped === undefined || mapped.includes(';') ? given : mapped
}

/** For a path above all that is asked of a backend. The root stays one, unless it is where the backend begins: it covers everything here. */
function covering(given: string, places: readonly Place[], { text, isKept }: RoutePrefix): string | undefined {
  const path = given.replace(/\/+$/, '')
  for (const { base, reach } of places) {
    const missing = below(reach, path)
    if (missing === undefined || (path === '' && base !== '')) continue
    // What is kept stands here segment for segment as it does there: as many are missing here.
    const levels = isKept ? Math.min(slashes(missing), slashes(reach.slice(base.length))) : 0
    const segments = text.split('/')
    return segments.slice(0, segments.length - levels).join('/') || '/'
  }
  return undefined
}

function slashes(text: string): number {
  return text.split('/').length - 1
}

/** The root of one is the root of the other: `/legacy/` would not cover `/legacy`. */
function joined(prefix: string, rest: string): string {
  return prefix + (rest === '/' ? '' : rest) || '/'
}
