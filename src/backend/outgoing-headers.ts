import type { CallContext, Runtime } from '../call/call.ts'
import { FacetError } from '../errors.ts'
import { isFieldValue } from '../lib/headers.ts'
import type { Backend } from './backend.ts'

/**
 * The headers that every call of a backend sends, names and values in turn.
 *
 * @throws FacetError `internal` for a value of the environment that no header can carry; the value is not told
 */
export function commonHeaders(backend: Backend, runtime: Runtime): readonly string[] {
  const common = backend.headers.flatMap(([name, value]) => [name, runtime.resolve(value)])
  if (common.some((text) => !isFieldValue(text)))
    throw new FacetError('internal', { detail: `backend '${backend.name}': a header's value cannot be sent` })
  return common
}

/**
 * Adds to a call's own headers what its backend is sent besides: the common ones, those of the client's request that are
 * sent on, the request's id, and the time that is left where it is told. A value of the client's that no header can carry is left out.
 *
 * @param headers names and values in turn; added to
 * @param common as `commonHeaders` gives them
 * @param timeout of this attempt, in milliseconds
 */
export function addBackendHeaders(
  headers: string[],
  common: readonly string[],
  { forward, budgetHeader }: Pick<Backend, 'forward' | 'budgetHeader'>,
  context: CallContext,
  timeout: number,
): void {
  for (const text of common) headers.push(text)
  for (const name of forward) {
    const value = context.caller.header(name)
    if (value !== undefined && isFieldValue(value)) headers.push(name, value)
  }
  if (!(context.isShared && context.caller.isIdGiven)) headers.push('x-request-id', context.caller.requestId)
  if (budgetHeader !== undefined) {
    const left = Math.min(timeout, context.deadline - performance.now())
    headers.push(budgetHeader, String(Math.max(0, Math.floor(left))))
  }
}
