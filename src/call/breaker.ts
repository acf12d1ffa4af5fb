import { FacetError } from '../errors.ts'
import type { Policy } from './call.ts'
import { isFailure, type Outcome, outcomeIn } from './outcome.ts'
import type { BreakerSettings } from './policies.ts'
import { SlidingWindow } from './window.ts'

/** What holds where nobody says otherwise. */
export const BREAKER_DEFAULTS: BreakerSettings = {
  failureRate: 0.5,
  slow: undefined,
  window: 10_000,
  minimum: 20,
  open: 5_000,
  probes: 3,
  isFailure,
}

export type BreakerState = 'closed' | 'open' | 'half-open'

/** That a call may go through; its outcome is reported with it. While the breaker is closed all calls have the same one. */
export interface Admission {
  /** Between two changes of the state. */
  readonly round: number
  /** When it was given, for a probe. */
  readonly since: number
}

const BUCKETS = 10
/** How much longer than `open` it may be open. */
const JITTER = 0.1
/**
 * A probe that has not been reported for so long is taken for lost. Its attempt has a timeout, so this is for mistakes; one that really
 * takes longer costs no more than a probe too many. Milliseconds.
 */
const LOST = 60_000

/** What is counted. */
const CALLS = 0
const FAILURES = 1
const SLOW = 2

/**
 * A circuit breaker (Nygard, Release It!, chapter 'Stability Patterns'): a backend that fails or drags is left alone for a while, then
 * asked by a few probes, and used again when these have succeeded; a probe that fails or is slow opens it again. The rates are those
 * of a sliding window. Nothing runs in between: it is open until somebody asks for admission after its time.
 *
 * Every call that is admitted reports exactly once. What was admitted in an earlier state changes nothing, but a probe keeps its place
 * until it has ended, so that there are never more than `probes` at once.
 */
export class Breaker {
  readonly settings: BreakerSettings
  readonly #onChange: (state: BreakerState) => void
  readonly #window: SlidingWindow
  readonly #probes = new Set<Admission>()
  #state: BreakerState = 'closed'
  /** What all calls have while it is closed; in the other states nobody has it. */
  #admission: Admission = { round: 0, since: 0 }
  #successes = 0
  #until = 0

  /** @param onChange is told of every change, after it; it must not throw */
  constructor(settings: Partial<BreakerSettings> = {}, onChange: (state: BreakerState) => void = () => {}) {
    this.settings = { ...BREAKER_DEFAULTS, ...settings }
    this.#onChange = onChange
    this.#window = new SlidingWindow(this.settings.window, BUCKETS, 3)
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Whether a call would be admitted now; asking changes nothing. */
  get available(): boolean {
    if (this.#state === 'closed') return true
    // What opens it is a probe that has ended, or comes before all probes: so there is a place when the time is over.
    const now = performance.now()
    return this.#state === 'open' ? now >= this.#until : this.#hasPlace(now)
  }

  /** Milliseconds until the next probe may go; 0 where one may go now, or as soon as one that is under way has ended. */
  get retryAfter(): number {
    return this.#state === 'open' ? Math.max(0, this.#until - performance.now()) : 0
  }

  /** Lets a call through, or not: then it is undefined. */
  admit(): Admission | undefined {
    if (this.#state === 'closed') return this.#admission
    if (!this.available) return undefined
    if (this.#state === 'open') this.#change('half-open')
    const now = performance.now()
    for (const probe of this.#probes) if (now - probe.since >= LOST) this.#probes.delete(probe)
    const probe = { round: this.#admission.round, since: now }
    this.#probes.add(probe)
    return probe
  }

  /**
   * Reports what has become of an admitted call, exactly once.
   *
   * @param ms how long the call has taken, in milliseconds
   * @param now as `performance.now()` counts
   */
  report(admission: Admission, outcome: Outcome, ms: number, now = performance.now()): void {
    if (admission === this.#admission) {
      if (outcome !== 'ignored') this.#count(outcome, ms, now)
    } else if (this.#probes.delete(admission) && admission.round === this.#admission.round) this.#probed(outcome, ms)
  }

  #count(outcome: Outcome, ms: number, now: number): void {
    const { slow, minimum, failureRate } = this.settings
    const window = this.#window
    const isSlow = slow !== undefined && ms >= slow.over
    window.add(CALLS, now)
    if (outcome === 'failure') window.add(FAILURES, now)
    if (isSlow) window.add(SLOW, now)
    // A good answer opens nothing, however bad those before it were: with it the backend may just have come back.
    if (outcome !== 'failure' && !isSlow) return
    const calls = window.total(CALLS, now)
    if (calls < minimum) return
    const isFailing = outcome === 'failure' && window.total(FAILURES, now) >= failureRate * calls
    if (isFailing || (isSlow && window.total(SLOW, now) >= slow.rate * calls)) this.#open()
  }

  #probed(outcome: Outcome, ms: number): void {
    if (outcome === 'ignored') return
    const { slow, probes } = this.settings
    if (outcome === 'failure' || (slow && ms >= slow.over)) this.#open()
    else if (++this.#successes >= probes) {
      this.#window.clear()
      this.#change('closed')
    }
  }

  #open(): void {
    this.#until = performance.now() + this.settings.open * (1 + JITTER * Math.random())
    this.#change('open')
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#successes = 0
    this.#admission = { round: this.#admission.round + 1, since: 0 }
    this.#onChange(state)
  }

  #hasPlace(now: number): boolean {
    if (this.#probes.size < this.settings.probes) return true
    for (const { since } of this.#probes) if (now - since >= LOST) return true
    return false
  }
}

/**
 * What a call is told that no breaker admits.
 *
 * @param retryAfter milliseconds until one may
 */
export function resting(retryAfter: number): FacetError {
  const seconds = Math.max(1, Math.ceil(retryAfter / 1_000))
  return new FacetError('backend-open', { retryAfter, headers: { 'retry-after': String(seconds) } })
}

/**
 * Asks a backend only while its breaker admits it, and tells the breaker how it went. A call that was given up says nothing.
 *
 * @throws FacetError `backend-open`, with `Retry-After`
 */
export function breaker(circuit: Breaker): Policy {
  return (next) => async (input, context, attempts) => {
    const admission = circuit.admit()
    if (!admission) throw resting(circuit.retryAfter)
    const start = performance.now()
    let outcome: Outcome = 'ignored'
    try {
      const output = await next(input, context, attempts)
      outcome = 'success'
      return output
    } catch (error) {
      outcome = outcomeIn(context, error, performance.now() - start, circuit.settings.isFailure)
      throw error
    } finally {
      const now = performance.now()
      circuit.report(admission, outcome, now - start, now)
    }
  }
}
