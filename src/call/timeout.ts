import { type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext } from './call.ts'

/**
 * Bounds one attempt: by its own timeout, by what is left of the request's deadline, and by the request's cancellation.
 * Whichever comes first calls `abort`, once, unless `end` was called before. It is one object an attempt, which waits for
 * timer and token itself; a transport extends it with the exchange.
 */
export abstract class Attempt {
  #token: CancelToken | undefined
  #timer: Timer | undefined
  #late: ErrorCode = 'backend-timeout'

  /** Gives the exchange up: with a FacetError `backend-timeout` or `deadline`, or the reason of the cancellation. */
  protected abstract abort(reason: unknown): void

  /** @param ms the attempt's timeout, in milliseconds */
  protected watch(context: CallContext, ms: number, timers: TimerWheel): void {
    const left = context.deadline - performance.now()
    this.#late = ms <= left ? 'backend-timeout' : 'deadline'
    this.#timer = timers.set(Math.max(0, Math.min(ms, left)), this)
    this.#token = context.token
    this.#token.on(this)
  }

  /** Waits for nothing more. */
  protected end(): void {
    this.#timer?.clear()
    this.#token?.off(this)
    this.#timer = undefined
    this.#token = undefined
  }

  /** For the timer alone. */
  expired(): void {
    this.cancelled(new FacetError(this.#late))
  }

  /** For the timer and the token alone. */
  cancelled(reason: unknown): void {
    this.end()
    this.abort(reason)
  }
}
