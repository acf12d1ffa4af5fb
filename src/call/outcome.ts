import { type ErrorCode, type FacetError, isFacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'

/**
 * What a call says of its backend: that it works, that it does not, or nothing (`ignored`), as when the client has left before
 * there was an answer, or the mistake is in the program.
 */
export type Outcome = 'success' | 'failure' | 'ignored'

/** Which failures are the backend's. @param ms how long the attempt has run, in milliseconds */
export type IsFailure = (error: unknown, ms: number) => boolean

/** How long a backend must have been silent for a request's own deadline to be held against it. Milliseconds. */
const SILENCE = 1_000

/** Server errors that say what the backend cannot do, and not that it is unwell (RFC 9110, sections 15.6.2 and 15.6.6). */
const INABILITY: ReadonlySet<number> = new Set([501, 505])

/** Statuses that say 'too much' (RFC 6585, section 4; RFC 9110, section 15.6.4). */
const TOO_MUCH: ReadonlySet<number> = new Set([429, 503])

/** Codes that stand for an answer, whatever is to be thought of it. */
const ANSWERED: ReadonlySet<ErrorCode> = new Set([
  'backend-status',
  'backend-fault',
  'backend-shape',
  'backend-malformed',
  'resource-unknown',
])

/**
 * Whether the backend was waited for in vain: by the attempt's timeout, or by the request's deadline after a second and more.
 * An attempt that began with little time left says nothing, nor does a client that has little itself; but where endpoints have shorter deadlines than their backends have
 * timeouts, no call of a backend that hangs would ever end otherwise.
 */
function isSilent(error: unknown, ms: number): boolean {
  if (!isFacetError(error)) return false
  return error.code === 'backend-timeout' || (error.code === 'deadline' && ms >= SILENCE && !error.isHasty)
}

/**
 * What counts as a backend's failure if nobody says otherwise: it could not be reached, did not answer in time, sent what cannot be
 * read, or answered with 500 and above, but for 501 and 505. No 4xx, which judge the request (429 neither: who asks less is
 * answered), no SOAP Fault and no answer of another shape: these are answers of a backend that works.
 */
export const isFailure: IsFailure = (error, ms) => {
  if (!isFacetError(error)) return false
  if (error.code === 'backend-unreachable' || error.code === 'backend-malformed' || isSilent(error, ms)) return true
  return error.code === 'backend-status' && isFailingStatus(error.upstream ?? 0)
}

/** The same by a status alone, for answers that are passed on as they are. */
export function isFailingStatus(status: number): boolean {
  return status >= 500 && !INABILITY.has(status)
}

/** A refusal that has a code of its own (`refusals` of an operation) has the backend's status still, or its fault. */
function isAnswer({ code, upstream, fault }: FacetError): boolean {
  return ANSWERED.has(code) || upstream !== undefined || fault !== undefined
}

/** What a call that failed says of its backend. @param ms how long the attempt has run, in milliseconds */
export function outcomeOf(error: unknown, ms: number, isFailing: IsFailure = isFailure): Outcome {
  // Only a plain yes is one: the promise of an async function is not.
  if (isFailing(error, ms) === true) return 'failure'
  return isFacetError(error) && isAnswer(error) ? 'success' : 'ignored'
}

/**
 * Whether an attempt was given up for a reason that says nothing of its backend. Silence does say something: a load that several wait
 * for has no deadline of its own, and is cancelled with that of the last who waited; and so is what is given little time (`after`).
 */
export function wasGivenUp({ aborted, reason }: CancelToken, ms: number): boolean {
  return aborted && !(isFacetError(reason) && isSilent(reason, ms) && ms >= SILENCE)
}

/** What an attempt that failed says of its backend, or nothing where it was given up. @param ms how long it has run, in milliseconds */
export function outcomeIn(
  { token }: { readonly token: CancelToken },
  error: unknown,
  ms: number,
  isFailing?: IsFailure,
): Outcome {
  return wasGivenUp(token, ms) ? 'ignored' : outcomeOf(error, ms, isFailing)
}

/** Statuses that say 'later' and not 'no'. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Whether a failure is the backend's no to this request: it knows no such thing, or not for this caller. What it said before must not
 * stand in for that.
 */
export function isRefusal(error: unknown): boolean {
  if (!isFacetError(error)) return false
  const { code, upstream = 0 } = error
  return (
    code === 'backend-refused' ||
    code === 'resource-unknown' ||
    (upstream >= 400 && upstream < 500 && !LATER.has(upstream))
  )
}

/** Whether a failure says that the backend has more to do than it can: it was silent, said 429 or 503, or its places were all taken. */
export function isOverload(error: unknown, ms: number): boolean {
  if (isSilent(error, ms)) return true
  return isFacetError(error) && (error.code === 'backend-busy' || TOO_MUCH.has(error.upstream ?? 0))
}

/** Whether a failure is the backend's word on the request, so that another attempt would hear the same. */
export function isFinal(error: unknown): boolean {
  return isFacetError(error) && error.upstream !== 429 && outcomeOf(error, 0) === 'success'
}
