import { type Dispatcher, Pool } from 'undici'

/** Called once: with the body of a 200, or with what went wrong. */
export type Done = (error: Error | null, body: Buffer) => void

const EMPTY = Buffer.alloc(0)

/** A pool of kept-alive connections to one backend. */
export function poolOf(url: string): Pool {
  return new Pool(new URL(url).origin, { pipelining: 1 })
}

/** One call: the least that undici allows, one handler object and one callback. */
export function read(pool: Pool, options: Dispatcher.DispatchOptions, done: Done): void {
  pool.dispatch(options, new Reading(done))
}

class Reading implements Dispatcher.DispatchHandler {
  #done: Done
  #status = 0
  #body: Buffer = EMPTY

  constructor(done: Done) {
    this.#done = done
  }

  onRequestStart(): void {}

  onResponseStart(_: unknown, status: number): void {
    this.#status = status
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#body = this.#body.length === 0 ? chunk : Buffer.concat([this.#body, chunk])
  }

  onResponseEnd(): void {
    if (this.#status === 200) this.#done(null, this.#body)
    else this.#done(new Error(`a backend answered ${this.#status}`), EMPTY)
  }

  onResponseError(_: unknown, error: Error): void {
    this.#done(error, EMPTY)
  }
}
