import { isFacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext, Policy } from './call.ts'

/** The first pause before a retry and the longest, in milliseconds. */
const BASE = 50
const LONGEST = 1_000

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
 * @param retries how many times after the first attempt
 */
export function retry(retries: number, timers: TimerWheel): Policy {
  return (next) => async (input, context) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await next(input, context)
      } catch (error) {
        if (attempt >= retries || context.token.aborted || !isTransient(error)) throw error
        const pause = Math.random() * Math.min(LONGEST, BASE * 2 ** attempt)
        if (performance.now() + pause >= context.deadline) throw error
        await sleep(pause, context, timers)
      }
    }
  }
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
