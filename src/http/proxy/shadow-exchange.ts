import type { Dispatcher } from 'undici'
import { failureOf } from '../../backend/undici-failure.ts'
import { FacetError } from '../../errors.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'

/** A request whose answer is read and dropped. It ends with the answer, with its time, or with a failure, and once. */
export class ShadowExchange implements Dispatcher.DispatchHandler {
  /** Settles with the head of the answer: for the policies of the backend. */
  readonly head = Promise.withResolvers<{ readonly status: number }>()
  /** Fulfilled when it is over, however. */
  readonly over = Promise.withResolvers<void>()
  #controller: Dispatcher.DispatchController | undefined
  #timer: Timer | undefined
  #isOver = false

  constructor() {
    this.head.promise.catch(() => {})
  }

  /** @param ms until the whole answer must be there */
  start(pool: Dispatcher, options: Dispatcher.DispatchOptions, timers: TimerWheel, ms: number): void {
    if (this.#isOver) return
    this.#timer = timers.set(ms, this)
    try {
      pool.dispatch(options, this)
    } catch (error) {
      this.fail(failureOf(error))
    }
  }

  fail(error: FacetError): void {
    if (this.#isOver) return
    this.#end()
    this.#controller?.abort(error)
    this.head.reject(error)
  }

  /** For the timer alone. */
  expired(): void {
    this.fail(new FacetError('backend-timeout'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('given up'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.head.resolve({ status })
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#end()
  }

  onResponseError(_: unknown, error: Error): void {
    this.fail(failureOf(error))
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.clear()
    this.over.resolve()
  }
}
