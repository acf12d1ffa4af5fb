import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { failureOf } from '../../backend/undici-failure.ts'
import { FacetError } from '../../errors.ts'
import type { Timer, TimerWheel } from '../../lib/timer-wheel.ts'
import type { RequestContext } from '../context.ts'
import type { Upgrade } from '../upgrade.ts'
import type { Answered, IncomingRules } from './incoming-head.ts'
import { answerBare, markUnkept, type Unswitched } from './unswitched.ts'
import { answeredHead, switchedHead } from './upgrade-head.ts'

/** What a tunnel is told of itself. */
export interface TunnelOptions {
  readonly timers: TimerWheel
  /** Milliseconds until the backend must have answered. */
  readonly timeout: number
  /** Milliseconds until the connection to it must be there, with TLS. */
  readonly connectTimeout: number
  /** Milliseconds without a byte after which it is closed. */
  readonly idle: number
  readonly rules: IncomingRules
  readonly unswitched: Unswitched
  /** Tells the client why there is none, at once, and the log. */
  readonly refuse: (context: RequestContext, error: unknown) => void
}

/** In how many parts of the idle time it is looked whether something has moved: as exact as it is. */
const LOOKS = 4
/** How long one side may take to part when the other is gone, in milliseconds: for what is on its way, which a reset would discard. */
const PARTING = 1_000

/**
 * One upgrade that is passed on, from the request to the end of the connection. http-proxy-middleware asks, and lets the bytes through;
 * this settles what it leaves open: every way in which one of the two sides can end reaches the other, in time.
 */
export class Tunnel {
  /** Settles with the head of the answer: for the policies of the backend, whose business ends there. */
  readonly head = Promise.withResolvers<{ readonly status: number }>()
  /** Fulfilled when both connections are closed. */
  readonly ended = Promise.withResolvers<void>()
  readonly #context: RequestContext
  readonly #answered: Answered
  readonly #upgrade: Upgrade
  readonly #options: TunnelOptions
  #asking: ClientRequest | undefined
  /** The connection to the backend, once there is an answer. */
  #backend: Socket | undefined
  #timer: Timer | undefined
  /** When it was begun to ask, as `performance.now()` counts. */
  #started = 0
  #isConnected = false
  #status = 0
  #isRefused = false
  #isParting = false
  /** Bytes that had come when it was last looked, and how often there were no more. */
  #bytes = 0
  #quiet = 0

