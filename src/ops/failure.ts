import { isFacetError } from '../errors.ts'

/** What went wrong: the whole chain of causes, for people with access to the log. The stack only where the fault is ours. */
export function failure(error: unknown): { error: string; source?: string; stack?: string } {
  // A set, since an error that is wrapped to bear its source's name says the same as the one in it.
  const causes = new Set<string>()
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) causes.add(at.message)
  const origin = isFacetError(error) && error.code === 'internal' ? error.cause : error
  const source = isFacetError(error) ? error.source : undefined
  const stack = origin instanceof Error && !isFacetError(origin) ? origin.stack : undefined
  return { error: [...causes].join(': '), ...(source && { source }), ...(stack && { stack }) }
}
