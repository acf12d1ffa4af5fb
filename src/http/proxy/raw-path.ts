import { FacetError } from '../../errors.ts'

/** What a path may have that has to be looked at; nearly none has any. */
const NOT_PLAIN = /[\x00-\x1f%\x7f]/

/**
 * Control characters, half escapes, and characters in more bytes of UTF-8 than they take (RFC 3629, section 3), which some servers decode
 * to `/` or a dot all the same. No text in UTF-8 has the byte 255 either, and some programs take it for the end of their input.
 */
const REFUSED = /[\x00-\x1f\x7f]|%(?![\da-f]{2})|%[01]|%7f|%c[01]%[89ab]|%e0%[89]|%f0%8|%f8%8[0-7]|%fc%8[0-3]|%ff/i

/**
 * Refuses what no backend should have to read. Any other escape is the backend's to decode: older ones have paths in Latin-1. Dot
 * segments have been refused for all routes (http/check-message.ts).
 *
 * @param path as it came
 * @throws FacetError `input-invalid`
 */
export function checkRawPath(path: string): void {
  if (NOT_PLAIN.test(path) && REFUSED.test(path))
    throw new FacetError('input-invalid', { issues: [{ path: 'path', message: 'cannot be part of a path' }] })
}
