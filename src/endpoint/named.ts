import { FacetError, isFacetError } from '../errors.ts'

/** The error with the name of its source. An error may be shared by requests that waited for the same load, so it is copied. */
export function named(error: unknown, source: string): FacetError {
  if (!isFacetError(error)) {
    const wrapped = new FacetError('internal', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
    wrapped.source = source
    return wrapped
  }
  const copy = new FacetError(error.code, {
    detail: error.message,
    cause: error.cause ?? error,
    status: error.status,
    ...(error.fault && { fault: error.fault }),
    ...(error.upstream !== undefined && { upstream: error.upstream }),
    retryAfter: error.retryAfter,
    isUnsent: error.isUnsent,
    isHasty: error.isHasty,
    ...(error.issues && { issues: error.issues }),
    ...(error.known && { known: error.known }),
    ...(error.headers && { headers: error.headers }),
  })
  copy.source = source
  return copy
}
