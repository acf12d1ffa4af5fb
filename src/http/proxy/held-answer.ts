import type { Dispatcher } from 'undici'
import { mistake } from '../../call/scope.ts'
import { FacetError } from '../../errors.ts'
import { Fields } from '../../lib/fields.ts'

/** What becomes of a response. */
export interface AnswerChange {
  /**
   * Whether its body is to be had whole, and changed.
   *
   * @throws FacetError for one that should be, and cannot
   */
  isHeld(status: number, fields: Fields): boolean
  /** The head of one that is not, names and values in turn; undefined where it goes on as it is. */
  head(status: number, fields: Fields): readonly string[] | undefined
  /** @throws FacetError */
  change(status: number, fields: Fields, body: Buffer): Promise<{ headers: readonly string[]; body: Buffer }>
  /** How many bytes are held. */
  readonly maxBytes: number
}

interface Held {
  readonly status: number
  readonly fields: Fields
  readonly reason: string | undefined
  readonly chunks: Buffer[]
  size: number
}

/**
 * Stands between undici and whoever takes a response: one that is to be changed is held until it is there whole, and only then begins
 * for the other, so that all of it or a failure is what that sees. Everything else goes through as it comes.
 */
export class HeldAnswer implements Dispatcher.DispatchHandler {
  readonly #taker: Dispatcher.DispatchHandler
  readonly #change: AnswerChange
  #source: Source | undefined
  #held: Held | undefined

  constructor(taker: Dispatcher.DispatchHandler, change: AnswerChange) {
    this.#taker = taker
    this.#change = change
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#source = new Source(controller)
    this.#taker.onRequestStart?.(this.#source, context)
  }

  onRequestUpgrade(...upgrade: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.#taker.onRequestUpgrade?.(...upgrade)
  }

  onResponseStart(...start: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    const [controller, status, headers, reason] = start
    if (status < 200) return this.#taker.onResponseStart?.(...start)
    const fields = new Fields((controller.rawHeaders as (string | Buffer)[]).map(text))
    try {
      if (this.#change.isHeld(status, fields)) {
        this.#held = { status, fields, reason, chunks: [], size: 0 }
        if (Number(fields.get('content-length') ?? 0) > this.#change.maxBytes) throw answerTooLarge()
        return
      }
    } catch (error) {
      return this.#taker.onResponseError?.(controller, error as FacetError)
    }
    const head = this.#change.head(status, fields)
    if (!head) return this.#taker.onResponseStart?.(...start)
    const source = this.#source as Source
    source.rawHeaders = [...head]
    this.#taker.onResponseStart?.(source, status, headers, reason)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Whoever has given up does not hear of it any more.
    if (this.#source?.aborted) return
    const held = this.#held
    if (!held) return this.#taker.onResponseData?.(controller, chunk)
    held.size += chunk.length
    if (held.size > this.#change.maxBytes) return this.#taker.onResponseError?.(controller, answerTooLarge())
    held.chunks.push(chunk)
  }

  onResponseEnd(...end: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    if (this.#source?.aborted) return
    if (this.#held) void this.#pass(this.#held, this.#source as Source)
    else this.#taker.onResponseEnd?.(...end)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#taker.onResponseError?.(controller, error)
  }

  async #pass({ status, fields, reason, chunks, size }: Held, source: Source): Promise<void> {
    source.end()
    const taker = this.#taker
    try {
      const { headers, body } = await this.#change.change(status, fields, Buffer.concat(chunks, size))
      if (source.aborted) return
      source.rawHeaders = [...headers]
      taker.onResponseStart?.(source, status, {}, reason)
      if (body.length > 0) taker.onResponseData?.(source, body)
      taker.onResponseEnd?.(source, {})
    } catch (error) {
      taker.onResponseError?.(source, mistake('the transformation', error) as FacetError)
    }
  }
}

/** For a response beyond what is held of one. */
export function answerTooLarge(): FacetError {
  return new FacetError('backend-malformed', { detail: "the answer is larger than the route's transformMaxBytes" })
}

/** The exchange with a backend as the taker of its response sees it: over when the response is there, with another head. */
class Source implements Dispatcher.DispatchController {
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

function text(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}
