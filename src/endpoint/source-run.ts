import type { Patience } from '../cache/patience.ts'
import type { CallContext, Caller, Memo } from '../call/call.ts'
import { isCoverable } from '../call/optional.ts'
import { isRefusal } from '../call/outcome.ts'
import { inScope, synchronous } from '../call/scope.ts'
import type { CacheState, SourceRecord } from '../channels.ts'
import { codeOf, type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { named } from './named.ts'
import type { Step } from './plan.ts'

/** What a source's run tells the gathering that it is part of. */
export interface SourceHost {
  readonly token: CancelToken
  readonly caller: Caller
  /** As `performance.now()` counts. */
  readonly deadline: number
  readonly isHasty: boolean
  readonly memo: Memo | undefined
  readonly isShared: boolean
  readonly patience: Patience | undefined
  readonly isBypassing: boolean
  readonly dataTags: readonly string[] | undefined
  /** The whole has been answered or has failed: what comes later changes nothing, nor its records. */
  readonly over: boolean
  /** @param lost the failure, where those that need it must go without as well */
  settled(index: number, value: unknown, lost?: unknown): void
  /** A required source has failed, or a mistake was made. */
  failed(error: FacetError): void
  degraded(source: string, code: ErrorCode): void
}

/** One source within one request: what its call is given to run with, and what becomes of its answer. */
export class SourceRun implements CallContext {
  readonly token: CancelToken
  readonly caller: Caller
  readonly deadline: number
  readonly isHasty: boolean
  readonly memo: Memo | undefined
  readonly source: string
  readonly isShared: boolean
  readonly patience: Patience | undefined
  readonly isBypassing: boolean
  readonly dataTags: readonly string[] | undefined
  cache: CacheState | undefined = undefined
  fresh = Number.POSITIVE_INFINITY
  tags: Set<string> | undefined = undefined
  told: string[] | undefined = undefined
  bytes = 0
  readonly #host: SourceHost
  readonly #step: Step
  readonly #index: number
  readonly #record: SourceRecord
  #started: number | undefined = undefined
  #input: unknown
  #isSettled = false
  #rescued: { readonly value: unknown } | undefined

  constructor(host: SourceHost, step: Step, index: number, record: SourceRecord) {
    this.token = host.token
    this.caller = host.caller
    this.deadline = host.deadline
    this.isHasty = host.isHasty
    this.memo = host.memo
    this.isShared = host.isShared
    this.patience = host.patience
    this.isBypassing = host.isBypassing
    this.dataTags = host.dataTags
    this.source = step.name
    this.#host = host
    this.#step = step
    this.#index = index
    this.#record = record
  }

  /** @param request what the source's input function sees */
  start(request: object): void {
    this.#started = performance.now()
    try {
      const input = synchronous('the input function', inScope(this, this.#step.input, request as never))
      if (input === undefined) {
        this.#record.outcome = 'skipped'
        return this.#host.settled(this.#index, undefined)
      }
      this.#input = input
      this.#step.run(input as never, this).then(
        (value) => this.#succeed(value),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
  }

  degrade(error: unknown): void {
    const code = codeOf(error)
    this.#record.outcome = 'fallback'
    this.#record.code = code
    this.#host.degraded(this.source, code)
  }

  /** Says in the record that this was given up while it was under way. */
  abort(): void {
    if (this.#record.outcome !== 'idle') return
    this.#measure()
    this.#record.outcome = 'aborted'
  }

  #measure(): void {
    this.#record.duration = this.#started === undefined ? 0 : performance.now() - this.#started
    this.#record.cache = this.cache
    this.#record.told = this.told
  }

  #succeed(value: unknown): void {
    if (this.#host.over || this.#isSettled) return
    this.#isSettled = true
    this.#measure()
    if (this.#record.outcome === 'idle') this.#record.outcome = 'ok'
    this.#host.settled(this.#index, value)
  }

  #fail(error: unknown): void {
    if (this.#host.over || this.#isSettled) return
    this.#measure()
    if (!this.#step.cover || !isCoverable(error, this)) return this.#refuse(error)
    const rescued = isRefusal(error) ? undefined : this.rescue()
    if (!rescued) return this.stand(error)
    rescued.then(() => this.stand(error))
  }

  /**
   * Looks for another answer than that of the call.
   *
   * @returns undefined where there is nowhere to look
   */
  rescue(): Promise<void> | undefined {
    const { rescue } = this.#step
    if (!rescue || this.#input === undefined) return undefined
    return rescue(this.#input as never, this).then(
      (found) => {
        this.#rescued = found
      },
      // A store that fails has nothing.
      () => {},
    )
  }

  /** Lets what there is instead stand in. */
  stand(error: unknown): void {
    if (this.#host.over || this.#isSettled) return
    this.#isSettled = true
    this.#measure()
    const { cover, name, isMaybe } = this.#step
    let value: unknown
    try {
      value = this.#rescued
        ? this.#rescued.value
        : cover && synchronous('the fallback', inScope(this, cover as (error: unknown) => unknown, error))
    } catch (mistake) {
      return this.#refuse(new FacetError('internal', { detail: `the fallback of '${name}' failed`, cause: mistake }))
    }
    this.degrade(error)
    this.#host.settled(this.#index, value, isMaybe ? error : undefined)
  }

  #refuse(error: unknown): void {
    this.#record.outcome = 'failed'
    this.#record.code = codeOf(error)
    this.#host.failed(named(error, this.source))
  }
}
