import { hash } from 'node:crypto'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { CacheState, SourceRecord } from '../channels.ts'
import type { Degradation } from '../endpoint/gather.ts'
import { FacetError } from '../errors.ts'
import { matchesEtag } from '../lib/headers.ts'
import { type Coding, codedEtag } from './coding.ts'

/** What an endpoint's answer is, for one client's representation: what the reply cache keeps. */
export interface Representation {
  /**
   * The bytes, as a string of one character a byte (latin1). Node writes head and body in one go then: 18.3 µs a cached
   * reply of 2 kB, where a Buffer costs 21.4 because it makes two writes.
   */
  readonly bytes: string
  /** Strong: it changes with any byte of the body (RFC 9110, section 8.8.3). */
  readonly etag: string
  readonly partial: readonly Degradation[]
  /** The same bytes compressed, as strings for the same reason; null where that has made nothing smaller. */
  readonly encoded?: Readonly<Partial<Record<Coding, string | null>>> | undefined
}

/** What the head of an answer starts with: composed when the app starts, names and values in turn. */
export type HeaderBlock = readonly string[]

/** Text as bytes, with their entity tag. */
export function representation(text: string, partial: readonly Degradation[]): Representation {
  // Most JSON is ASCII, which is the same in latin1.
  const bytes = Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')
  return { bytes, etag: `"${hash('sha256', text, 'base64url').slice(0, 27)}"`, partial, encoded: undefined }
}

/** What of a request decides how an answer is sent. */
export interface Asked {
  readonly method: string
  readonly ifNoneMatch: string | undefined
  /** The codings that are better than none, the best one first. */
  readonly codings: readonly Coding[]
}

/**
 * Sends an answer, or 304 where the client has it (RFC 9110, section 13.1.2).
 *
 * @param headers names and values in turn; this function's own are added to them
 * @returns the status that was sent
 */
export function send(
  response: ServerResponse,
  { method, ifNoneMatch, codings }: Asked,
  status: number,
  headers: string[],
  { bytes: plain, etag: plainEtag, encoded }: Representation,
): number {
  const coding = encoded && codings.find((coding) => typeof encoded[coding] === 'string')
  const etag = coding ? codedEtag(plainEtag, coding) : plainEtag
  const isRead = method === 'GET' || method === 'HEAD'
  const known = isRead && status === 200 && ifNoneMatch !== undefined && heldBy(ifNoneMatch, etag, plainEtag, codings)
  headers.push('ETag', known || etag)
  if (known) {
    response.writeHead(304, headers as unknown as OutgoingHttpHeaders)
    response.end()
    return 304
  }
  const bytes = coding ? (encoded?.[coding] as string) : plain
  if (coding) headers.push('Content-Encoding', coding)
  if (status !== 204) headers.push('Content-Length', String(bytes.length))
  // `writeHead` takes the flat list, and then neither copies nor looks anything up; its type leaves that out.
  response.writeHead(status, headers as unknown as OutgoingHttpHeaders)
  if (method === 'HEAD' || status === 204) response.end()
  else response.end(bytes, 'latin1')
  return status
}

/**
 * The tag by which a client has the answer already: the one that it would be sent now, or another that this client can
 * read. That of a coding that it does not take is not one of them: a shared cache that asks for it may hold what was made
 * for others.
 */
function heldBy(ifNoneMatch: string, sent: string, plain: string, codings: readonly Coding[]): string | undefined {
  if (matchesEtag(ifNoneMatch, sent)) return sent
  if (codings.length === 0) return undefined
  return [plain, ...codings.map((coding) => codedEtag(plain, coding))].find((etag) => matchesEtag(ifNoneMatch, etag))
}

/** The sources that are missing from a partial reply, a List of Tokens (RFC 9651, section 3.1). */
export function facetPartial(partial: readonly Degradation[]): string {
  return partial.map(({ source, code }) => `${source};reason=${code}`).join(', ')
}

/** What a client is told instead that wants all or nothing: how the first part that is missing has failed. */
export function partialRefused([first]: readonly Degradation[], applied: string | undefined): FacetError {
  const error = new FacetError(first?.code ?? 'internal', {
    detail: 'a part is missing, and all or nothing is wanted',
    ...(applied && { headers: { 'Preference-Applied': applied } }),
  })
  error.source = first?.source
  return error
}

/**
 * How long it all took, how long each source, and what the caches said (W3C Server Timing). Milliseconds.
 *
 * @param started as `performance.now()` counts
 * @param state what the reply cache said
 */
export function serverTiming(started: number, state: CacheState | undefined, records: readonly SourceRecord[]): string {
  const described = (text: string | undefined) => (text === undefined ? '' : `;desc=${text}`)
  const total = `total;dur=${(performance.now() - started).toFixed(1)}${described(state)}`
  const sources = records
    .filter(({ outcome }) => outcome !== 'idle')
    .map(({ name, duration, outcome, cache }) => {
      return `${name};dur=${duration.toFixed(1)}${described(cache ?? (outcome === 'ok' ? undefined : outcome))}`
    })
  return [total, ...sources].join(', ')
}
