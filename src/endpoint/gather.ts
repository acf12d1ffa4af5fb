import type { CallContext, Caller } from '../call/call.ts'
import { isCoverable } from '../call/optional.ts'
import type { SourceRecord } from '../channels.ts'
import { codeOf, type ErrorCode, FacetError, isFacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { Plan, Step } from './plan.ts'
import type { ParsedRequest } from './request.ts'

/** A source whose failure was replaced by its fallback. */
export interface Degradation {
  readonly source: string
  readonly code: ErrorCode
}

/** What a plan brought. */
export interface Gathered {
  /** The sources' values under their names, in declaration order. */
  readonly data: Readonly<Record<string, unknown>>
  readonly partial: readonly Degradation[]
}

/** What a gathering is given besides its plan. */
export interface GatherContext {
  readonly token: CancelToken
  readonly caller: Caller
  readonly timers: TimerWheel
  /** One record a source, filled in as they fare: for the log and `Server-Timing`. */
  readonly records: readonly SourceRecord[]
}

/** A record for every source of a plan, before any has started. */
export function newRecords({ steps }: Plan): SourceRecord[] {
  return steps.map(({ name }) => ({ name, duration: 0, outcome: 'idle', code: undefined, cache: undefined }))
}

/**
 * Runs a plan: each source starts the moment the sources it needs have settled. The first failure of a required source
 * cancels the token, and with it everything under way; an optional one gets its fallback. At the deadline what is still
 * missing is covered, or, where it is required, the whole fails.
 *
 * @throws FacetError of the failed source, `deadline`, or the reason for which the token was cancelled
 */
export function gather(plan: Plan, request: ParsedRequest, context: GatherContext): Promise<Gathered> {
  return new Promise((resolve, reject) => new Gathering(plan, request, context, resolve, reject).begin())
}

class Gathering {
  readonly #plan: Plan
  readonly #request: ParsedRequest
  readonly #context: GatherContext
  readonly #resolve: (gathered: Gathered) => void
  readonly #reject: (error: unknown) => void
  readonly #values: unknown[]
  /** How many needs a step still waits for; -1 once it has settled. */
  readonly #waiting: number[]
  readonly #memo: Map<string, Promise<unknown>> | undefined
  readonly #deadline: number
  #left: number
  #over = false
  #partial: Degradation[] = []
  #timer: Timer | undefined

  constructor(
    plan: Plan,
    request: ParsedRequest,
    context: GatherContext,
    resolve: (gathered: Gathered) => void,
    reject: (error: unknown) => void,
  ) {
    this.#plan = plan
    this.#request = request
    this.#context = context
    this.#resolve = resolve
    this.#reject = reject
    this.#values = new Array(plan.steps.length)
    this.#waiting = plan.steps.map(({ needs }) => needs.length)
    this.#left = plan.steps.length
    this.#memo = plan.memo ? new Map() : undefined
    this.#deadline = performance.now() + plan.deadline
  }

  begin(): void {
    const { token, timers } = this.#context
    if (this.#left === 0) return this.#finish()
    this.#timer = timers.set(this.#plan.deadline, () => this.#expire())
    token.on(this.#cancelled)
    for (let index = 0; index < this.#plan.steps.length && !this.#over; index++) {
      if ((this.#plan.steps[index] as Step).needs.length === 0) this.#start(index)
    }
  }

  readonly #cancelled = (reason: unknown): void => this.#fail(reason)

  #start(index: number): void {
    const step = this.#plan.steps[index] as Step
    const record = this.#context.records[index] as SourceRecord
    const started = performance.now()
    const context: CallContext = {
      token: this.#context.token,
      deadline: this.#deadline,
      caller: this.#context.caller,
      source: step.name,
      memo: this.#memo,
      cache: undefined,
      bytes: 0,
      degrade: (error) => {
        record.outcome = 'fallback'
        record.code = codeOf(error)
        this.#degrade(step.name, record.code)
      },
    }
    const failed = (error: unknown) => {
      record.duration = performance.now() - started
      record.cache = context.cache
      this.#failed(index, error, context)
    }
    try {
      const input = step.input(this.#requestOf(step) as never)
      if (input === undefined) {
        record.outcome = 'skipped'
        return this.#settle(index, undefined)
      }
      if (typeof (input as PromiseLike<unknown> | null)?.then === 'function')
        throw new TypeError('an input function must not be async: what it needs is a source')
      step.run(input as never, context).then((value) => {
        record.duration = performance.now() - started
        record.cache = context.cache
        if (record.outcome === 'idle') record.outcome = 'ok'
        this.#settle(index, value)
      }, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** What a step's input function sees: the request, and the sources that it said it needs. */
  #requestOf({ needs }: Step): object {
    if (needs.length === 0) return this.#request
    const request: Record<string, unknown> = { ...this.#request }
    for (const need of needs) request[(this.#plan.steps[need] as Step).name] = this.#values[need]
    return request
  }

  #failed(index: number, error: unknown, context: CallContext): void {
    if (this.#over) return
    const { name, cover } = this.#plan.steps[index] as Step
    if (cover && isCoverable(error, context)) {
      try {
        const value = cover(error)
        context.degrade(error)
        return this.#settle(index, value)
      } catch (mistake) {
        return this.#failed(
          index,
          new FacetError('internal', { detail: `the fallback of '${name}' failed`, cause: mistake }),
          context,
        )
      }
    }
    const record = this.#context.records[index] as SourceRecord
    record.outcome = 'failed'
    record.code = codeOf(error)
    this.#fail(named(error, name))
  }

  #settle(index: number, value: unknown): void {
    if (this.#over || this.#waiting[index] === -1) return
    this.#waiting[index] = -1
    this.#values[index] = value
    if (--this.#left === 0) return this.#finish()
    for (const dependent of (this.#plan.steps[index] as Step).dependents) {
      if (--(this.#waiting[dependent] as number) === 0) this.#start(dependent)
      if (this.#over) return
    }
  }

  #degrade(source: string, code: ErrorCode): void {
    if (!this.#over && !this.#partial.some((known) => known.source === source)) this.#partial.push({ source, code })
  }

  /** The deadline: only what is optional may still be missing. */
  #expire(): void {
    const missing = this.#plan.steps.flatMap((step, index) => (this.#waiting[index] === -1 ? [] : [{ step, index }]))
    const required = missing.find(({ step }) => !step.cover)
    const late = new FacetError('deadline')
    if (required) return this.#fail(named(late, required.step.name))
    try {
      for (const { step, index } of missing) {
        this.#values[index] = step.cover?.(late)
        Object.assign(this.#context.records[index] as SourceRecord, { outcome: 'fallback', code: 'deadline' })
        this.#degrade(step.name, 'deadline')
      }
    } catch (mistake) {
      return this.#fail(new FacetError('internal', { detail: 'a fallback failed', cause: mistake }))
    }
    this.#finish()
    this.#context.token.cancel(late)
  }

  #finish(): void {
    this.#end()
    const data: Record<string, unknown> = {}
    for (const index of this.#plan.given) data[(this.#plan.steps[index] as Step).name] = this.#values[index]
    this.#resolve({ data, partial: this.#partial })
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.#end()
    this.#reject(error)
    this.#context.token.cancel(error)
  }

  #end(): void {
    this.#over = true
    this.#timer?.clear()
    this.#context.token.off(this.#cancelled)
  }
}

/** The error with the name of its source. An error may be shared by requests that waited for the same load, so it is copied. */
function named(error: unknown, source: string): FacetError {
  if (!isFacetError(error)) {
    const wrapped = new FacetError('internal', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
    wrapped.source = source
    return wrapped
  }
  const copy = new FacetError(error.code, {
    detail: error.message,
    cause: error.cause ?? error,
    ...(error.upstream !== undefined && { upstream: error.upstream }),
    ...(error.issues && { issues: error.issues }),
  })
  copy.source = source
  return copy
}
