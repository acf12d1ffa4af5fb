import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { stringify } from '../codec/json.ts'
import { escapeText } from '../codec/xml/escape.ts'
import type { Format } from '../endpoint/client.ts'
import { ERRORS, FacetError, isFacetError } from '../errors.ts'

/** Where the pages that explain each code are (http/shell.ts). */
export const PROBLEMS = '/problems/'

/** What a client is told of a failure (RFC 9457): the table's words, never a backend's, never a stack. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly requestId: string
  /** The endpoint's source that failed. */
  readonly source?: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
  readonly known?: readonly string[]
}

/** Anything thrown, as one of the table's failures; what is not from the table is masked. */
export function asFacetError(error: unknown): FacetError {
  return isFacetError(error) ? error : new FacetError('internal', { cause: error })
}

export function problemOf(error: FacetError, status: number, requestId: string): Problem {
  return {
    type: PROBLEMS + error.code,
    title: ERRORS[error.code].title,
    status,
    code: error.code,
    requestId,
    ...(error.source !== undefined && { source: error.source }),
    ...(error.issues && { issues: error.issues }),
    ...(error.known && { known: error.known }),
  }
}

/** A problem as a document: `application/problem+json`, or the XML format of RFC 9457, appendix B. */
export function writeProblem(
  problem: Problem,
  format: Format,
): { readonly text: string; readonly contentType: string } {
  if (format === 'json') return { text: stringify(problem), contentType: 'application/problem+json' }
  const list = (name: string, items: readonly unknown[]) =>
    `<${name}>${items.map((item) => `<i>${content(item)}</i>`).join('')}</${name}>`
  const content = (value: unknown): string =>
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, item]) => (Array.isArray(item) ? list(name, item) : `<${name}>${content(item)}</${name}>`))
          .join('')
      : escapeText(String(value).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?'))
  return {
    text: `<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">${content(problem)}</problem>`,
    contentType: 'application/problem+xml; charset=utf-8',
  }
}

/** Sends a failure. Nothing is kept of it: a problem is `no-store`. */
export function sendProblem(
  response: ServerResponse,
  error: FacetError,
  status: number,
  requestId: string,
  format: Format,
  method: string,
): void {
  const { text, contentType } = writeProblem(problemOf(error, status, requestId), format)
  const headers = [
    ['Content-Type', contentType],
    ['Content-Length', String(Buffer.byteLength(text))],
    ['Cache-Control', 'no-store'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Request-Id', requestId],
    ...Object.entries(error.headers ?? {}),
  ].flat()
  response.writeHead(status, headers as unknown as OutgoingHttpHeaders)
  response.end(method === 'HEAD' ? undefined : text)
}
