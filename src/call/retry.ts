import { isFacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { Policy } from './call.ts'
import type { RetryBudget } from './retry-budget.ts'
import { sleep } from './wait.ts'

/** The first pause before a retry and the longest, in milliseconds. */
const BASE = 50
const LONGEST = 1_000
/** A backend that wants to be left alone for longer is not asked again: whoever waits is better told now. Milliseconds. */
const MOST_PATIENT = 10_000

/** Statuses that say 'not now' rather than 'no' (RFC 9110, section 15; RFC 6585, section 4). */
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Whether asking again may help. */
function isTransient(error: unknown): boolean {
  if (!isFacetError(error)) return false
  if (error.code === 'backend-unreachable' || error.code === 'backend-timeout') return true
  return error.code === 'backend-status' && error.upstream !== undefined && TRANSIENT.has(error.upstream)
}

/**
 * Asks again after a transient failure, with exponential backoff and full jitter, while the deadline leaves time for it. What may
 * not be done twice is asked again only where it has provably never left (RFC 9110, section 9.2.2).
 *
 * A backend that says when (`Retry-After`: RFC 9110, section 10.2.3) is not asked before.
 *
 * @param retries how many times after the first attempt
 * @param budget how often all calls of the backend may be asked again
 * @param isIdempotent whether doing it twice is the same as doing it once
 */
export function retry(retries: number, timers: TimerWheel, budget: RetryBudget, isIdempotent = true): Policy {
  return (next) => async (input, context, attempts) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await next(input, context, attempts)
      } catch (error) {
        if (attempt >= retries || context.token.aborted || !isTransient(error)) throw error
        if (!isIdempotent && !(isFacetError(error) && error.isUnsent)) throw error
        const wanted = (isFacetError(error) && error.retryAfter) || 0
        // Also behind what the backend has said: who was refused together would else come back together.
        const pause = wanted + Math.random() * Math.min(LONGEST, BASE * 2 ** attempt)
        if (wanted > MOST_PATIENT || performance.now() + pause >= context.deadline || !budget.take()) throw error
        await sleep(pause, context, timers)
      }
    }
  }
}
