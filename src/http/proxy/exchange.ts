import type { Dispatcher } from 'undici'
import { failureOf } from '../../backend/undici-failure.ts'
import { FacetError } from '../../errors.ts'
import { Fields } from '../../lib/fields.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'
import type { RequestContext } from '../context.ts'
import { Answer } from './answer.ts'
import { type Answered, type IncomingRules, incomingHead, text, trailersOf } from './incoming-head.ts'
import { IDLE } from './pools.ts'
import { RequestBody } from './request-body.ts'

/** What an exchange is told of itself. */
export interface ExchangeOptions extends Omit<Answered, 'context'> {
  readonly timers: TimerWheel
  /** Milliseconds until the head of the answer must be there, from the beginning and again from when the request is out. */
  readonly timeout: number
  readonly rules: IncomingRules
  /** Hears of the head before the client does. */
  readonly headed: ((status: number, fields: Fields) => void) | undefined
}

/**
 * One request that is streamed to a backend and its answer back, both no faster than they are taken. It is told of everything
 * that can end it, by undici, by its timer, by its token and by its client, and ends once.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Settles with the head of the answer: for the policies of the backend, whose business ends there. */
  readonly head = Promise.withResolvers<{ readonly status: number }>()
  /** Fulfilled when the answer is out, rejected with a FacetError where there is none, or not the whole of it. */
  readonly done = Promise.withResolvers<void>()
  readonly #context: RequestContext
  readonly #options: ExchangeOptions
  readonly #body: RequestBody | Buffer | undefined
  readonly #answer: Answer
  #controller: Dispatcher.DispatchController | undefined
  #timer: Timer | undefined
  /** What hears of the connection while the answer waits for the one before it. */
  #queued: (() => void) | undefined
  /** When something has last moved, in either direction, as `performance.now()` counts. */
  #moved = 0
  #status = 0
  #isOver = false

  constructor(context: RequestContext, body: RequestBody | Buffer | undefined, options: ExchangeOptions) {
    this.#context = context
    this.#body = body
    this.#options = options
    this.#answer = new Answer(context.response, this)
    // By then all is read that came with it. Who is refused by the policies has never waited for it.
    this.head.promise.then(
      () => this.#answer.hurry(),
      () => {},
    )
    context.token.on(this)
    const { request, response, token } = context
    const closed = () => this.#closed()
    response.once('close', closed)
    // Who has left while something else took its time is not heard of again.
    if (request.socket.destroyed || response.destroyed) token.cancel(new FacetError('client-closed'))
    // A pipelined request's answer hears of its connection only when its turn has come.
    else if (response.socket === null) {
      request.socket.once('close', closed)
      this.#queued = closed
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Asks the backend. */
  start(pool: Dispatcher, options: Omit<Dispatcher.DispatchOptions, 'body'>): void {
    if (this.#isOver) return
    this.#moved = performance.now()
    this.#await(this.#options.timeout)
    const body = this.#body
    // An upload may take as long as it moves; the answer is late only when nothing more has to be said.
    if (body instanceof RequestBody) body.once('end', () => this.#status === 0 && this.#await(this.#options.timeout))
    try {
      pool.dispatch({ ...options, body: (body ?? null) as Buffer | null }, this)
    } catch (error) {
      this.fail(failureOf(error))
    }
  }

  /** Ends it: the client is told where it still can be, the connection to the backend is closed. */
  fail(error: FacetError): void {
    if (this.#isOver) return
    this.#end()
    if (this.#body instanceof RequestBody) this.#body.destroy()
    this.#controller?.abort(error)
    this.#answer.cut(this.#context.request.httpVersion)
    this.head.reject(error)
    this.done.reject(error)
  }

  /** For the token alone. */
  cancelled(reason: unknown): void {
    this.fail(failureOf(reason))
  }

  /** For the timer alone. */
  expired(): void {
    const { timeout } = this.#options
    const moved = this.#body instanceof RequestBody ? Math.max(this.#moved, this.#body.moved) : this.#moved
    const quiet = performance.now() - moved
    const isUploading = this.#body instanceof RequestBody && !this.#body.readableEnded && this.#controller !== undefined
    if (this.#status === 0 && !isUploading) return this.fail(new FacetError('backend-timeout'))
    if (quiet >= IDLE) {
      const code = this.#answer.isClients ? 'client-closed' : 'backend-timeout'
      return this.fail(new FacetError(code, { detail: 'nothing has moved for too long' }))
    }
    this.#await(this.#status === 0 ? Math.min(timeout, IDLE - quiet) : IDLE - quiet)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('given up'))
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
    const { path, made, rules } = this.#options
    const headers = incomingHead(status, raw, { context: this.#context, path, made }, rules)
    if (status < 200) {
      // Early hints and the like (RFC 8297), which clients of HTTP/1.0 do not know.
      if (request.httpVersion === '1.1') response.writeInformation(status, headers as never)
      return
    }
    this.#status = status
    // As the backend has said it: in its own words it says what has changed there.
    this.#options.headed?.(status, new Fields(raw.map(text)))
    this.#moved = performance.now()
    this.#await(IDLE)
    this.#answer.begin(status, reason, headers)
    this.head.resolve({ status })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#moved = performance.now()
    this.#answer.write(chunk, controller)
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    // The timer stays: a client that reads no further holds its connection no longer than a silent backend could.
    this.#moved = performance.now()
    const trailers = controller.rawTrailers as (string | Buffer)[] | null
    this.#answer.end(trailers === null ? [] : trailersOf(trailers, this.#options.rules))
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
    this.done.resolve()
  }

  #await(ms: number): void {
    this.#timer?.clear()
    this.#timer = this.#isOver ? undefined : this.#options.timers.set(ms, this)
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.clear()
    const { request, token } = this.#context
    token.off(this)
    if (this.#queued) request.socket.off('close', this.#queued)
  }
}
