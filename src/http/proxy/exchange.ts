import type { Dispatcher, Pool } from 'undici'
import { failureOf } from '../../backend/undici-failure.ts'
import type { Pass } from '../../call/passage.ts'
import { FacetError } from '../../errors.ts'
import { Fields } from '../../lib/fields.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'
import type { RequestContext } from '../context.ts'
import { Answer } from './answer.ts'
import type { Connections, HeldTaker } from './held-answer.ts'
import { type Answered, type IncomingRules, incomingHead } from './incoming-head.ts'
import { isFull } from './pools.ts'
import { RequestBody } from './request-body.ts'
import { trailersOf } from './trailers.ts'
import type { Transformed } from './transformed.ts'

/** What all exchanges of a route have in common. */
export interface ExchangeRules {
  readonly timers: TimerWheel
  /** Milliseconds until the head of the answer must be there, from the beginning and again from when the request is out. */
  readonly timeout: number
  /** Milliseconds without a byte in either direction after which it is given up. */
  readonly idle: number
  readonly incoming: IncomingRules
  /** Tells the client, at once, why there is no answer, or not the whole of it, and the log. */
  readonly fail: (context: RequestContext, error: unknown) => void
}

/** What an exchange is told of itself. */
export interface Exchanged extends Answered {
  readonly body: RequestBody | Buffer | undefined
  /** Hears of the head before the client does. */
  readonly headed: ((status: number, fields: Fields) => void) | undefined
}

/**
 * One request that is streamed to a backend and its answer back, both no faster than they are taken. It is told of everything
 * that can end it, by undici, by its timer, by its token and by its client, and ends once.
 */
export class Exchange implements HeldTaker {
  readonly #context: RequestContext
  readonly #exchanged: Exchanged
  readonly #rules: ExchangeRules
  readonly #body: RequestBody | Buffer | undefined
  readonly #answer: Answer
  /** For the policies of the backend, whose business ends with the head of the answer. */
  #pass: Pass | undefined
  #pool: Pool | undefined
  #controller: Dispatcher.DispatchController | undefined
  #timer: Timer | undefined
  /** What hears of the connection while the answer waits for the one before it. */
  #queued: (() => void) | undefined
  /** When something has last moved, in either direction, as `performance.now()` counts. */
  #moved = 0
  #status = 0
  #isOver = false

  constructor(exchanged: Exchanged, rules: ExchangeRules) {
    const { context, body } = exchanged
    const { request, response, token } = context
    this.#context = context
    this.#exchanged = exchanged
    this.#rules = rules
    this.#body = body
    this.#answer = new Answer(response, this)
    token.on(this)
    const closed = () => this.#closed()
    response.on('close', closed)
    // Who has left while something else took its time is not heard of again.
    if (request.socket.destroyed || response.destroyed) token.cancel(new FacetError('client-closed'))
    // A pipelined request's answer hears of its connection only when its turn has come.
    else if (response.socket === null) {
      request.socket.once('close', closed)
      this.#queued = closed
    }
  }

