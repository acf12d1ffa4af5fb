import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext, Policy } from './call.ts'
import { ChildContext } from './child-context.ts'
import { Latency } from './latency.ts'
import { isFinal } from './outcome.ts'
import type { RetryBudget } from './retry-budget.ts'

/** When the second attempt starts. */
export interface HedgeSettings {
  /** Milliseconds, or the 95th percentile of what the first attempts took. */
  readonly delay: number | 'p95'
}

/** A backend that answers nearly everything within less has no slow answers to be saved from. Milliseconds. */
const SHORTEST = 10

/** Why a loser is aborted: one for all, since nobody is told but the connection and who counts. The first attempt was slow, the second late. */
export const OVERTAKEN = new Error('the second attempt has answered first')
const BEATEN = new Error('the first attempt has answered after all')

/**
 * Asks a second time when the answer takes longer than nearly all do, takes whichever answer comes first and aborts the other (a hedged
 * request: Dean and Barroso, The Tail at Scale, CACM 56(2), 2013). Only ever composed around reads.
 *
 * What fails before that is not asked again, which is the business of `retry`; when one attempt fails while the other is under way,
 * the other decides, unless the failure is the backend's word on the request, such as a 404: that is an answer.
 *
 * @param budget how often all calls of the backend may be asked again; without leave the first attempt is waited for
 */
export function hedge({ delay }: HedgeSettings, timers: TimerWheel, budget: RetryBudget): Policy {
  return (next) => {
    // What is said outright need not be observed.
    const latency = delay === 'p95' ? new Latency() : undefined
    return async (input, context, attempts) => {
      const wait = delay === 'p95' ? latency?.p95 : delay
      if (wait !== undefined) {
        const ask = (own: CallContext) => next(input, own, attempts)
        return new Race(ask, context, latency, budget).run(Math.max(SHORTEST, wait), timers)
      }
      const start = performance.now()
      const output = await next(input, context, attempts)
      latency?.record(performance.now() - start)
      return output
    }
  }
}

/** One call with its attempts, which waits for timer and token itself. */
class Race<O> {
  readonly #ask: (context: CallContext) => Promise<O>
  readonly #context: CallContext
  readonly #latency: Latency | undefined
  readonly #budget: RetryBudget
  readonly #settled = Promise.withResolvers<O>()
  readonly #start: number
  readonly #first: ChildContext
  /** The attempts that are under way: the first one, the second one. */
  #running: ChildContext | undefined
  #second: ChildContext | undefined
  #failure: { readonly error: unknown; readonly rival: ChildContext } | undefined
  #timer: Timer | undefined

  constructor(
    ask: (context: CallContext) => Promise<O>,
    context: CallContext,
    latency: Latency | undefined,
    budget: RetryBudget,
  ) {
    this.#ask = ask
    this.#context = context
    this.#latency = latency
    this.#budget = budget
    this.#start = latency ? performance.now() : 0
    this.#first = new ChildContext(context)
  }

  run(delay: number, timers: TimerWheel): Promise<O> {
    const { token } = this.#context
    if (token.aborted) return Promise.reject(token.reason)
    token.on(this)
    this.#timer = timers.set(delay, this)
    this.#running = this.#first
    this.#attempt(this.#first)
    return this.#settled.promise
  }

  /** For the timer alone: the first attempt is late. */
  expired(): void {
    if (!this.#budget.take()) return
    this.#second = new ChildContext(this.#context)
    this.#attempt(this.#second)
  }

  /** For the token alone. */
  cancelled(reason: unknown): void {
    this.#end(reason)
    this.#settled.reject(reason)
  }

  #attempt(rival: ChildContext): void {
    try {
      this.#ask(rival).then(
        (output) => this.#answered(rival, output),
        (error: unknown) => this.#failed(rival, error),
      )
    } catch (error) {
      this.#failed(rival, error)
    }
  }

  #answered(rival: ChildContext, output: O): void {
    if (!this.#leave(rival)) return
    // Of a first attempt that is aborted it counts how long it has run: it would have taken longer still. The second ones do not
    // count; they would bring the percentile down, and with it more of them.
    if (this.#latency && (rival === this.#first || this.#isRunning))
      this.#latency.record(performance.now() - this.#start)
    this.#end(rival === this.#first ? BEATEN : OVERTAKEN)
    rival.handOver()
    this.#settled.resolve(output)
  }

  #failed(rival: ChildContext, error: unknown): void {
    if (!this.#leave(rival)) return
    // When both fail, it is with what the call would have failed with alone.
    if (isFinal(error) || rival === this.#first || !this.#failure) this.#failure = { error, rival }
    if (this.#isRunning && !isFinal(error)) return
    this.#end(BEATEN)
    this.#failure.rival.handOver()
    this.#settled.reject(this.#failure.error)
  }

  get #isRunning(): boolean {
    return this.#running !== undefined || this.#second !== undefined
  }

  /** Whether an attempt was still waited for; now it is not. */
  #leave(rival: ChildContext): boolean {
    if (this.#running === rival) this.#running = undefined
    else if (this.#second === rival) this.#second = undefined
    else return false
    return true
  }

  /** Waits for nothing more, and aborts what still runs. */
  #end(reason: unknown): void {
    this.#timer?.clear()
    this.#context.token.off(this)
    const first = this.#running
    const second = this.#second
    this.#running = undefined
    this.#second = undefined
    first?.token.cancel(reason)
    second?.token.cancel(reason)
  }
}
