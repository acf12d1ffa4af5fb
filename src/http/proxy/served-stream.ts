import { failureOf } from '../../backend/undici-failure.ts'
import type { Served } from '../../cache/http/messages.ts'
import { FacetError } from '../../errors.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'
import type { RequestContext } from '../context.ts'
import { Answer } from './answer.ts'
import type { IncomingRules } from './incoming-head.ts'
import { IDLE } from './pools.ts'
import { trailersOf } from './trailers.ts'

/**
 * What a route with a cache passes on as it comes, to one client: at once, no faster than that takes it, and cut off where it breaks off.
 * It ends once, when the client has all of it or one of the two has left.
 */
export class ServedStream {
  readonly #context: RequestContext
  readonly #chunks: AsyncIterator<Buffer>
  readonly #answer: Answer
  readonly #timers: TimerWheel
  /** Why it ends before its end; undefined while it does not. */
  #reason: unknown
  /** Settles when it need no longer wait for its client. */
  #turn: PromiseWithResolvers<void> | undefined
  #timer: Timer | undefined

  constructor(context: RequestContext, body: AsyncIterable<Buffer>, timers: TimerWheel) {
    this.#context = context
    this.#chunks = body[Symbol.asyncIterator]()
    this.#answer = new Answer(context.response, this)
    this.#timers = timers
  }

  /**
   * Sends it.
   *
   * @param head names and values in turn
   * @throws FacetError what its body has failed with, the token's reason, or `client-closed`: what is out is not to be taken for the whole
   */
  async run({ status, reason, trailers }: Served, head: readonly string[], rules: IncomingRules): Promise<void> {
    const { request, response, token } = this.#context
    const left = () => token.cancel(new FacetError('client-closed'))
    // A pipelined request's answer hears of its connection only when its turn has come.
    const queued = response.socket === null ? request.socket : undefined
    queued?.once('close', left)
    if (request.socket.destroyed) left()
    token.on(this)
    try {
      this.#answer.begin(status, reason, head)
      await this.#passOn()
      this.#answer.end(trailersOf(trailers?.() ?? [], rules))
      this.pause()
      response.once('close', () => this.resume())
      if (!response.closed) await this.#turn?.promise
      if (!this.#answer.isDone) throw new FacetError('client-closed')
    } catch (error) {
      // A body that breaks off with its client's connection is that one's doing, whatever it looks like from here.
      if (request.socket.destroyed) left()
      void this.#chunks.return?.()
      this.#answer.cut(request.httpVersion)
      throw this.#reason ?? failureOf(error)
    } finally {
      this.#timer?.clear()
      token.off(this)
      queued?.off('close', left)
    }
  }

  /** For the answer alone: its client takes no more for the moment. */
  pause(): void {
    this.#turn = Promise.withResolvers()
    this.#timer = this.#timers.set(IDLE, this)
  }

  /** For the answer alone: it takes more. */
  resume(): void {
    this.#timer?.clear()
    this.#turn?.resolve()
    this.#turn = undefined
  }

  /** For the answer alone, which says the same to `resume`. */
  drained(): void {}

  /** For the answer alone: its head cannot be sent. */
  fail(error: FacetError): void {
    this.#end(error)
  }

  /** For the token alone. */
  cancelled(reason: unknown): void {
    this.#end(reason)
  }

  /** For the timer alone: its client reads no further. */
  expired(): void {
    this.#end(new FacetError('client-closed', { detail: 'nothing has moved for too long' }))
  }

  async #passOn(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#chunks.next()
      if (this.#reason !== undefined) throw this.#reason
      if (done) return
      this.#answer.write(value, this)
      await this.#turn?.promise
      if (this.#reason !== undefined) throw this.#reason
    }
  }

  /** What it waits for, its body or its client, is waited for no more. */
  #end(reason: unknown): void {
    this.#reason ??= reason
    void this.#chunks.return?.()
    this.resume()
  }
}
