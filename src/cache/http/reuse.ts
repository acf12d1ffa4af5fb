import type { CacheControl } from '../../lib/cache-control.ts'
import { ageAt, type CacheInfo } from './response.ts'

/**
 * What may be done with a stored response: sent as it is, sent while a new one is fetched (RFC 5861), or sent only when the
 * origin has confirmed it.
 */
export type Reuse = 'fresh' | 'stale' | 'validate'

/** How long a response is fresh, said, settled or guessed. Milliseconds. */
export function lifetimeOf({ lifetime, heuristicLifetime }: CacheInfo): number {
  return lifetime ?? heuristicLifetime
}

/**
 * How a stored response may be used now (RFC 9111, section 4.2).
 *
 * @param asked the directives of the request, where they count on this route
 */
export function reuseOf(info: CacheInfo, now: number, asked: CacheControl): Reuse {
  const { directives } = info
  if (directives.has('no-cache') || asked.has('no-cache')) return 'validate'
  const age = ageAt(info, now)
  if (age > seconds(asked, 'max-age', Number.POSITIVE_INFINITY)) return 'validate'
  const left = lifetimeOf(info) - age
  if (left > seconds(asked, 'min-fresh', 0)) return 'fresh'
  // Fresh, but not for as long as was asked.
  if (left > 0) return 'validate'
  if (asked.has('max-stale') && !forbidsStale(directives) && !directives.has('s-maxage')) {
    if (asked.value('max-stale') === '' || -left <= seconds(asked, 'max-stale', 0)) return 'fresh'
  }
  return !asked.has('min-fresh') && -left < info.stale && !forbidsStale(directives) ? 'stale' : 'validate'
}

/** A directive's time in milliseconds. */
function seconds(directives: CacheControl, name: string, otherwise: number): number {
  const said = directives.seconds(name)
  return said === undefined ? otherwise : said * 1000
}

/** Whether the response says that it must never be sent stale, whatever else is said (section 5.2.2). */
export function forbidsStale(directives: CacheControl): boolean {
  return directives.has('must-revalidate') || directives.has('proxy-revalidate') || directives.has('no-cache')
}

/**
 * Whether it may be sent although the origin cannot be reached (section 4.2.4); `s-maxage` says what `proxy-revalidate` does
 * (section 5.2.2.10).
 */
export function mayBeStale(info: CacheInfo, now: number): boolean {
  const { directives, unreachable } = info
  if (forbidsStale(directives) || directives.has('s-maxage')) return false
  return ageAt(info, now) - lifetimeOf(info) <= unreachable
}

/** Whether it may be sent in the place of an error (RFC 5861, section 4). */
export function mayCoverError(info: CacheInfo, now: number, asked: CacheControl): boolean {
  if (forbidsStale(info.directives)) return false
  const stale = ageAt(info, now) - lifetimeOf(info)
  return stale <= Math.max(info.staleIfError ?? -1, seconds(asked, 'stale-if-error', -1))
}
