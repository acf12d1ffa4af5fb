import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Instance } from './balance/instance.ts'
import { type Admission, type Breaker, resting } from './breaker.ts'
import type { BackendInfo, Runtime } from './call.ts'
import { tellBound } from './limit.ts'
import { isFailingStatus, type Outcome, outcomeIn } from './outcome.ts'
import { type Upstream, upstreamOf } from './upstream.ts'
import { settled } from './wait.ts'

/**
 * The policies of a backend for what is streamed through: its places, its breaker, its instances. They are those of a call, but
 * nothing is asked twice, since a body that has been passed on is gone, and they are asked and told without a promise: nearly always
 * there is a place at once, and a frame for each policy was a tenth of what Facet adds to a proxied request.
 */
export class Passage {
  readonly #upstream: Upstream
  readonly #runtime: Runtime

  constructor(runtime: Runtime, backend: BackendInfo) {
    this.#upstream = upstreamOf(runtime, backend)
    this.#runtime = runtime
  }

  /**
   * Asks for one passage, which must be told how it went.
   *
   * @param timeout how long to wait for a place, in milliseconds
   * @throws FacetError `backend-busy`, `backend-open`, `backend-unreachable` where no address is known, the token's reason; where it
   *   has waited the promise is rejected with the same, or with `deadline`
   */
  enter(token: CancelToken, timeout: number): Pass | Promise<Pass> {
    const { limiter, instances, ready } = this.#upstream
    const isKnown = ready === undefined || instances.all.length > 0
    if (isKnown && (limiter === undefined || limiter.take(token))) return this.#admit(token)
    return this.#wait(token, performance.now() + timeout)
  }

  /**
   * The same around what says with a promise how it went.
   *
   * @throws what `enter` and `send` throw
   */
  async through<A extends { readonly status: number }>(
    token: CancelToken,
    timeout: number,
    send: (instance: Instance) => Promise<A>,
  ): Promise<A> {
    const pass = await this.enter(token, timeout)
    try {
      const answer = await send(pass.instance)
      pass.answered(answer.status)
      return answer
    } catch (error) {
      pass.failed(error)
      throw error
    }
  }

  async #wait(token: CancelToken, deadline: number): Promise<Pass> {
    const { limiter, instances, ready } = this.#upstream
    const waiting = { token, deadline }
    await limiter?.acquire(waiting)
    try {
      if (ready && instances.all.length === 0) await settled(ready, waiting, this.#runtime.timers)
    } catch (error) {
      limiter?.release()
      throw error
    }
    return this.#admit(token)
  }

  /** Who has a place is let through to an instance, or gives it back. */
  #admit(token: CancelToken): Pass {
    const { limiter, instances, circuit, isSeveral } = this.#upstream
    try {
      const admission = circuit?.admit()
      if (circuit && !admission) throw resting(circuit.retryAfter)
      if (!isSeveral) return new Pass(token, this.#upstream, instances.all[0] as Instance, circuit, admission)
      const instance = instances.choose()
      const breaker = instance.breaker as Breaker | undefined
      const own = breaker?.admit()
      instances.started(instance)
      return new Pass(token, this.#upstream, instance, breaker, own)
    } catch (error) {
      limiter?.release()
      throw error
    }
  }
}

/**
 * A request on its way through to an instance. It is over with the head of its answer, so that a stream of hours takes no place; whoever
 * has it says so, once.
 */
export class Pass {
  readonly instance: Instance
  /** When it began, as `performance.now()` counts. */
  readonly started = performance.now()
  readonly #token: CancelToken
  readonly #upstream: Upstream
  readonly #breaker: Breaker | undefined
  readonly #admission: Admission | undefined
  /** How many there were when it began, with itself. */
  readonly #inFlight: number
  #isOver = false

  /** @param admission undefined where an instance is asked although its breaker says no, since all do */
  constructor(
    token: CancelToken,
    upstream: Upstream,
    instance: Instance,
    breaker: Breaker | undefined,
    admission: Admission | undefined,
  ) {
    this.#token = token
    this.#upstream = upstream
    this.#breaker = breaker
    this.#admission = admission
    this.#inFlight = upstream.limiter?.inFlight ?? 0
    this.instance = instance
  }

  /** There is an answer, which is passed on whatever it says. @param now as `performance.now()` counts */
  answered(status: number, now = performance.now()): void {
    // It says 'too much', which is no failure of the backend's, but which a bound that moves has to hear.
    if (status === 429 || isFailingStatus(status))
      this.failed(new FacetError('backend-status', { upstream: status }), now)
    else this.#end('success', undefined, now)
  }

  /** There is none. */
  failed(error: unknown, now = performance.now()): void {
    if (this.#isOver) return
    const ms = now - this.started
    this.#end(outcomeIn({ token: this.#token }, error, ms, this.#breaker?.settings.isFailure), error, now)
  }

  #end(outcome: Outcome, error: unknown, now: number): void {
    if (this.#isOver) return
    this.#isOver = true
    const { limiter, instances, isSeveral } = this.#upstream
    const ms = now - this.started
    if (isSeveral) instances.ended(this.instance, outcome)
    if (this.#admission) this.#breaker?.report(this.#admission, outcome, ms, now)
    if (!limiter) return
    if (limiter.isAdaptive) tellBound(limiter, { error, ms, inFlight: this.#inFlight, token: this.#token, now })
    limiter.release()
  }
}
