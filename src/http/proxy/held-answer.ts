import type { Dispatcher } from 'undici'
import { mistake } from '../../call/scope.ts'
import { FacetError } from '../../errors.ts'
import { Fields } from '../../lib/fields.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'
import { HeldSource } from './held-source.ts'

/** Who takes a response that may be held. */
export interface HeldTaker extends Dispatcher.DispatchHandler {
  /** The head is there: the backend has answered, whatever becomes of the body that is waited for. */
  onResponseHeld(status: number): void
}

/** Over which a request is asked, with its response as it comes or changed. */
export interface Connections {
  dispatch(options: Dispatcher.DispatchOptions, taker: HeldTaker): boolean
}

/** How long a body that is held is waited for. */
export interface HeldBounds {
  readonly timers: TimerWheel
  /** Milliseconds without a byte after which it is given up. */
  readonly quiet: number
  /** Milliseconds in which it must be there whole, from its head. */
  readonly whole: number
}

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
  /** When its head came, and the last of its body, as `performance.now()` counts. */
  readonly began: number
  moved: number
}

/**
 * Stands between undici and whoever takes a response: one that is to be changed is held until it is there whole, and only then begins
 * for the other, so that all of it or a failure is what that sees. Everything else goes through as it comes.
 */
export class HeldAnswer implements Dispatcher.DispatchHandler {
  readonly #taker: HeldTaker
  readonly #change: AnswerChange
  readonly #bounds: HeldBounds
  #source: HeldSource | undefined
  #held: Held | undefined
  #timer: Timer | undefined

  constructor(taker: HeldTaker, change: AnswerChange, bounds: HeldBounds) {
    this.#taker = taker
    this.#change = change
    this.#bounds = bounds
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#source = new HeldSource(controller)
    this.#taker.onRequestStart?.(this.#source, context)
  }

  onResponseStart(...start: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    const [controller, status, headers, reason] = start
    if (status < 200) return this.#taker.onResponseStart?.(...start)
    const fields = Fields.of(controller.rawHeaders as (string | Buffer)[])
    try {
      if (this.#change.isHeld(status, fields)) {
        if (Number(fields.get('content-length') ?? 0) > this.#change.maxBytes) throw answerTooLarge()
        const now = performance.now()
        this.#held = { status, fields, reason, chunks: [], size: 0, began: now, moved: now }
        this.#taker.onResponseHeld(status)
        this.expired()
        return
      }
    } catch (error) {
      // What is not to be had whole is nothing that the backend has failed in.
      this.#taker.onResponseHeld(status)
      return this.#taker.onResponseError?.(controller, error as FacetError)
    }
    const head = this.#change.head(status, fields)
    if (!head) return this.#taker.onResponseStart?.(...start)
    const source = this.#source as HeldSource
    source.rawHeaders = [...head]
    this.#taker.onResponseStart?.(source, status, headers, reason)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Whoever has given up does not hear of it any more.
    if (this.#source?.aborted) return
    const held = this.#held
    if (!held) return this.#taker.onResponseData?.(controller, chunk)
    held.moved = performance.now()
    held.size += chunk.length
    if (held.size > this.#change.maxBytes) return this.#taker.onResponseError?.(controller, answerTooLarge())
    held.chunks.push(chunk)
  }

  onResponseEnd(...end: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.#timer?.clear()
    if (this.#source?.aborted) return
    if (this.#held) void this.#pass(this.#held, this.#source as HeldSource)
    else this.#taker.onResponseEnd?.(...end)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#timer?.clear()
    this.#taker.onResponseError?.(controller, error)
  }

  /** For the timer alone, and once to set it. */
  expired(): void {
    const { timers, quiet, whole } = this.#bounds
    const { began, moved } = this.#held as Held
    const left = Math.min(began + whole, moved + quiet) - performance.now()
    if (left > 0) this.#timer = timers.set(left, this)
    else this.onResponseError(this.#source as HeldSource, new FacetError('backend-timeout', { detail: LATE }))
  }

  async #pass({ status, fields, reason, chunks, size }: Held, source: HeldSource): Promise<void> {
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

const LATE = 'the answer that is to be changed was not there whole in time'

/** For a response beyond what is held of one. */
export function answerTooLarge(): FacetError {
  return new FacetError('backend-malformed', { detail: "the answer is larger than the route's transformMaxBytes" })
}
