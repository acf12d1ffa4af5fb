import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext, Policy } from './call.ts'
import { isOverload, outcomeOf, wasGivenUp } from './outcome.ts'

/** How many calls at once, and how many more may wait. */
export interface LimitSettings {
  readonly concurrency: number
  readonly queue: number
}

/** What holds where nobody says otherwise: as many calls in flight as a backend has connections, and four times as many waiting. */
export const LIMIT_DEFAULTS: LimitSettings = { concurrency: 256, queue: 1_024 }

/** How long somebody waits for a place. */
export type Waiting = Pick<CallContext, 'token' | 'deadline'>

/** A bound that moves: it learns from calls, and says how many may be in flight. */
export interface Bound {
  readonly limit: number
  /**
   * @param ms how long a call took, in milliseconds
   * @param inFlight how many there were when it began, with itself
   * @param dropped whether the backend showed by it that it had too much to do
   * @param now as `performance.now()` counts
   */
  sample(ms: number, inFlight: number, dropped: boolean, now?: number): void
}

/**
 * Bounds the calls in flight of a backend, and those that wait for a place (a bulkhead: Nygard, Release It!, chapter 'Stability
 * Patterns'). A backend that hangs then holds no more than its share of what all requests have in common, and a caller for whom there
 * is no place is told at once. Places are given in the order in which they were asked for: nobody overtakes the queue.
 */
export class Limit {
  readonly #settings: LimitSettings
  readonly #timers: TimerWheel
  readonly #bound: Bound | undefined
  /** A set keeps the order in which its members came, and one that gives up is taken out at once. */
  readonly #queue = new Set<Waiter>()
  #inFlight = 0

  /** @param bound the bound that holds below `concurrency`, if it moves */
  constructor(settings: Partial<LimitSettings>, timers: TimerWheel, bound?: Bound) {
    this.#settings = { ...LIMIT_DEFAULTS, ...settings }
    this.#timers = timers
    this.#bound = bound
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** How many may be in flight now. */
  get limit(): number {
    const { concurrency } = this.#settings
    return this.#bound ? Math.max(1, Math.min(concurrency, this.#bound.limit)) : concurrency
  }

  /**
   * Takes a place: at once, or when the promise is fulfilled. Who has a place releases it, exactly once.
   *
   * @throws FacetError `backend-busy`, with `Retry-After`, when the queue is full, and the token's reason; the promise is rejected
   *   with `deadline` or the token's reason
   */
  acquire(context: Waiting): undefined | Promise<void> {
    if (this.take(context.token)) return undefined
    if (this.#queue.size >= this.#settings.queue)
      throw new FacetError('backend-busy', { headers: { 'retry-after': '1' } })
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(this.#queue, resolve, reject)
      waiter.wait(context, this.#timers)
    })
  }

  /** Takes a place if there is one at once. @throws the token's reason */
  take(token: CancelToken): boolean {
    if (token.aborted) throw token.reason
    // The bound may have risen since a place was released: then whoever waits goes first, and what is left is free.
    this.#admit()
    if (this.#inFlight >= this.limit) return false
    this.#inFlight++
    return true
  }

  /** Gives a place back, and to whoever has waited longest. */
  release(): void {
    this.#inFlight--
    this.#admit()
  }

  /** Whether the bound moves, by what it is told of calls. */
  get isAdaptive(): boolean {
    return this.#bound !== undefined
  }

  /** Tells the bound, if it moves, how a call went: before its place is released. */
  sample(...call: Parameters<Bound['sample']>): void {
    this.#bound?.sample(...call)
  }

  #admit(): void {
    if (this.#queue.size === 0) return
    for (const waiter of this.#queue) {
      if (this.#inFlight >= this.limit) return
      this.#inFlight++
      waiter.enter()
    }
  }
}

/** One call that waits for a place: it waits for timer and token itself, so that there is no closure for each. */
class Waiter {
  readonly #queue: Set<Waiter>
  readonly #resolve: () => void
  readonly #reject: (reason: unknown) => void
  #context: Waiting | undefined
  #timer: Timer | undefined

  constructor(queue: Set<Waiter>, resolve: () => void, reject: (reason: unknown) => void) {
    this.#queue = queue
    this.#resolve = resolve
    this.#reject = reject
  }

  wait(context: Waiting, timers: TimerWheel): void {
    this.#queue.add(this)
    this.#context = context
    const left = context.deadline - performance.now()
    if (left !== Number.POSITIVE_INFINITY) this.#timer = timers.set(Math.max(0, left), this)
    context.token.on(this)
  }

  enter(): void {
    this.#end()
    this.#resolve()
  }

  /** For the timer alone. */
  expired(): void {
    this.cancelled(new FacetError('deadline', { detail: 'no place was free in time' }))
  }

  /** For the timer and the token alone. */
  cancelled(reason: unknown): void {
    this.#end()
    this.#reject(reason)
  }

  #end(): void {
    this.#queue.delete(this)
    this.#timer?.clear()
    this.#context?.token.off(this)
    this.#timer = undefined
    this.#context = undefined
  }
}

/**
 * Lets a call begin only when it has a place, which it gives back whatever becomes of it.
 *
 * @throws FacetError `backend-busy` when there is no place even to wait, `deadline` when none was free in time
 */
export function limit(limiter: Limit): Policy {
  return limiter.isAdaptive ? adaptive(limiter) : fixed(limiter)
}

/** Without a frame of its own around each call: nearly all of them find a place at once. */
function fixed(limiter: Limit): Policy {
  const release = () => limiter.release()
  return (next) => (input, context, attempts) => {
    let turn: undefined | Promise<void>
    try {
      turn = limiter.acquire(context)
    } catch (error) {
      return Promise.reject(error)
    }
    const ask = () => {
      try {
        const running = next(input, context, attempts)
        running.then(release, release)
        return running
      } catch (error) {
        release()
        return Promise.reject(error)
      }
    }
    return turn ? turn.then(ask) : ask()
  }
}

/** Tells the bound how each call went. */
function adaptive(limiter: Limit): Policy {
  return (next) => async (input, context, attempts) => {
    const turn = limiter.acquire(context)
    if (turn) await turn
    const { inFlight } = limiter
    const { token } = context
    const start = performance.now()
    try {
      const output = await next(input, context, attempts)
      const now = performance.now()
      tellBound(limiter, { error: undefined, ms: now - start, inFlight, token, now })
      return output
    } catch (error) {
      const now = performance.now()
      tellBound(limiter, { error, ms: now - start, inFlight, token, now })
      throw error
    } finally {
      limiter.release()
    }
  }
}

/** What has become of a call. */
export interface Ended {
  /** Why there is no answer; undefined where there is one. */
  readonly error: unknown
  /** How long it took, in milliseconds. */
  readonly ms: number
  /** How many there were when it began, with itself. */
  readonly inFlight: number
  readonly token: CancelToken
  /** As `performance.now()` counts. */
  readonly now: number
}

/** Tells a bound that moves how a call went, unless that says nothing of its backend. */
export function tellBound(limiter: Limit, { error, ms, inFlight, token, now }: Ended): void {
  if (error === undefined) return limiter.sample(ms, inFlight, false, now)
  if (wasGivenUp(token, ms)) return
  const dropped = isOverload(error, ms)
  if (dropped || outcomeOf(error, ms) === 'success') limiter.sample(ms, inFlight, dropped, now)
}
