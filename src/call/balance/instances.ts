import { FacetError } from '../../errors.ts'
import { resting } from '../breaker.ts'
import type { Outcome } from '../outcome.ts'
import { HealthChecks, type HealthOptions, type Probe } from './health.ts'
import { Instance, type InstanceAddress } from './instance.ts'
import { type EjectionReason, type OutlierOptions, Outliers } from './outliers.ts'
import { admitted, charge } from './slow-start.ts'
import { type Chooser, chooser, type StrategyName } from './strategies.ts'

/** Something has changed with one instance. */
export interface InstanceChange {
  readonly event: 'added' | 'removed' | 'ejected' | 'returned' | 'healthy' | 'unhealthy'
  readonly instance: Instance
  /** Of an ejection. */
  readonly reason?: EjectionReason | undefined
}

/** How a set of instances is kept. */
export interface InstancesOptions {
  readonly strategy: StrategyName
  /** Milliseconds that an instance which has come into service has a smaller share; 0 for none. */
  readonly slowStart: number
  /** Undefined: no answer takes an instance out. */
  readonly outliers?: OutlierOptions | undefined
  /** Undefined: no checks. */
  readonly health?: { readonly options: HealthOptions; readonly probe: Probe } | undefined
  /** It must not throw. */
  readonly onChange?: (change: InstanceChange) => void
  /** The instance is not chosen any more; attempts may still be under way. It must not throw. */
  readonly onRemoved?: (instance: Instance) => void
  /** A number from 0 up to but without 1; `Math.random` if not said. */
  readonly random?: () => number
}

/** The instances of one backend within one app: which there are, how they fare, and which one is next. */
export class Instances {
  readonly #options: InstancesOptions
  readonly #chooser: Chooser
  readonly #outliers: Outliers | undefined
  readonly #health: HealthChecks | undefined
  #all: readonly Instance[] = []
  /** Those that are available: made anew with each change, not with each choice. */
  #available: readonly Instance[] = []
  /** Where there is one only there is nothing to choose. */
  #only: Instance | undefined
  /** Until when somebody's slow start lasts; 0 where nobody's does. */
  #slowUntil = 0
  #isFirstSet = true

  /** @param addresses what there is from the start; nothing where DNS is to tell */
  constructor(addresses: readonly InstanceAddress[], options: InstancesOptions) {
    this.#options = options
    this.#chooser = chooser(options.strategy, options.random)
    const { outliers, health } = options
    if (outliers) {
      const onEjection = (event: 'ejected' | 'returned', instance: Instance, reason?: EjectionReason) =>
        this.#changed({ event, instance, reason }, event === 'returned')
      this.#outliers = new Outliers(outliers, () => this.#all, onEjection)
    }
    if (health) {
      const onHealth = (event: 'healthy' | 'unhealthy', instance: Instance) =>
        this.#changed({ event, instance }, event === 'healthy')
      this.#health = new HealthChecks(health.options, health.probe, onHealth)
    }
    if (addresses.length > 0) this.set(addresses)
  }

  /** All that there are, in or out of service. */
  get all(): readonly Instance[] {
    return this.#all
  }

