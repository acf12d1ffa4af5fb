import { Fields } from '../../lib/fields.ts'
import { matchesEtag } from '../../lib/headers.ts'
import { parseHttpDate } from '../../lib/http-date.ts'

/** Conditions of a request that a cache can decide itself (RFC 9111, section 4.3.2). */
const CONDITIONS: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since'])

/** What a client's copy would have to have for the stored response to be no news to it. */
export function isNotModified(request: Fields, stored: Fields): boolean {
  const tags = request.get('if-none-match')
  // A client that sends both means the first one (RFC 9110, section 13.1.3).
  if (tags !== undefined)
    return matchesEtag(tags, stored.get('etag') ?? '') && (stored.has('etag') || tags.trim() === '*')
  const since = parseHttpDate(request.get('if-modified-since') ?? '')
  if (since === undefined) return false
  const changed = parseHttpDate(stored.get('last-modified') ?? stored.get('date') ?? '')
  return changed !== undefined && changed <= since
}

/**
 * A request by which the origin can confirm a stored response (section 4.3.1): the stored response's validators in the place of
 * the client's own.
 *
 * @returns undefined for a response without validators
 */
export function validating(request: Fields, stored: Fields): Fields | undefined {
  const etag = stored.get('etag')
  const changed = stored.get('last-modified')
  if (etag === undefined && changed === undefined) return undefined
  return new Fields([
    ...request.without(CONDITIONS).raw,
    ...(etag === undefined ? [] : ['If-None-Match', etag]),
    ...(changed === undefined ? [] : ['If-Modified-Since', changed]),
  ])
}

/** Whether a 304 is about a stored response (section 4.3.4): by the strong validator, by the weak one, or where it names none. */
export function confirms(confirmation: Fields, stored: Fields): boolean {
  const tag = confirmation.get('etag')
  if (tag !== undefined) return matchesEtag(tag, stored.get('etag') ?? '')
  const changed = confirmation.get('last-modified')
  return changed === undefined || changed === stored.get('last-modified')
}

/** What the stored bytes depend on, which a confirmation has not seen (section 3.2). */
const OF_THE_BYTES: ReadonlySet<string> = new Set([
  ...['content-digest', 'content-encoding', 'content-length', 'content-md5', 'content-range', 'transfer-encoding'],
])

/** The fields of a stored response that has been confirmed (section 3.2). */
export function updated(stored: Fields, confirmation: Fields): Fields {
  return stored.with(confirmation.without(OF_THE_BYTES))
}
