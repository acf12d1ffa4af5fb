import { isFacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { BackendInfo, CallContext, Policy, Runtime } from './call.ts'
import { RetryBudget } from './retry-budget.ts'

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
 * Asks again after a transient failure, with exponential backoff and full jitter, while the deadline leaves time for it.
 * Only ever composed around reads: a write is never repeated.
 *
 * A backend that says when (`Retry-After`: RFC 9110, section 10.2.3) is not asked before.
 *
 * @param retries how many times after the first attempt
 * @param budget how often all calls of the backend may be asked again
 */
export function retry(retries: number, timers: TimerWheel, budget: RetryBudget): Policy {
  return (next) => async (input, context) => {
    budget.count()
    for (let attempt = 0; ; attempt++) {
      try {
        return await next(input, context)
      } catch (error) {
        if (attempt >= retries || context.token.aborted || !isTransient(error)) throw error
        const wanted = (isFacetError(error) && error.retryAfter) || 0
        const pause = Math.max(wanted, Math.random() * Math.min(LONGEST, BASE * 2 ** attempt))
        if (wanted > MOST_PATIENT || performance.now() + pause >= context.deadline || !budget.take()) throw error
        await sleep(pause, context, timers)
      }
    }
  }
}

/** Under which a runtime keeps the budgets of its backends. */
const BUDGETS = {}

/** The budget that all calls of a backend share. */
export function budgetOf(runtime: Runtime, { name }: BackendInfo): RetryBudget {
  const budgets = runtime.single(BUDGETS, () => new Map<string, RetryBudget>())
  const known = budgets.get(name) ?? new RetryBudget()
  budgets.set(name, known)
  return known
}

/** Waits, or rejects with the reason when the request is given up. */
function sleep(ms: number, { token }: CallContext, timers: TimerWheel): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      timer.clear()
      reject(reason)
    }
    const timer = timers.set(ms, () => {
      token.off(stop)
      resolve()
    })
    token.on(stop)
  })
}
