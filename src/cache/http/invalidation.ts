import type { Fields } from '../../lib/fields.ts'

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * The URIs that a response makes old (RFC 9111, section 4.4): what was asked for, and where it says that something is, as far
 * as that is the same origin's.
 *
 * @param target the absolute URI of the request
 * @returns none for a safe method, or for an error
 */
export function invalidatedBy(method: string, target: string, status: number, fields: Fields): string[] {
  if (SAFE.has(method) || status < 200 || status >= 400) return []
  const { origin } = new URL(target)
  // As it was asked for: two spellings of it are two keys.
  const invalidated = new Set([target])
  for (const name of ['location', 'content-location']) {
    const value = fields.get(name)
    if (value === undefined || !URL.canParse(value, target)) continue
    const url = new URL(value, target)
    url.hash = ''
    if (url.origin === origin) invalidated.add(url.href)
  }
  return [...invalidated]
}
