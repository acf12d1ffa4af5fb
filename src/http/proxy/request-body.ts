import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { FacetError } from '../../errors.ts'

/**
 * The body of a client's request on its way to a backend: as it comes, no faster than it is taken. undici destroys what it has sent,
 * and an `IncomingMessage` would take its client's connection with it; so it gets this instead.
 */
export class RequestBody extends Readable {
  readonly #request: IncomingMessage
  /** Called once, when the backend takes the first of it. */
  #wanted: (() => void) | undefined
  /** When some of it has last come, as `performance.now()` counts. */
  moved = 0
  readonly #data = (chunk: Buffer): void => {
    this.moved = performance.now()
    if (!this.push(chunk)) this.#request.pause()
  }
  readonly #end = (): void => void this.push(null)
  readonly #cut = (): void => {
    if (!this.#request.complete) this.destroy(new FacetError('client-closed'))
  }

  /** @param wanted is told when the backend is ready for the body: a client that waits for it (`Expect`) may begin */
  constructor(request: IncomingMessage, wanted: () => void) {
    super({ highWaterMark: 65_536 })
    this.#request = request
    this.#wanted = wanted
    // While it waits for a connection nobody else listens, and afterwards nobody cares.
    this.on('error', () => {})
    request.on('data', this.#data).once('end', this.#end).once('close', this.#cut)
    request.pause()
  }

  override _read(): void {
    this.#wanted?.()
    this.#wanted = undefined
    this.#request.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const request = this.#request
    request.off('data', this.#data).off('end', this.#end).off('close', this.#cut)
    // What the backend has not waited for is passed over: the client could else send nothing after it, nor read its answer.
    request.resume()
    callback(error)
  }
}
