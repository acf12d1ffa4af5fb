/**
 * What is told of a cancellation: a function, or on the hot path an object that waits itself, which needs no closure.
 */
export type CancelListener = ((reason: unknown) => void) | { cancelled(reason: unknown): void }

function tell(listener: CancelListener, reason: unknown): void {
  if (typeof listener === 'function') listener(reason)
  else listener.cancelled(reason)
}

/**
 * A cancellation token: what an `AbortSignal` says, at a fraction of its cost. An `AbortController` a call takes the
 * prototype's hot path from 1.48 to 1.71 times the bare limit, `AbortSignal.any` to 2.07; so a plain object is passed
 * down, and a real signal is made from it only when somebody else's code asks for one.
 */
export class CancelToken {
  #reason: unknown
  #aborted = false
  /** The first one, which is often the only one, needs no set. */
  #first: CancelListener | undefined
  #listeners: Set<CancelListener> | undefined
  #signal: AbortSignal | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  /** Why it was cancelled; `undefined` while it was not. */
  get reason(): unknown {
    return this.#reason
  }

  /** Cancels once; later calls change nothing. Every listener is told, then forgotten. */
  cancel(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    const first = this.#first
    this.#first = undefined
    if (first) tell(first, reason)
    if (!this.#listeners) return
    // The set itself is walked, so that a listener that another one takes off is not told any more.
    for (const listener of this.#listeners) tell(listener, reason)
    this.#listeners = undefined
  }

  /** Calls back when it is cancelled, at once if it already is. Pass the same listener to `off` when it is no longer needed. */
  on(listener: CancelListener): void {
    if (this.#aborted) tell(listener, this.#reason)
    else if (this.#first === undefined && !this.#listeners?.size) this.#first = listener
    else if (this.#first !== listener) {
      this.#listeners ??= new Set()
      this.#listeners.add(listener)
    }
  }

  off(listener: CancelListener): void {
    if (this.#first === listener) this.#first = undefined
    else this.#listeners?.delete(listener)
  }

  /** How many listeners wait: for tests that look for leaks. */
  get waiting(): number {
    return (this.#first ? 1 : 0) + (this.#listeners?.size ?? 0)
  }

  /** The same as an `AbortSignal`, made on first use, for code that is not ours (axios, fetch). */
  get signal(): AbortSignal {
    if (!this.#signal) {
      const controller = new AbortController()
      this.on((reason) => controller.abort(reason))
      this.#signal = controller.signal
    }
    return this.#signal
  }
}
