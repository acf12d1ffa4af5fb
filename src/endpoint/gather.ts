import type { Patience } from '../cache/patience.ts'
import type { Caller, Memo } from '../call/call.ts'
import { inScope } from '../call/scope.ts'
import type { SourceRecord } from '../channels.ts'
import { type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import { named } from './named.ts'
import type { Plan, Step } from './plan.ts'
import type { ParsedRequest } from './request.ts'
import { type SourceHost, SourceRun } from './source-run.ts'

/** A source whose failure was replaced by its fallback. */
export interface Degradation {
  readonly source: string
  readonly code: ErrorCode
}

/** What a plan brought. */
export interface Gathered {
  /** The sources' values under their names, in declaration order. */
  readonly data: Readonly<Record<string, unknown>>
  /** In declaration order too. */
  readonly partial: readonly Degradation[]
  /** Until when all that came from caches is fresh, in milliseconds since the epoch; undefined where nothing did. */
  readonly fresh: number | undefined
  /** What it can be purged by, as the caches say that it came through; undefined where none said anything. */
  readonly tags: readonly string[] | undefined
}

/** What a gathering is given besides its plan. */
export interface GatherContext {
  readonly token: CancelToken
  readonly caller: Caller
  readonly timers: TimerWheel
  /** How long it waits for the cache's store, in all. */
  readonly patience?: Patience | undefined
  /** Whether the endpoint's kept data is to be passed by. */
  readonly isBypassing?: boolean
  /** When the deadline began to run, as `performance.now()` counts: the reading of a body is part of it. */
  readonly started: number
  /** Where it is shorter than the plan's. Milliseconds. */
  readonly deadline?: number
  /** Takes what a failure can be purged by, as the caches say that it came through. */
  readonly note?: ((tags: readonly string[]) => void) | undefined
  /** Whether others may be given what comes of it. */
  readonly isShared?: boolean
  /** One record a source, filled in as they fare: for the log and `Server-Timing`. */
  readonly records: readonly SourceRecord[]
}

/**
 * Runs a plan: each source starts the moment the sources it needs have settled. The first failure of a required source
 * cancels the token, and with it everything under way; an optional one gets its fallback. At the deadline what is still
 * missing is covered, or, where it is required, the whole fails.
 *
 * @throws FacetError of the failed source, `deadline`, or the reason for which the token was cancelled
 */
export function gather(plan: Plan, request: ParsedRequest, context: GatherContext): Promise<Gathered> {
  return new Promise((resolve, reject) => new Gathering(plan, request, context, resolve, reject).begin(context.timers))
}

class Gathering implements SourceHost {
  readonly token: CancelToken
  readonly caller: Caller
  readonly deadline: number
  readonly isHasty: boolean
  readonly memo: Memo | undefined
  readonly isShared: boolean
  readonly patience: Patience | undefined
  readonly isBypassing: boolean
  readonly dataTags: readonly string[] | undefined
  readonly #plan: Plan
  readonly #request: ParsedRequest
  readonly #records: readonly SourceRecord[]
  readonly #note: GatherContext['note']
  readonly #resolve: (gathered: Gathered) => void
  readonly #reject: (error: unknown) => void
  readonly #values: unknown[]
  /** Those that have begun. */
  readonly #runs: SourceRun[] = []
  /** How many needs a step still waits for; -1 once it has settled. */
  readonly #waiting: number[]
  /** Failures of what a step needs, where that is to go without. */
  #lost: Map<number, unknown> | undefined
  /** The deadline has passed: nothing more is begun. */
  #isLate = false
  #left: number
  #over = false
  #partial: Map<string, ErrorCode> | undefined
  #timer: Timer | undefined

  constructor(
    plan: Plan,
    request: ParsedRequest,
    context: GatherContext,
    resolve: (gathered: Gathered) => void,
    reject: (error: unknown) => void,
  ) {
    const { token, caller, records, started, patience, note, isShared = false, isBypassing = false } = context
    this.token = token
    this.caller = caller
    this.isShared = isShared
    this.patience = patience
    this.isBypassing = isBypassing
    const { params, query } = request
    this.dataTags = plan.dataTags && inScope(this, plan.dataTags, { params, query })
    const { deadline = plan.deadline } = context
    this.deadline = started + Math.min(plan.deadline, deadline)
    this.isHasty = deadline < plan.deadline
    this.memo = plan.memo ? new Map() : undefined
    this.#plan = plan
    this.#request = request
    this.#records = records
    this.#note = note
    this.#resolve = resolve
    this.#reject = reject
    this.#left = plan.steps.length
    this.#values = new Array(plan.steps.length)
    this.#waiting = plan.needs.slice()
  }

  get over(): boolean {
    return this.#over
  }

  begin(timers: TimerWheel): void {
    if (this.#left === 0) return this.#finish()
    this.#timer = timers.set(Math.max(0, this.deadline - performance.now()), this)
    this.token.on(this)
    for (let index = 0; index < this.#plan.steps.length && !this.#over; index++) {
      if (this.#plan.needs[index] === 0) this.#start(index)
    }
  }

  #start(index: number): void {
    const run = this.#run(index)
    if (this.#lost?.has(index)) run.stand(this.#lost.get(index))
    else run.start(this.#requestOf(this.#plan.steps[index] as Step))
  }

  #run(index: number): SourceRun {
    const step = this.#plan.steps[index] as Step
    const run = new SourceRun(this, step, index, this.#records[index] as SourceRecord)
    this.#runs[index] = run
    return run
  }

  /** What a step's input function sees: the request, and the sources that it said it needs. */
  #requestOf({ needs }: Step): object {
    if (needs.length === 0) return this.#request
    const request: Record<string, unknown> = { ...this.#request }
    for (const need of needs) request[(this.#plan.steps[need] as Step).name] = this.#values[need]
    return request
  }

  settled(index: number, value: unknown, lost?: unknown): void {
    if (this.#over || this.#waiting[index] === -1) return
    this.#waiting[index] = -1
    this.#values[index] = value
    if (--this.#left === 0) return this.#finish()
    for (const dependent of (this.#plan.steps[index] as Step).dependents) {
      if (lost !== undefined) {
        this.#lost ??= new Map()
        this.#lost.set(dependent, lost)
      }
      if (--(this.#waiting[dependent] as number) === 0 && !this.#isLate) this.#start(dependent)
      if (this.#over) return
    }
  }

  degraded(source: string, code: ErrorCode): void {
    if (this.#over) return
    this.#partial ??= new Map()
    if (!this.#partial.has(source)) this.#partial.set(source, code)
  }

  failed(error: unknown): void {
    if (this.#over) return
    this.#end()
    for (const [index, run] of this.#runs.entries()) if (run && this.#waiting[index] !== -1) run.abort()
    const tags = this.#note && this.#tags()
    if (tags) this.#note?.([...tags])
    this.#reject(error)
    this.token.cancel(error)
  }

  /** The token was cancelled: the client has left, or nobody waits for this load any more. */
  cancelled(reason: unknown): void {
    this.failed(reason)
  }

  /** The deadline. A list may have been given up with it, or just before, part by part: that settles first. */
  expired(): void {
    this.#isLate = true
    setImmediate(() => this.#over || this.#late())
  }

  /** Only what is optional may still be missing, and what there is at once instead stands in. */
  #late(): void {
    const missing = this.#plan.steps.flatMap((step, index) => (this.#waiting[index] === -1 ? [] : [{ step, index }]))
    const required = missing.find(({ step }) => !step.cover)
    const late = new FacetError('deadline', { isHasty: this.isHasty })
    if (required) return this.failed(named(late, required.step.name))
    const runs = missing.map(({ index }) => this.#runs[index] ?? this.#run(index))
    const stand = () => {
      for (const run of runs) run.stand(late)
      this.token.cancel(late)
    }
    const rescues = runs.flatMap((run) => run.rescue() ?? [])
    if (rescues.length === 0) stand()
    else Promise.all(rescues).then(stand)
  }

  #finish(): void {
    this.#end()
    const data: Record<string, unknown> = {}
    for (const index of this.#plan.given) data[(this.#plan.steps[index] as Step).name] = this.#values[index]
    let fresh: number | undefined
    for (const run of this.#runs) if (run && run.fresh < (fresh ?? Number.POSITIVE_INFINITY)) fresh = run.fresh
    const tags = this.#tags()
    this.#resolve({
      data,
      partial: this.#partial ? this.#inOrder(this.#partial) : WHOLE,
      fresh,
      tags: tags && [...tags],
    })
  }

  #tags(): Set<string> | undefined {
    let tags: Set<string> | undefined
    for (const run of this.#runs) if (run?.tags) tags = tags ? tags.union(run.tags) : run.tags
    return tags
  }

  #inOrder(partial: ReadonlyMap<string, ErrorCode>): Degradation[] {
    return this.#plan.steps.flatMap(({ name: source }) => {
      const code = partial.get(source)
      return code ? [{ source, code }] : []
    })
  }

  #end(): void {
    this.#over = true
    this.#timer?.clear()
    this.token.off(this)
  }
}

const WHOLE: readonly Degradation[] = []
