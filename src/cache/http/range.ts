import type { Fields } from '../../lib/fields.ts'
import { parseHttpDate } from '../../lib/http-date.ts'

/** The first and the last byte of a part of a representation, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * The part that a request asks for (RFC 9110, section 14.1.2).
 *
 * @param size of the whole, in bytes
 * @returns undefined where all of it is to be sent: several parts, another unit, or a mistake; 'none' where there is no such part
 */
export function rangeOf(request: Fields, size: number): ByteRange | 'none' | undefined {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec((request.get('range') ?? '').trim())
  if (!match) return undefined
  const [, from, to, suffix] = match
  if (from === undefined) {
    const length = Math.min(Number(suffix), size)
    return length === 0 ? 'none' : { first: size - length, last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' || to === undefined ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < first) return undefined
  return first >= size ? 'none' : { first, last }
}

/** Whether a part is wanted of this very response (section 13.1.5): by its strong entity tag, or by the exact date. */
export function isRangeWanted(request: Fields, stored: Fields): boolean {
  const condition = request.get('if-range')
  if (condition === undefined) return true
  if (condition.startsWith('"')) return condition === stored.get('etag')
  const since = parseHttpDate(condition)
  return since !== undefined && since === parseHttpDate(stored.get('last-modified') ?? '')
}
