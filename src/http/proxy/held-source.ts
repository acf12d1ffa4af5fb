import type { Dispatcher } from 'undici'

/** The exchange with a backend as the taker of its response sees it: over when the response is there, with another head. */
export class HeldSource implements Dispatcher.DispatchController {
  readonly #controller: Dispatcher.DispatchController
  #reason: Error | null = null
  #isOver = false
  rawHeaders: string[] | null = null
  readonly rawTrailers = null

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return !this.#isOver && this.#controller.paused
  }

  /** The connection has other things to do from here on. */
  end(): void {
    this.#isOver = true
  }

  abort(reason: Error): void {
    this.#reason ??= reason
    if (!this.#isOver) this.#controller.abort(reason)
  }

  pause(): void {
    if (!this.#isOver) this.#controller.pause()
  }

  resume(): void {
    if (!this.#isOver) this.#controller.resume()
  }
}
