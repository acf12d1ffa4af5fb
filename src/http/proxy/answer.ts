import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Dispatcher } from 'undici'
import { FacetError } from '../../errors.ts'

/** What hears of its client. */
export interface AnswerListener {
  /** It takes more, after the backend has been made to wait. */
  drained(): void
  fail(error: FacetError): void
}

interface Head {
  readonly status: number
  readonly phrase: string
  readonly headers: readonly string[]
}

const TURNS = 2

/**
 * An answer on its way to a client. Its head waits for the first of the body, with which it goes out, but not for long: a client of
 * server-sent events wants it at once. While it waits a backend may still turn out to be broken, and the client can be told so.
 */
export class Answer {
  readonly #response: ServerResponse
  readonly #listener: AnswerListener
  #held: Head | undefined
  /** Whether the client takes no more for the moment. */
  #isFull = false
  #isEnded = false

  constructor(response: ServerResponse, listener: AnswerListener) {
    this.#response = response
    this.#listener = listener
  }

  /** Whether it is the client that everything waits for. */
  get isClients(): boolean {
    return this.#isFull || this.#isEnded
  }

  /** Whether the client's connection has all of it. */
  get isDone(): boolean {
    return this.#isEnded && this.#response.writableFinished
  }

  /**
   * Its head, which waits for the first of the body. A connection that is found broken says so within two turns of the loop; by then all
   * is read that came with it.
   *
   * @param headers names and values in turn
   */
  begin(status: number, reason: string | undefined, headers: readonly string[]): void {
    this.#held = { status, phrase: phraseOf(status, reason), headers }
    process.nextTick(hurry, this, TURNS)
  }

  /**
   * A part of its body.
   *
   * @throws FacetError `backend-malformed` for a head that cannot be sent, `internal` where somebody else has ended the answer
   */
  write(chunk: Buffer, controller: Pick<Dispatcher.DispatchController, 'pause' | 'resume'>): void {
    this.#sendHead()
    if (this.#response.writableEnded) throw new FacetError('internal', { detail: 'a middleware has ended the answer' })
    // What a backend's end of its connection leaves behind comes without regard to the pause.
    if (this.#response.write(chunk) || this.#isFull) return
    this.#isFull = true
    controller.pause()
    this.#response.once('drain', () => {
      this.#isFull = false
      this.#listener.drained()
      controller.resume()
    })
  }

  /**
   * The end of its body, and what comes behind that.
   *
   * @throws FacetError `backend-malformed` for a head that cannot be sent
   */
  end(trailers: readonly (readonly [name: string, value: string])[]): void {
    this.#sendHead()
    if (trailers.length > 0) this.#response.addTrailers(trailers as never)
    this.#isEnded = true
    this.#response.end()
  }

  /** Ends it in the middle, so that nobody takes what there is for the whole. */
  cut(version: string): void {
    this.#held = undefined
    // To a client of HTTP/1.0 the end of the connection is the end of the body; a reset is not.
    if (this.#response.headersSent && version === '1.0') this.#response.socket?.resetAndDestroy()
  }

  /** Sends the head where no body has come with it. @param turns how often the loop still turns before */
  hurry(turns: number): void {
    if (!this.#held) return
    if (turns > 0) return void setImmediate(hurry, this, turns - 1)
    try {
      this.#sendHead()
      this.#response.flushHeaders()
    } catch (error) {
      this.#listener.fail(error as FacetError)
    }
  }

  #sendHead(): void {
    const held = this.#held
    if (!held) return
    this.#held = undefined
    try {
      this.#response.writeHead(held.status, held.phrase, held.headers as never)
    } catch (cause) {
      throw new FacetError('backend-malformed', { detail: 'its head cannot be passed on', cause })
    }
  }
}

/** The reason phrase of a response: what its backend calls the status, or what everybody does. */
export function phraseOf(status: number, reason: string | undefined): string {
  const usual = STATUS_CODES[status] ?? ''
  const isOwn = reason !== undefined && reason !== usual && /^[\t\x20-\x7e]+$/.test(reason)
  return isOwn ? reason : usual
}

function hurry(answer: Answer, turns: number): void {
  answer.hurry(turns)
}
