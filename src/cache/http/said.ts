import { Fields } from '../../lib/fields.ts'
import type { Loaded } from '../entry.ts'
import { ageAt, cacheInfo, type ReceivedHead } from './response.ts'
import { forbidsStale, lifetimeOf } from './reuse.ts'
import { letsItselfBeStored } from './storable.ts'
import { confirms, updated, validating } from './validation.ts'

/**
 * How long a backend lets its answer be kept, for a cache of what was made of it: without variants, since the key has all that
 * the backend was sent.
 *
 * @param isAuthorized whether a client's credentials were sent along
 */
export function asSaid(
  head: ReceivedHead,
  isAuthorized: boolean,
): Pick<Loaded<unknown>, 'store' | 'fresh' | 'stale' | 'staleIfError' | 'head'> {
  const info = cacheInfo(head)
  const { directives, received, fields } = info
  if (!letsItselfBeStored(info, isAuthorized)) return { store: false }
  const confirmable = validating(Fields.NONE, fields) && fields.only(SAYS).raw
  if (directives.has('no-cache') && !confirmable) return { store: false }
  const lifetime = directives.has('no-cache') ? 0 : lifetimeOf(info)
  const fresh = received + lifetime - ageAt(info, received)
  const [stale = 0, staleIfError = 0] =
    forbidsStale(directives) || directives.has('no-cache')
      ? []
      : ['stale-while-revalidate', 'stale-if-error'].map((name) => (directives.seconds(name) ?? 0) * 1000)
  return { store: true, fresh, stale, staleIfError, head: confirmable }
}

/** The fields that say how long an answer may be kept, and by what it can be confirmed. */
const SAYS: ReadonlySet<string> = new Set([
  ...['age', 'cache-control', 'cdn-cache-control', 'date', 'etag', 'expires', 'last-modified', 'pragma', 'vary'],
  ...['cache-tag', 'surrogate-control', 'surrogate-key'],
])

/** The fields by which a backend is asked whether an answer still holds, names and values in turn (RFC 9111, section 4.3.1). */
export function conditionsFor(head: readonly string[] | undefined): readonly string[] | undefined {
  return head && validating(Fields.NONE, new Fields(head))?.raw
}

/**
 * The head of an answer that its backend has confirmed (section 4.3.4).
 *
 * @returns undefined where the confirmation is of something else
 */
export function confirmed(head: readonly string[], confirmation: ReceivedHead): ReceivedHead | undefined {
  const stored = new Fields(head)
  if (!confirms(confirmation.fields, stored)) return undefined
  return { ...confirmation, status: 200, fields: updated(stored, confirmation.fields) }
}
