import type { z } from 'zod'
import type { Decode } from '../codec/codec.ts'
import { type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { parseHttpDate } from '../lib/http-date.ts'
import { AnswerCheck } from './answer-check.ts'
import type { Answer } from './transport.ts'

/** Bytes to the value that an operation promises; what takes several turns of the event loop comes as a promise. */
export type ReadAnswer = (answer: Answer, token: CancelToken) => unknown

/** What a refusal of the backend is for the client: a status from 400 to 499, by which it is known. */
export type Refusals = Readonly<Record<number, Refusal>>

/** What stands in the client's problem. */
export interface Refusal {
  /** The code, `backend-refused` if not said. */
  readonly as?: ErrorCode
  /** The status, the backend's own if not said. */
  readonly status?: number
}

/**
 * Reads answers of one operation: status, then bytes, then the declared schema.
 *
 * @param refusals the statuses that are not the backend's failure but its word, and reach the client
 * @throws FacetError `resource-unknown` (404), `backend-status`, `backend-malformed`, `backend-shape`; never with the
 *   backend's own words in what a client sees
 */
export function answerReader(what: string, decode: Decode, output: z.ZodType, refusals: Refusals = {}): ReadAnswer {
  const check = new AnswerCheck(what, output)
  return (answer, token) => {
    const refusal = refusals[answer.status]
    if (refusal) throw refusedBy(what, answer.status, refusal)
    if (answer.status === 404)
      throw new FacetError('resource-unknown', { detail: `${what} answered 404`, upstream: 404 })
    if (answer.status < 200 || answer.status > 299) throw statusError(what, answer)
    const value = readBody(what, decode, answer, token)
    return value instanceof Promise ? value.then((large) => check.inSlices(large, token)) : check.whole(value)
  }
}

function refusedBy(what: string, upstream: number, { as = 'backend-refused', status = upstream }: Refusal): FacetError {
  return new FacetError(as, { detail: `${what} answered ${upstream}`, upstream, status })
}

export function statusError(what: string, { status, headers = {} }: Pick<Answer, 'status' | 'headers'>): FacetError {
  const retryAfter = waitOf(headers['retry-after'])
  return new FacetError('backend-status', { detail: `${what} answered ${status}`, upstream: status, retryAfter })
}

/** What Retry-After says, as milliseconds from now: seconds, or a date (RFC 9110, section 10.2.3). */
function waitOf(said: string | readonly string[] | undefined): number | undefined {
  const text = typeof said === 'string' ? said.trim() : undefined
  if (!text) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = parseHttpDate(text)
  return date === undefined ? undefined : Math.max(0, date - Date.now())
}

/** A login or error page that arrives with status 200 is no answer, whatever its text could be read as. */
export function readBody(what: string, decode: Decode, { body, contentType }: Answer, token?: CancelToken): unknown {
  if (contentType !== undefined && /^\s*text\/html\b/i.test(contentType)) {
    throw new FacetError('backend-malformed', { detail: `${what} answered with an HTML page` })
  }
  return decode(body, contentType, token)
}
