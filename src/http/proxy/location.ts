import { hasDotSegments } from '../../lib/path.ts'
import { belowAny, type Place } from './upstream-places.ts'

/** Scheme and authority, path, and what follows it (RFC 3986, appendix B). */
const REFERENCE = /^(?:([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*))?([^?#]*)(.*)$/is

/**
 * A `Location` or `Content-Location` as the client can follow it: where it points at what the route can ask the backend, it is
 * made to point at that behind the route; all else is left as it is, since any path here would be another thing. What it becomes is always a path of this server, with its query and fragment
 * byte for byte.
 *
 * @param places where the backend is, those with the longest base first
 * @param prefix of the route, with what says the client; without a slash at its end
 */
export function mapLocation(value: string, places: readonly Place[], prefix: string): string {
  // Readers differ in what these mean: `\` is a slash to some, tabs and a blank at the end are left out.
  if (/[\\\x00-\x1f\x7f]| $/.test(value)) return value
  const [, scheme, authority, path = '', tail = ''] = REFERENCE.exec(value) as RegExpExecArray
  const at = authority === undefined ? places : places.filter((place) => isAt(place, scheme, authority))
  if (at.length === 0) return value
  const plain = resolved(path === '' && authority !== undefined ? '/' : path)
  const rest = plain === undefined ? undefined : belowAny(plain, at)
  if (rest === undefined) return value
  const mapped = prefix + rest
  // Two slashes would begin another authority (RFC 3986, section 4.2), and browsers take `\` for one.
  return /^\/[/\\]/.test(mapped) ? value : `${mapped === '' ? '/' : mapped}${tail}`
}

/** Whether an authority is a place's: whatever its case, and with its default port said or not. */
function isAt({ origin, protocol }: Place, scheme: string | undefined, authority: string): boolean {
  return !/[@ ]/.test(authority) && URL.parse(`${scheme ?? protocol}//${authority}`)?.origin === origin
}

/** A path from the root, without dot segments; undefined for others, and where only some would resolve the dots. */
function resolved(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined
  if (!hasDotSegments(path)) return path
  const plain = URL.parse(`http://host${path}`)?.pathname
  return plain === undefined || hasDotSegments(plain) ? undefined : plain
}
