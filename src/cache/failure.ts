import { FacetError, isFacetError } from '../errors.ts'
import type { KeptFailure } from './store.ts'

/** What is kept of a failure that says that something is not there; undefined for any other one. */
export function keptFailure(error: unknown): KeptFailure | undefined {
  if (!isFacetError(error) || error.status !== 404) return undefined
  const { code, status, upstream, fault, source } = error
  return { code, status, upstream, fault, source }
}

/** The failure again, for whoever asks while it is kept. */
export function failureAgain({ code, status, upstream, fault, source }: KeptFailure): FacetError {
  const error = new FacetError(code, {
    detail: `${code}, as it was answered before`,
    status,
    ...(upstream === undefined ? {} : { upstream }),
    ...(fault === undefined ? {} : { fault }),
  })
  error.source = source
  return error
}

/**
 * Whether an old value may stand in for a failure: one of those that a backend, the network or the load is to blame for, and
 * that may be over the next time (RFC 5861, section 4). What a backend refuses, it refuses.
 */
export function isOutage(error: unknown): boolean {
  if (!isFacetError(error) || error.code === 'internal') return false
  return error.status >= 500 && !(error.upstream !== undefined && error.upstream < 500) && error.fault === undefined
}