  /**
   * The instance for the next attempt: one that is available, whose breaker lets it through, and that was not tried before, as far
   * as there is one. Where no such instance is available, one that is not: checks and ejections are opinions, and a refusal for
   * certain helps nobody. There is no threshold below which all are asked again (Envoy's panic mode, at half of them): with two or
   * three instances it would send most requests to those that are known to be dead.
   *
   * @param tried by the same call
   * @param key for `hash`
   * @throws FacetError `backend-open` where every breaker is open; `backend-unreachable` where no address is known
   */
  choose(tried?: ReadonlySet<Instance>, key?: string): Instance {
    const only = this.#only
    if (only && (only.breaker === undefined || only.breaker.available)) return only
    let candidates = passing(this.#available)
    if (candidates.length === 0) candidates = passing(this.#all)
    if (candidates.length === 0) throw this.#nobody()
    if (tried && tried.size > 0 && candidates.some(isIn, tried)) {
      const untried = candidates.filter((candidate) => !tried.has(candidate))
      if (untried.length > 0) candidates = untried
    }
    if (candidates.length === 1) return candidates[0] as Instance
    if (this.#slowUntil === 0 || (this.#options.strategy === 'hash' && key !== undefined))
      return this.#chooser(candidates, key)
    return this.#chooseSlowly(candidates, key)
  }

  /** An attempt begins. */
  started(instance: Instance): void {
    instance.inFlight++
  }

  /** It has ended. */
  ended(instance: Instance, outcome: Outcome): void {
    instance.inFlight--
    // One alone is never ejected, and need not be counted.
    if (this.#only === undefined) this.#outliers?.ended(instance, outcome)
  }

  /**
   * What there is from now on. Those that were there before stay what they are; what is new begins slowly, unless all are; what is
   * gone is handed to `onRemoved`. Addresses that are said twice are one.
   */
  set(addresses: readonly InstanceAddress[]): void {
    const isFirstSet = this.#isFirstSet
    this.#isFirstSet = false
    const before = new Map(this.#all.map((instance) => [instance.id, instance]))
    const now = new Map<string, Instance>()
    for (const address of addresses) {
      const made = new Instance(address)
      const instance = now.get(made.id) ?? before.get(made.id) ?? made
      instance.weight = made.weight
      now.set(made.id, instance)
    }
    this.#all = [...now.values()]
    this.#only = this.#all.length === 1 ? this.#all[0] : undefined
    for (const instance of this.#all) if (!before.has(instance.id)) this.#add(instance, isFirstSet)
    this.#refresh()
    for (const [id, instance] of before) if (!now.has(id)) this.#remove(instance)
  }

  /** Ends all timers and checks. */
  close(): void {
    this.#outliers?.close()
    this.#health?.close()
  }

  #add(instance: Instance, isFirstSet: boolean): void {
    this.#health?.add(instance, isFirstSet)
    // Who has been asked by others all along needs no slow start when Facet starts.
    this.#enter(instance, isFirstSet ? 0 : this.#options.slowStart)
    this.#tell({ event: 'added', instance })
  }

  #remove(instance: Instance): void {
    this.#outliers?.forget(instance)
    this.#health?.remove(instance)
    this.#tell({ event: 'removed', instance })
    this.#options.onRemoved?.(instance)
  }

  #changed(change: InstanceChange, isBack: boolean): void {
    if (isBack) this.#enter(change.instance, this.#options.slowStart)
    this.#refresh()
    this.#tell(change)
  }

  #tell(change: InstanceChange): void {
    this.#options.onChange?.(change)
  }

  #enter(instance: Instance, slowStart: number): void {
    instance.enter(slowStart)
    if (slowStart > 0) this.#slowUntil = performance.now() + slowStart
  }

  #refresh(): void {
    this.#available = this.#all.filter(({ available }) => available)
  }

  #chooseSlowly(candidates: readonly Instance[], key: string | undefined): Instance {
    const now = performance.now()
    // From then on the usual, cheaper way.
    if (now >= this.#slowUntil) this.#slowUntil = 0
    const chosen = this.#chooser(admitted(candidates, now), key)
    charge(chosen)
    return chosen
  }

  #nobody(): FacetError {
    // Any of them will do.
    if (this.#all.length > 0) return resting(Math.min(...this.#all.map(({ breaker }) => breaker?.retryAfter ?? 0)))
    return new FacetError('backend-unreachable', { detail: 'no address of it is known', isUnsent: true })
  }
}

/** Those whose breakers let them through; the same list where all do, so that the usual choice makes none. */
function passing(instances: readonly Instance[]): readonly Instance[] {
  return instances.some(isOpen) ? instances.filter((instance) => !isOpen(instance)) : instances
}

function isOpen({ breaker }: Instance): boolean {
  return breaker !== undefined && !breaker.available
}

/** For `some` with the set as `this`, which needs no closure. */
function isIn(this: ReadonlySet<Instance>, instance: Instance): boolean {
  return this.has(instance)
}
