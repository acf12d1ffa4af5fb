/** A field value that can be sent: visible ASCII, spaces and tabs, obs-text; no CR, LF or NUL (RFC 9110, section 5.5). */
export function isFieldValue(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value)
}

/** A token (RFC 9110, section 5.6.2): the form of field names and methods. */
export function isToken(value: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value)
}

/** A String of structured fields (RFC 9651, section 3.3.3), quoted; characters that it cannot carry become `?`. */
export function quoted(value: string): string {
  return `"${value.replace(/[^\x20-\x7e]/g, '?').replace(/[\\"]/g, '\\$&')}"`
}

/** Whether a field's list of entity tags names this one; weak comparison, as `If-None-Match` wants (RFC 9110, section 13.1.2). */
export function matchesEtag(header: string, etag: string): boolean {
  if (header === etag || header === '*') return true
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag
  for (const [tag] of header.matchAll(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g)) {
    if ((tag.startsWith('W/') ? tag.slice(2) : tag) === opaque) return true
  }
  return false
}

/** The names in a comma-separated field such as `Connection`, in lower case. */
export function listed(header: string | undefined): string[] {
  return header === undefined
    ? []
    : header
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
}

/**
 * A field's value in a flat list of names and values, as node's `rawHeaders` is; null where the name stands there more than
 * once, since each field has its own way of joining. For the few fields that a request is asked for this is cheaper than
 * node's `headers`, which makes an object of them all.
 *
 * @param name in lower case
 */
export function rawField(raw: readonly string[], name: string): string | null | undefined {
  let found: string | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const candidate = raw[i] as string
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue
    if (found !== undefined) return null
    found = raw[i + 1]
  }
  return found
}

/**
 * Fields that name a request and not whoever sends it (W3C Trace Context): no answer may depend on them, so they are part
 * of no key; keyed by them, no two requests would ever share an answer.
 */
export const TRACE_FIELDS: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'x-request-id'])
