import type { z } from 'zod'
import type { Decode } from '../codec/codec.ts'
import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { parseHttpDate } from '../lib/http-date.ts'
import { AnswerCheck } from './answer-check.ts'
import type { Answer } from './transport.ts'

/** Bytes to the value that an operation promises; what takes several turns of the event loop comes as a promise. */
export type ReadAnswer = (answer: Answer, token: CancelToken) => unknown

/**
 * Reads answers of one operation: status, then bytes, then the declared schema.
 *
 * @throws FacetError `resource-unknown` (404), `backend-status`, `backend-malformed`, `backend-shape`; never with the
 *   backend's own words in what a client sees
 */
export function answerReader(what: string, decode: Decode, output: z.ZodType): ReadAnswer {
  const check = new AnswerCheck(what, output)
  return (answer, token) => {
    if (answer.status === 404)
      throw new FacetError('resource-unknown', { detail: `${what} answered 404`, upstream: 404 })
    if (answer.status < 200 || answer.status > 299) throw statusError(what, answer)
    const value = readBody(what, decode, answer, token)
    return value instanceof Promise ? value.then((large) => check.inSlices(large, token)) : check.whole(value)
  }
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
