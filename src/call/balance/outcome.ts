import { isFacetError } from '../../errors.ts'

/** What an attempt tells of the instance that it went to; `unknown` where it was given up before it could tell anything. */
export type Outcome = 'success' | 'failure' | 'unknown'

/** What an answer's status tells: an instance that refuses a request (400 to 499) works. */
export function outcomeOfStatus(status: number): Outcome {
  return status >= 500 ? 'failure' : 'success'
}

/**
 * What an error tells. A request that was given up, or had hardly any time left, says nothing of the instance; a Fault or an
 * answer of another shape does: it was there to say it.
 */
export function outcomeOfError(error: unknown): Outcome {
  if (!isFacetError(error)) return 'unknown'
  switch (error.code) {
    case 'backend-unreachable':
    case 'backend-timeout':
    case 'backend-malformed':
      return 'failure'
    case 'backend-status':
      return outcomeOfStatus(error.upstream ?? 500)
    case 'backend-fault':
    case 'backend-shape':
      return 'success'
    default:
      return 'unknown'
  }
}
