import type { Instance } from './instance.ts'

/** How instances are checked. All times in milliseconds. */
export interface HealthOptions {
  /** What is asked for. */
  readonly path: string
  /** From the start of one check to the start of the next, give or take a tenth. */
  readonly interval: number
  /** How long a check may take. */
  readonly timeout: number
  /** Successes in a row that bring an instance back. */
  readonly healthy: number
  /** Failures in a row that take it out. */
  readonly unhealthy: number
  /** The statuses that are successes; 200 to 299 if not said. */
  readonly status?: readonly number[] | undefined
}

/**
 * Asked every 5 s, a dead instance is out after 10 to 17, and one lost packet or pause of a garbage collector is not enough. A
 * second is long for a check: what takes longer is no help to whoever waits.
 */
export const HEALTH: Omit<HealthOptions, 'path'> = { interval: 5_000, timeout: 1_000, healthy: 2, unhealthy: 3 }

/** The part of the interval by which checks differ, so that those of many processes and instances do not fall together. */
const JITTER = 0.1

/** Whether a status is what a check hopes for. */
export function isExpectedStatus({ status: expected }: HealthOptions, status: number): boolean {
  return expected ? expected.includes(status) : status >= 200 && status <= 299
}

/**
 * Asks one instance whether it works.
 *
 * @param signal aborted when the check's time is over, or nobody wants to know any more
 * @returns false, or rejects, where it does not work
 */
export type Probe = (instance: Instance, signal: AbortSignal) => Promise<boolean>

/** Is told when what is known of an instance has changed. */
export type OnHealth = (event: 'healthy' | 'unhealthy', instance: Instance) => void

/**
 * Active health checks. The first check of an instance decides alone, since nothing else is known of it; after that it takes
 * several of the other kind in a row. Until the first check an instance of the first set is taken as healthy, so that a start
 * does not wait; one that comes later is not, since others are there, and DNS may say it before it is ready.
 */
export class HealthChecks {
  readonly #options: HealthOptions
  readonly #probe: Probe
  readonly #onHealth: OnHealth
  readonly #checks = new Map<Instance, Check>()

  constructor(options: HealthOptions, probe: Probe, onHealth: OnHealth) {
    this.#options = options
    this.#probe = probe
    this.#onHealth = onHealth
  }

  /** Checks it from now on. */
  add(instance: Instance, isTrusted: boolean): void {
    if (this.#checks.has(instance)) return
    instance.healthy = isTrusted
    this.#checks.set(instance, new Check(instance, this.#options, this.#probe, this.#onHealth))
  }

  /** Checks it no longer. */
  remove(instance: Instance): void {
    this.#checks.get(instance)?.close()
    this.#checks.delete(instance)
  }

  close(): void {
    for (const check of this.#checks.values()) check.close()
    this.#checks.clear()
  }
}

/** The checks of one instance, one after the other. */
class Check {
  readonly #instance: Instance
  readonly #options: HealthOptions
  readonly #probe: Probe
  readonly #onHealth: OnHealth
  #isFirst = true
  /** Results in a row that speak against what is taken for true. */
  #against = 0
  #next: ReturnType<typeof setTimeout>
  #running: { readonly controller: AbortController; readonly timer: ReturnType<typeof setTimeout> } | undefined

  constructor(instance: Instance, options: HealthOptions, probe: Probe, onHealth: OnHealth) {
    this.#instance = instance
    this.#options = options
    this.#probe = probe
    this.#onHealth = onHealth
    this.#next = this.#schedule(Math.random() * JITTER * options.interval)
  }

  close(): void {
    clearTimeout(this.#next)
    const running = this.#running
    this.#running = undefined
    clearTimeout(running?.timer)
    running?.controller.abort(new Error('closed'))
  }

  #schedule(ms: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      const { interval } = this.#options
      this.#next = this.#schedule(interval * (1 + JITTER * (2 * Math.random() - 1)))
      this.#start()
    }, ms)
    return timer.unref()
  }

  #start(): void {
    if (this.#running) {
      // One that does not end although it was told to is not joined by another: that it hangs is an answer as well.
      if (this.#running.controller.signal.aborted) this.#note(false)
      return
    }
    const controller = new AbortController()
    const late = () => {
      controller.abort(new Error('the check took too long'))
      this.#note(false)
    }
    const running = { controller, timer: setTimeout(late, this.#options.timeout).unref() }
    this.#running = running
    const end = (isSuccess: boolean) => {
      clearTimeout(running.timer)
      this.#running = undefined
      if (!controller.signal.aborted) this.#note(isSuccess)
    }
    // Within a promise, so that a probe that throws has failed like one that rejects.
    new Promise<boolean>((resolve) => resolve(this.#probe(this.#instance, controller.signal))).then(end, () =>
      end(false),
    )
  }

  #note(isSuccess: boolean): void {
    const instance = this.#instance
    const isFirst = this.#isFirst
    this.#isFirst = false
    if (isSuccess === instance.healthy) {
      this.#against = 0
      return
    }
    const { healthy, unhealthy } = this.#options
    if (++this.#against < (isSuccess ? healthy : unhealthy) && !isFirst) return
    this.#against = 0
    instance.healthy = isSuccess
    this.#onHealth(isSuccess ? 'healthy' : 'unhealthy', instance)
  }
}
