import { AsyncLocalStorage } from 'node:async_hooks'
import { FacetError, isFacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { isPromise } from '../lib/promise.ts'
import type { Caller } from './call.ts'

/** For whom a team's function runs: the request, and the source where it is an input function. */
export interface Scope {
  readonly caller: Caller
  /** What ends when it fails. */
  readonly token: CancelToken
  readonly source?: string
}

const scopes = new AsyncLocalStorage<Scope>()

/**
 * Runs a team's function so that a promise which it forgets can be laid to its request. Only around such functions, and not
 * around a whole request: what pools and caches make meanwhile would keep that request alive. 0.5 µs.
 */
export function inScope<I, O>(scope: Scope, run: (input: I) => O, input: I): O {
  return scopes.run(scope, run, input)
}

/** For whom the function ran that has made the promise which was rejected just now. */
export function currentScope(): Scope | undefined {
  return scopes.getStore()
}

/**
 * Refuses what an async function gives where a value is wanted: nobody would await it, and `{}` be sent.
 *
 * @param what whose function it is, for the log
 * @throws FacetError `internal`
 */
export function synchronous<T>(what: string, value: T): T {
  if (!isPromise(value)) return value
  // Its rejection is not another failure.
  Promise.resolve(value).catch(() => {})
  throw new FacetError('internal', { detail: `${what} must not be async: what it would await is a source` })
}

/** A mistake in a team's function, with its name for the log. Failures of the table are thrown on purpose. */
export function mistake(what: string, error: unknown): unknown {
  return isFacetError(error) ? error : new FacetError('internal', { detail: `${what} failed`, cause: error })
}
