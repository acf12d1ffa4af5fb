import { type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext } from './call.ts'

/** How long an attempt and its parts may take. Milliseconds. */
export interface Bounds {
  /** From the beginning to the last byte. */
  readonly attempt: number
  /** Until the head of the answer is there; no shorter than the attempt if not said. */
  readonly headers: number | undefined
  /** From the head to the last byte; no shorter than the attempt if not said. */
  readonly body: number | undefined
}

/**
 * Bounds one attempt: by its own timeout, by what is left of the request's deadline, and by the request's cancellation.
 * Whichever comes first calls `abort`, once, unless `end` was called before. It is one object an attempt, which waits for
 * timer and token itself; a transport extends it with the exchange.
 */
export abstract class Attempt {
  #token: CancelToken | undefined
  #timer: Timer | undefined
  #timers: TimerWheel | undefined
  #late: ErrorCode = 'backend-timeout'
  /** When the attempt must be over, and when its request must; as `performance.now()` counts. */
  #end = 0
  #deadline = 0
  #isHasty = false
  #body: number | undefined

  /** Gives the exchange up: with a FacetError `backend-timeout` or `deadline`, or the reason of the cancellation. */
  protected abstract abort(reason: unknown): void

  protected watch(context: CallContext, { attempt, headers, body }: Bounds, timers: TimerWheel): void {
    const now = performance.now()
    this.#end = now + attempt
    this.#deadline = context.deadline
    this.#isHasty = context.isHasty ?? false
    this.#body = body
    if (headers !== undefined || body !== undefined) this.#timers = timers
    this.#set(now, headers === undefined ? this.#end : now + headers, timers)
    this.#token = context.token
    this.#token.on(this)
  }

  /** The head of the answer is there. */
  protected headed(): void {
    // Where its parts have no bounds of their own, the timer that is set is the right one.
    if (this.#timers === undefined || this.#timer === undefined) return
    this.#timer.clear()
    const now = performance.now()
    this.#set(now, this.#body === undefined ? this.#end : now + this.#body, this.#timers)
  }

  #set(now: number, until: number, timers: TimerWheel): void {
    const due = Math.min(until, this.#end)
    this.#late = due <= this.#deadline ? 'backend-timeout' : 'deadline'
    this.#timer = timers.set(Math.max(0, Math.min(due, this.#deadline) - now), this)
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
    this.cancelled(new FacetError(this.#late, { isHasty: this.#late === 'deadline' && this.#isHasty }))
  }

  /** For the timer and the token alone. */
  cancelled(reason: unknown): void {
    this.end()
    this.abort(reason)
  }
}
