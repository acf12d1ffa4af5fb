import type { IncomingMessage } from 'node:http'
import { streamsBody, streamsNoMore } from '../arrival.ts'

/**
 * The body of a client's request on its way to a backend: as it comes, no faster than it is taken. undici destroys what it has sent, and
 * an `IncomingMessage` would take its client's connection with it; so it gets this instead, which is the request as far as undici looks
 * at a stream. A stream of its own around it would cost half as much as all else that becomes of a small upload.
 */
export class RequestBody {
  readonly #request: IncomingMessage
  /** Called once, when the backend takes the first of it. */
  #wanted: (() => void) | undefined
  /** When some of it has last come, as `performance.now()` counts. */
  moved = 0
  destroyed = false

  /** @param wanted is told when the backend is ready for the body: a client that waits for it (`Expect`) may begin */
  constructor(request: IncomingMessage, wanted: () => void) {
    this.#request = request
    this.#wanted = wanted
    streamsBody(request)
    request.pause()
    request.on('data', this.#noted)
    // While it waits for a connection nobody else listens, and afterwards nobody cares.
    request.on('error', ignore)
  }

  readonly #noted = (): void => {
    this.moved = performance.now()
  }

  /** By which undici knows a stream that is not destroyed by its end, and how long one is that is there as a whole. */
  get _readableState(): unknown {
    return (this.#request as { readonly _readableState?: unknown })._readableState
  }

  get readableEnded(): boolean {
    return this.#request.readableEnded
  }

  get errored(): Error | null {
    return this.#request.errored
  }

  on(event: string, listener: (...given: never[]) => void): this {
    this.#request.on(event, listener as () => void)
    return this
  }

  once(event: string, listener: (...given: never[]) => void): this {
    this.#request.once(event, listener as () => void)
    return this
  }

  off(event: string, listener: (...given: never[]) => void): this {
    this.#request.off(event, listener as () => void)
    return this
  }

  removeListener(event: string, listener: (...given: never[]) => void): this {
    return this.off(event, listener)
  }

  /** undici looks whether there is something before it sends the head. */
  read(): null {
    this.#want()
    return null
  }

  pause(): void {
    this.#request.pause()
  }

  resume(): void {
    this.#want()
    this.#request.resume()
  }

  /** By which undici knows a stream; it takes the data itself. */
  pipe(): never {
    throw new TypeError('a request body is not piped')
  }

  /** Nobody takes any more of it. What the backend has not waited for is passed over: the client could else send nothing after it. */
  destroy(): this {
    if (this.destroyed) return this
    this.destroyed = true
    streamsNoMore(this.#request)
    this.#request.off('data', this.#noted)
    if (!this.#request.readableEnded) this.#request.resume()
    return this
  }

  #want(): void {
    this.#wanted?.()
    this.#wanted = undefined
  }
}

function ignore(): void {}