  /**
   * Asks the backend, whose policies have let it through.
   *
   * @param through what the response goes through on its way, if anything
   */
  start(pass: Pass, pool: Pool, options: Dispatcher.DispatchOptions, through?: Transformed['through']): void {
    if (this.#isOver) return pass.failed(this.#context.token.reason)
    this.#pass = pass
    this.#pool = pool
    this.#moved = pass.started
    const { timers, timeout } = this.#rules
    this.#timer = timers.set(timeout, this)
    const body = this.#body
    // An upload may take as long as it moves; the answer is late only when nothing more has to be said.
    if (body instanceof RequestBody) body.once('end', () => this.#status === 0 && this.#await(timeout))
    try {
      const way: Connections = through ? through(pool) : pool
      way.dispatch(options, this)
    } catch (error) {
      this.fail(failureOf(error))
    }
  }

  /** Ends it: the client is told where it still can be, the connection to the backend is closed. */
  fail(error: FacetError): void {
    if (this.#isOver) return
    this.#end()
    this.#controller?.abort(error)
    this.#answer.cut(this.#context.request.httpVersion)
    this.#pass?.failed(error)
    this.#rules.fail(this.#context, error)
  }

  /** For the token alone. */
  cancelled(reason: unknown): void {
    this.fail(failureOf(reason))
  }

  /** For the timer alone. */
  expired(): void {
    const { timeout, idle } = this.#rules
    const body = this.#body instanceof RequestBody ? this.#body : undefined
    const quiet = performance.now() - Math.max(this.#moved, body?.moved ?? 0)
    const isUploading = body !== undefined && !body.readableEnded && this.#controller !== undefined
    if (this.#status === 0 && !isUploading) return this.fail(this.#late())
    if (quiet >= idle) return this.fail(this.#stalled(isUploading))
    this.#await(this.#status === 0 ? Math.min(timeout, idle - quiet) : idle - quiet)
  }

  /** There is no answer yet. That others have all connections is not the backend's doing. */
  #late(): FacetError {
    const isWaiting = this.#controller === undefined && this.#pool !== undefined && isFull(this.#pool)
    return isWaiting
      ? new FacetError('backend-busy', { headers: { 'retry-after': '1' } })
      : new FacetError('backend-timeout')
  }

  /** Nothing has moved for too long, which is the doing of whoever is waited for. */
  #stalled(isUploading: boolean): FacetError {
    const detail = 'nothing has moved for too long'
    if (this.#answer.isClients) return new FacetError('client-closed', { detail })
    if (this.#status !== 0 || !isUploading || this.#context.request.isPaused())
      return new FacetError('backend-timeout', { detail })
    return new FacetError('request-timeout', { detail, headers: { Connection: 'close' } })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('given up'))
  }

  /** Its head counts for the backend's policies, and its client hears of it when the body is there, too. */
  onResponseHeld(status: number): void {
    this.#status = status
    this.#moved = performance.now()
    this.#pass?.answered(status, this.#moved)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _: unknown,
    reason: string | undefined = undefined,
  ): void {
    // What follows a 101 is another protocol, which nobody has asked for; below 100 there is nothing.
    if (status < 100 || status === 101)
      throw new FacetError('backend-malformed', { detail: `it answered with the status ${status}` })
    const { request, response } = this.#context
    const raw = controller.rawHeaders as (string | Buffer)[]
    const headers = incomingHead(status, raw, this.#exchanged, this.#rules.incoming)
    if (status < 200) {
      // Early hints and the like (RFC 8297), which clients of HTTP/1.0 do not know.
      if (request.httpVersion === '1.1') response.writeInformation(status, headers as never)
      return
    }
    this.#status = status
    // As the backend has said it: in its own words it says what has changed there.
    this.#exchanged.headed?.(status, Fields.of(raw))
    const now = performance.now()
    // The timer that is set finds out by itself that it is another time that counts from here on.
    this.#moved = now
    if (this.#rules.timeout > this.#rules.idle) this.#await(this.#rules.idle)
    this.#answer.begin(status, reason, headers)
    this.#pass?.answered(status, now)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#moved = performance.now()
    this.#answer.write(chunk, controller)
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    // The timer stays: a client that reads no further holds its connection no longer than a silent backend could.
    this.#moved = performance.now()
    const trailers = controller.rawTrailers as (string | Buffer)[] | null
    this.#answer.end(trailers === null ? [] : trailersOf(trailers, this.#rules.incoming))
  }

  onResponseError(_: unknown, error: Error): void {
    const { request, token } = this.#context
    // A body that breaks off is its client's doing, whatever it looks like from here.
    if (request.socket.destroyed) token.cancel(new FacetError('client-closed', { cause: error }))
    this.fail(failureOf(error))
  }

  /** For the answer alone: its client takes more. */
  drained(): void {
    this.#moved = performance.now()
  }

  /** The client has all of it, or has left. */
  #closed(): void {
    if (this.#isOver) return
    if (!this.#answer.isDone) return this.#context.token.cancel(new FacetError('client-closed'))
    this.#end()
    this.#context.done(this.#status)
  }

  #await(ms: number): void {
    this.#timer?.clear()
    this.#timer = this.#isOver ? undefined : this.#rules.timers.set(ms, this)
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.clear()
    const { request, token } = this.#context
    token.off(this)
    if (this.#body instanceof RequestBody) this.#body.destroy()
    if (this.#queued) request.socket.off('close', this.#queued)
  }
}
