import { isMistake } from '../call/optional.ts'
import { FacetError, isFacetError } from '../errors.ts'
import type { Answer } from './transport.ts'

/** What axios and whoever intercepts may give or throw, as far as it is looked at. */
interface Given {
  readonly status: unknown
  readonly headers: unknown
  readonly data: unknown
  readonly response: unknown
  readonly name: unknown
  readonly message: unknown
  readonly code: unknown
  readonly stack: unknown
  readonly cause: unknown
  readonly isAxiosError: unknown
}

/** Something to look at, also where it is null or a plain text. */
function given(value: unknown): Partial<Given> {
  return Object(value) as Partial<Given>
}

/**
 * The answer that a client gave.
 *
 * @throws FacetError `internal` where an interceptor or an adapter has made something else of it than a status and bytes,
 *   `backend-malformed` where it is larger than `maxBytes`
 */
export function answerOf(response: unknown, maxBytes: number): Answer {
  const { status, headers, data } = given(response)
  const body = bytesOf(data)
  if (typeof status !== 'number' || body === undefined)
    throw new FacetError('internal', {
      detail:
        'the client gave something other than a response with bytes: an interceptor must not replace it or its data',
    })
  if (body.length > maxBytes) throw tooLarge(maxBytes)
  const fields = fieldsOf(headers)
  const type = fields['content-type']
  return { status, contentType: typeof type === 'string' ? type : type?.[0], headers: fields, body }
}

/**
 * The answer in an error. A status that the instance does not take for a success is an error to axios, and that is left as
 * it is, since interceptors that log in once more (NTLM, tokens) wait for it; what comes out of them is an answer like any
 * other. Rejecting with the response itself is usual too.
 */
export function answerIn(error: unknown): object | undefined {
  const response = given(error).response ?? error
  const { status, data } = given(response)
  if (typeof status !== 'number' || bytesOf(data) === undefined) return undefined
  // An interceptor that throws because of what a success says is not overruled.
  const isFailure = status < 200 || status > 299
  return isFailure || given(error).message === `Request failed with status code ${status}`
    ? Object(response)
    : undefined
}

function bytesOf(data: unknown): Buffer | undefined {
  if (Buffer.isBuffer(data)) return data
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  // By its name, since jest's realm has an ArrayBuffer of its own.
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]' ? Buffer.from(data as ArrayBuffer) : undefined
}

/** An `AxiosHeaders`, whose entries are its own properties, or the plain object of somebody's adapter. */
function fieldsOf(headers: unknown): Record<string, string | string[]> {
  const fields: [string, string | string[]][] = []
  for (const [name, value] of Object.entries(Object(headers)) as [string, unknown][]) {
    if (value === undefined || value === null || value === false) continue
    fields.push([name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)])
  }
  return Object.fromEntries(fields)
}

/** Codes of axios for settings that no request can be made of. */
const UNUSABLE: ReadonlySet<unknown> = new Set([
  'ERR_BAD_OPTION',
  'ERR_BAD_OPTION_VALUE',
  'ERR_INVALID_URL',
  'ERR_NOT_SUPPORT',
])

/** Node's codes for a connection that never came about, so that nothing was sent. */
const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** What went wrong on the way or in an interceptor, in the table's words. */
export function failureOf(error: unknown, maxBytes: number): FacetError {
  if (isFacetError(error)) return error
  const { name, message, code } = given(error)
  const cause = bare(error)
  const told = cause instanceof Error ? { cause } : {}
  if (isMistake({ name: String(name) }) || UNUSABLE.has(code)) return new FacetError('internal', told)
  if (typeof code === 'string' && code.startsWith('HPE_'))
    return new FacetError('backend-malformed', { detail: 'the answer is not HTTP', ...told })
  // Node's codes for what zlib, brotli and zstd cannot read.
  if (typeof code === 'string' && /^(Z_|ERR__ERROR|ZSTD_)/.test(code))
    return new FacetError('backend-malformed', { detail: 'the answer is not coded as it says', ...told })
  // axios has no code of its own for it.
  if (/^maxContentLength size of \d+ exceeded$/.test(String(message))) return tooLarge(maxBytes)
  const detail = typeof error === 'string' ? error : String(message ?? 'the client gave no reason')
  return new FacetError('backend-unreachable', { detail, isUnsent: NO_CONNECTION.has(code), ...told })
}

function tooLarge(maxBytes: number): FacetError {
  return new FacetError('backend-malformed', { detail: `the answer is larger than ${maxBytes} bytes` })
}

/**
 * An error of axios without its `config`, `request` and `response`: those have the credentials that were sent and the
 * backend's own words, and whoever prints the error would print them.
 */
function bare(error: unknown): unknown {
  const { isAxiosError, name, message, code, stack, cause } = given(error)
  if (isAxiosError !== true) return error
  const copy = new Error(String(message), cause === undefined ? undefined : { cause: bare(cause) })
  return Object.assign(copy, { name, stack, code })
}
