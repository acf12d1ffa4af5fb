import { isIpAddress } from '../../call/balance/instance.ts'
import type { CookieTable } from '../../endpoint/proxy-head-options.ts'
import { below, belowAny, type Place } from './upstream-places.ts'

/**
 * A `Set-Cookie` for the client of a route: a cookie of the backend's host becomes one of this host, a cookie of a path of the backend
 * one of the same path behind the route. Every other byte stays, also of attributes that nobody knows (RFC 6265, section 5.2).
 *
 * @param table what is replaced whatever the backend is
 * @param places where the backend is, those with the longest base first
 * @param prefix of the route, with what says the client; without a slash at its end
 */
export function mapCookie(value: string, table: CookieTable, places: readonly Place[], prefix: string): string {
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

function pathOf(given: string, { paths }: CookieTable, places: readonly Place[], prefix: string): string {
  // Not a path: the client takes the one that it has asked for.
  if (!given.startsWith('/')) return given
  for (const [from, to] of paths) {
    const rest = below(given, from)
    if (rest !== undefined) return joined(to, rest)
  }
  const rest = belowAny(given, places)
  return rest === undefined ? given : joined(prefix, rest)
}

/** The root of one is the root of the other: `/legacy/` would not cover `/legacy`. */
function joined(prefix: string, rest: string): string {
  return prefix + (rest === '/' ? '' : rest) || '/'
}
