import type { CacheControl } from '../../lib/cache-control.ts'
import type { HttpRequest } from './messages.ts'
import { isPersonal } from './request.ts'
import { type CacheInfo, isHeuristic } from './response.ts'
import { varyOf } from './vary.ts'

/** Final statuses whose rules this cache follows (RFC 9111, section 3): parts of a representation are not put together here. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  ...[200, 203, 204, 300, 301, 302, 303, 307, 308],
  ...[
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 424, 425, 426,
  ],
  ...[428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 511],
])

/**
 * Whether a shared cache may keep the response to a request (RFC 9111, section 3).
 *
 * @param asked the directives of the request, where they count on this route
 */
export function isStorable(
  { method, fields }: Pick<HttpRequest, 'method' | 'fields'>,
  asked: CacheControl,
  info: CacheInfo,
): boolean {
  return method === 'GET' && !asked.has('no-store') && letsItselfBeStored(info, isPersonal(fields))
}

/** Whether a response lets itself be kept. @param isAuthorized whether a client's credentials went along with the request */
export function letsItselfBeStored(
  { status, directives, fields, lifetime }: CacheInfo,
  isAuthorized: boolean,
): boolean {
  if (status < 200 || status === 206 || status === 304) return false
  const isKnown = UNDERSTOOD.has(status)
  if (directives.has('must-understand')) {
    // Where the status is understood, no-store is there for caches that do not know must-understand (section 5.2.2.3).
    if (!isKnown) return false
  } else if (directives.has('no-store')) return false
  if (directives.has('private')) return false
  if (isAuthorized && !allowsAuthorized(directives)) return false
  if (varyOf(fields) === undefined) return false
  if (lifetime !== undefined || directives.has('public')) return true
  return isHeuristic(status)
}

/** What allows a response to a request with credentials to be shared (section 3.5). */
export function allowsAuthorized(directives: CacheControl): boolean {
  return directives.has('public') || directives.has('s-maxage') || directives.has('must-revalidate')
}