  constructor(answered: Answered, upgrade: Upgrade, options: TunnelOptions) {
    const { context } = answered
    this.#context = context
    this.#answered = answered
    this.#upgrade = upgrade
    this.#options = options
    // Who is refused by the policies has never waited for it.
    this.head.promise.catch(() => {})
    const { socket } = upgrade
    // Before there is an answer, half a client is none, as everywhere on a server of Node's.
    socket.once('end', () => this.#status === 0 && socket.destroy())
    socket.once('close', () => this.#left())
    if (socket.destroyed) this.#left()
  }

  /** The time for the connection and that for the answer begin. @returns whether it is still wanted */
  start(): boolean {
    if (this.#isRefused) return false
    this.#started = performance.now()
    this.#await(this.#options.connectTimeout)
    return true
  }

  /** Takes the request over before anybody else hears of what becomes of it. */
  asked(asking: ClientRequest): void {
    this.#asking = asking
    asking.on('error', (error) => this.fail(error))
    asking.once('socket', (socket) => this.#connecting(socket))
    asking.once('response', (answer) => this.#replied(answer))
    asking.once('upgrade', (answer, socket) => this.#switched(answer, socket))
    if (this.#isRefused) asking.destroy()
  }

  /** It has gone wrong: the client is told where it still can be. */
  fail(thrown: unknown): void {
    const { token } = this.#context
    const hasLeft = this.#upgrade.socket.destroyed
    const error = hasLeft ? new FacetError('client-closed', { cause: thrown }) : judged(thrown)
    if (this.#status !== 0) return this.#broken(error)
    if (this.#isRefused) return
    this.#isRefused = true
    this.#timer?.clear()
    if (hasLeft) token.cancel(error)
    this.head.reject(error)
    this.#options.refuse(this.#context, error)
    this.#asking?.destroy()
  }

  /** Ends it from here: with the app. */
  close(): Promise<void> {
    this.#upgrade.socket.destroy()
    return this.ended.promise
  }

  /** For the timer alone. */
  expired(): void {
    if (this.#isParting) return this.#cut()
    if (this.#status === 0)
      return this.fail(
        this.#isConnected
          ? new FacetError('backend-timeout')
          : new FacetError('backend-unreachable', { detail: 'the connection was not there in time' }),
      )
    const bytes = this.#upgrade.socket.bytesRead + (this.#backend?.bytesRead ?? 0)
    this.#quiet = bytes === this.#bytes ? this.#quiet + 1 : 0
    this.#bytes = bytes
    if (this.#quiet < LOOKS) return this.#await(this.#options.idle / LOOKS)
    this.#broken(new FacetError('backend-timeout', { detail: 'nothing has moved for too long' }))
    this.#cut()
  }

  /** Each upgrade has a connection of its own, which is new. */
  #connecting(socket: Socket): void {
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      this.#isConnected = true
      const left = this.#options.timeout - (performance.now() - this.#started)
      if (this.#status === 0 && !this.#isRefused) this.#await(Math.max(0, left))
    })
  }

  #switched(answer: IncomingMessage, backend: Socket): void {
    try {
      if (!this.#isRefused) switchedHead(answer, this.#answered, this.#upgrade, this.#options.rules)
    } catch (error) {
      this.fail(error)
      // Behind the refusal nothing may follow.
      this.#upgrade.socket.end()
    }
    if (this.#isRefused) return void backend.destroy()
    this.#opened(101, backend)
  }

  #replied(answer: IncomingMessage): void {
    try {
      if (!this.#isRefused) answeredHead(answer, this.#answered, this.#options.rules)
    } catch (error) {
      this.fail(error)
      this.#upgrade.socket.end()
    }
    const { unswitched } = this.#options
    if (!this.#isRefused && unswitched !== 'as it is') markUnkept(answer)
    if (!this.#isRefused && unswitched === 'bare') this.#bared(answer)
    if (this.#isRefused) return void answer.destroy()
    answer.on('error', (error) => this.fail(error))
    this.#opened(answer.statusCode as number, answer.socket)
  }

  /** The client gets the head of an answer alone, as an ordinary one. */
  #bared(answer: IncomingMessage): void {
    this.#isRefused = true
    this.#timer?.clear()
    this.head.resolve({ status: answer.statusCode as number })
    answerBare(this.#context, answer)
    // http-proxy-middleware hears of the answer after this, and has nobody to tell.
    this.#upgrade.socket.end()
  }

  #opened(status: number, backend: Socket): void {
    const { socket, release } = this.#upgrade
    this.#status = status
    this.#backend = backend
    release()
    // http-proxy-middleware writes the head as text, which has one byte a character.
    socket.setDefaultEncoding('latin1')
    this.head.resolve({ status })
    this.#await(this.#options.idle / LOOKS)
    // All is said to the client, which need not part by itself.
    socket.once('finish', () => this.#part())
    if (backend.destroyed) this.#parted()
    else backend.once('close', () => this.#parted())
  }

  /** The client is gone. */
  #left(): void {
    if (this.#status === 0) this.fail(undefined)
    else if (this.#backend && !this.#backend.destroyed) {
      this.#part()
      // It is to have what the client has still said, if it takes it.
      return void this.#backend.destroySoon()
    }
    this.#over()
  }

  /** The backend is gone. An answer may still be on its way from here to the client. */
  #parted(): void {
    const { socket } = this.#upgrade
    if (socket.destroyed) this.#over()
    else if (this.#status === 101) socket.end()
  }

  #part(): void {
    this.#isParting = true
    this.#await(PARTING)
    // With unread bytes the end would be a reset, for which a client may throw away what it has not read.
    this.#upgrade.socket.resume()
  }

  /** The log hears of it, unless the client has left first. */
  #broken(error: FacetError): void {
    const { record } = this.#context
    if (this.#upgrade.socket.destroyed || this.#isParting) return
    record.code ??= error.code
    record.error ??= error
  }

  #cut(): void {
    this.#backend?.destroy()
    this.#upgrade.socket.destroy()
  }

  #over(): void {
    this.#timer?.clear()
    if (this.#status !== 0) this.#context.done(this.#status)
    this.ended.resolve()
  }

  #await(ms: number): void {
    this.#timer?.clear()
    this.#timer = this.#options.timers.set(ms, this)
  }
}

/** What went wrong, in the table's words. @param thrown as Node's client gives it, or the policies do */
function judged(thrown: unknown): FacetError {
  const { code } = (thrown ?? {}) as { readonly code?: unknown }
  if (typeof code !== 'string' || !code.startsWith('HPE_')) return failureOf(thrown)
  return new FacetError('backend-malformed', { detail: 'the answer is not HTTP', cause: thrown })
}
