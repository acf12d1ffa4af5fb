import type { Loaded } from '../entry.ts'
import { ageAt, cacheInfo, type ReceivedHead } from './response.ts'
import { forbidsStale, lifetimeOf } from './reuse.ts'
import { letsItselfBeStored } from './storable.ts'

/**
 * How long a backend lets its answer be kept, for a cache of what was made of it: without variants, since the key has all that
 * the backend was sent, and without confirmation.
 *
 * @param isAuthorized whether a client's credentials were sent along
 */
export function asSaid(
  head: ReceivedHead,
  isAuthorized: boolean,
): Pick<Loaded<unknown>, 'store' | 'fresh' | 'stale' | 'staleIfError'> {
  const info = cacheInfo(head)
  const { directives, received } = info
  if (!letsItselfBeStored(info, isAuthorized) || directives.has('no-cache')) return { store: false }
  const fresh = received + lifetimeOf(info) - ageAt(info, received)
  const [stale = 0, staleIfError = 0] = forbidsStale(directives)
    ? []
    : ['stale-while-revalidate', 'stale-if-error'].map((name) => (directives.seconds(name) ?? 0) * 1000)
  return { store: true, fresh, stale, staleIfError }
}
