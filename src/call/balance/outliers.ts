import type { Outcome } from '../outcome.ts'
import type { Instance } from './instance.ts'

/** When an instance is taken out because of its answers. All times in milliseconds. */
export interface OutlierOptions {
  /** Failures in a row. */
  readonly failures: number
  /** How long successes are counted before rates are compared. */
  readonly interval: number
  /** How long the first ejection lasts; each further one lasts twice as long as the one before. */
  readonly ejection: number
  /** The longest ejection. */
  readonly longest: number
  /** The largest part of the instances that may be out at the same time, 0 to 1. */
  readonly most: number
}

/**
 * Five failures in a row happen to an instance that fails every tenth request once in a hundred thousand, so they mean something.
 * Ten seconds are a restart; five minutes still find out on the same day that somebody has repaired it. Half of them stay: what
 * looks ill everywhere is no instance's fault, and the others would get twice their load at the most.
 */
export const OUTLIERS: OutlierOptions = {
  failures: 5,
  interval: 10_000,
  ejection: 10_000,
  longest: 300_000,
  most: 0.5,
}

/** Of so many instances the median is the rate of one that has a majority with it. */
const LEAST_INSTANCES = 3
/** With so many requests in the interval a rate is known to seven percentage points (one standard error at 50 %). */
const LEAST_REQUESTS = 50
/** Ten percentage points below the median are worth an ejection, if they are not chance: three standard errors are, once in 700. */
const GAP = 0.1
const ERRORS_OF_CHANCE = 3
/** For every minute in service one ejection is forgotten. */
const FORGOTTEN_EVERY = 60_000

/** Why an instance was ejected. */
export type EjectionReason = 'failures' | 'success-rate'

/** Is told of ejections, and of the returns from them. */
export type OnEjection = (event: 'ejected' | 'returned', instance: Instance, reason?: EjectionReason) => void

/** What is known of one instance's answers. */
interface Answers {
  /** Failures in a row. */
  failures: number
  /** In this interval. */
  requests: number
  successes: number
  /** Ejections that are not forgotten, and until when they were last forgotten or added to. */
  ejections: number
  reckoned: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/**
 * Passive ejection: an instance whose answers are failures is not asked for a while. Two signs: failures in a row, and a success
 * rate clearly below the others'. The ideas are those of Envoy's outlier detection; the rate is held against the median and the
 * chance of so few requests, not the mean and the deviation among instances, which one bad instance of five moves by itself.
 */
export class Outliers {
  readonly #options: OutlierOptions
  readonly #all: () => readonly Instance[]
  readonly #onEjection: OnEjection
  readonly #known = new Map<Instance, Answers>()
  #started = performance.now()

  /** @param all the instances that there are now */
  constructor(options: OutlierOptions, all: () => readonly Instance[], onEjection: OnEjection) {
    this.#options = options
    this.#all = all
    this.#onEjection = onEjection
  }

  /** An attempt has ended. What comes back while it is ejected does not count: it was asked before. */
  ended(instance: Instance, outcome: Outcome): void {
    if (outcome === 'ignored' || instance.ejected) return
    this.#turn()
    const answers = this.#answersOf(instance)
    if (!answers) return
    answers.requests++
    if (outcome === 'success') {
      answers.successes++
      answers.failures = 0
    } else if (++answers.failures >= this.#options.failures) this.#eject(instance, 'failures')
  }

  /** The instance is no longer there. */
  forget(instance: Instance): void {
    clearTimeout(this.#known.get(instance)?.timer)
    this.#known.delete(instance)
  }

  close(): void {
    for (const instance of [...this.#known.keys()]) this.forget(instance)
  }

  /** Undefined where the instance has been removed: nothing must be kept of it. */
  #answersOf(instance: Instance): Answers | undefined {
    const known = this.#known.get(instance)
    if (known || !this.#all().includes(instance)) return known
    const now = performance.now()
    const made = { failures: 0, requests: 0, successes: 0, ejections: 0, reckoned: now, timer: undefined }
    this.#known.set(instance, made)
    return made
  }

  /** Where an interval is over, compares. It needs no timer: without answers there is nothing to compare. */
  #turn(): void {
    const { interval } = this.#options
    const past = performance.now() - this.#started
    if (past < interval) return
    // After a silence the counts are of long ago.
    if (past < 2 * interval) this.#compare()
    for (const answers of this.#known.values()) {
      answers.requests = 0
      answers.successes = 0
    }
    this.#started = performance.now()
  }

  #compare(): void {
    const rated = [...this.#known]
      .filter(([{ ejected }, { requests }]) => !ejected && requests >= LEAST_REQUESTS)
      .map(([instance, { requests, successes }]) => ({ instance, requests, rate: successes / requests }))
      .sort((a, b) => a.rate - b.rate)
    if (rated.length < LEAST_INSTANCES) return
    // Of an even number the better one of the two in the middle: of four, two bad ones are no majority.
    const median = (rated[Math.floor(rated.length / 2)] as { rate: number }).rate
    for (const { instance, requests, rate } of rated) {
      const chance = ERRORS_OF_CHANCE * Math.sqrt((median * (1 - median)) / requests)
      if (rate < median - Math.max(GAP, chance)) this.#eject(instance, 'success-rate')
    }
  }

  #eject(instance: Instance, reason: EjectionReason): void {
    const all = this.#all()
    const out = all.filter(({ ejected }) => ejected).length
    if (out + 1 > this.#options.most * all.length) return
    const { ejection, longest } = this.#options
    const answers = this.#known.get(instance) as Answers
    const forgotten = Math.floor((performance.now() - answers.reckoned) / FORGOTTEN_EVERY)
    const before = Math.max(0, answers.ejections - forgotten)
    const lasts = Math.min(longest, ejection * 2 ** before)
    answers.ejections = before + 1
    answers.timer = setTimeout(() => this.#takeBack(instance, answers), lasts)
    answers.timer.unref()
    instance.ejected = true
    this.#onEjection('ejected', instance, reason)
  }

  #takeBack(instance: Instance, answers: Answers): void {
    answers.failures = 0
    answers.requests = 0
    answers.successes = 0
    answers.reckoned = performance.now()
    instance.ejected = false
    this.#onEjection('returned', instance)
  }
}
