import { errors } from 'undici'
import { FacetError, isFacetError } from '../errors.ts'

/** What went wrong on the way to a backend, in the table's words. @param error as undici gives it */
export function failureOf(error: unknown): FacetError {
  if (isFacetError(error)) return error
  if (error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError)
    return new FacetError('internal', { cause: error })
  // What undici takes for impossible, before anything is sent, says nothing of the backend either.
  if (isMistake(error)) return new FacetError('internal', { cause: error })
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return new FacetError('backend-timeout', { cause: error })
  if (
    error instanceof errors.HTTPParserError ||
    isBadAnswer(error) ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError
  )
    return new FacetError('backend-malformed', { detail: 'the answer is not HTTP', cause: error })
  // By its form: TLS has errors of a realm of its own where tests run.
  const { message } = error as { readonly message?: unknown }
  const detail = typeof message === 'string' ? message : 'the connection gave no reason'
  return new FacetError('backend-unreachable', { detail, cause: error })
}

/** A mistake of a program and no failure of a connection. By its form, as they have realms of their own where tests run. */
function isMistake(error: unknown): boolean {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
  return code === 'ERR_ASSERTION' || name === 'TypeError' || name === 'RangeError'
}

/** An answer that nobody has asked for: a second one, a 100, a change of the protocol. undici tells it by its message alone. */
function isBadAnswer(error: unknown): boolean {
  return error instanceof errors.SocketError && /^bad (response|upgrade)$/.test(error.message)
}
