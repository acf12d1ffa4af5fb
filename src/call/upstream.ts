import { type BackendRecord, channels } from '../channels.ts'
import { urlsOf } from '../config-backends.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import { Discovery } from './balance/discovery.ts'
import type { Instance } from './balance/instance.ts'
import { Instances } from './balance/instances.ts'
import { type InstanceReport, reportOf } from './balance/report.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import type { BackendInfo, Runtime } from './call.ts'
import { Limit } from './limit.ts'
import { RetryBudget } from './retry-budget.ts'

/** How a backend fares, for operators. */
export interface UpstreamReport {
  readonly name: string
  /** Of the breaker; undefined where there is none, and where each of several instances has one of its own. */
  readonly breaker: BreakerState | undefined
  /** Calls in flight and waiting, and how many may be in flight now; undefined where nothing bounds them. */
  readonly calls: { readonly inFlight: number; readonly waiting: number; readonly limit: number } | undefined
  readonly instances: readonly InstanceReport[]
}

/** Under which a runtime keeps its upstreams. */
const UPSTREAMS = {}

class Upstreams extends Map<string, Upstream> {
  close(): void {
    for (const upstream of this.values()) upstream.close()
  }
}

/** What all calls of a backend share within one app. Backends go by their names, which are unique. */
export function upstreamOf(runtime: Runtime, backend: BackendInfo): Upstream {
  const upstreams = upstreamsOf(runtime)
  const known = upstreams.get(backend.name) ?? new Upstream(runtime, backend)
  upstreams.set(backend.name, known)
  return known
}

/** Those of all backends that some route reaches: they are made when the app starts. */
export function upstreamsOf(runtime: Runtime): ReadonlyMap<string, Upstream> & Upstreams {
  return runtime.single(UPSTREAMS, () => new Upstreams())
}

/** One backend as an app knows it: its instances, its breaker, the bound of its calls, its budget of retries. */
export class Upstream {
  readonly name: string
  readonly instances: Instances
  /**
   * Of the backend as a whole. Where there may be several instances each has one of its own, and there is none for all: the failures of
   * a dead one come sooner than the answers of the others, and would open it for them as well.
   */
  readonly circuit: Breaker | undefined
  readonly limiter: Limit | undefined
  readonly budget = new RetryBudget()
  /** What decides about the instance, where one is chosen by a key. */
  readonly key: ((input: unknown) => string | undefined) | undefined
  /** Whether there may be several instances; else nothing is chosen. */
  readonly isSeveral: boolean
  /** Settles when DNS has been asked for the first time; undefined where it is not. */
  readonly ready: Promise<void> | undefined
  readonly #discovery: Discovery | undefined
  readonly #removed = new Set<(instance: Instance) => void>()

  /** @throws DefinitionError for a variable that is not set */
  constructor(runtime: Runtime, { name, url, policies }: BackendInfo) {
    const { balancing, breaker, concurrency, probeOf } = policies ?? {}
    const urls = urlsOf(url, runtime.resolve)
    this.name = name
    this.key = balancing?.key
    this.isSeveral = urls.length > 1 || balancing?.discovery !== undefined
    this.circuit =
      breaker && !this.isSeveral ? new Breaker(breaker, (state) => this.#tell({ event: state })) : undefined
    const bound = concurrency?.isAdaptive ? new AdaptiveLimit({ max: concurrency.limit }) : undefined
    this.limiter =
      concurrency && new Limit({ concurrency: concurrency.limit, queue: concurrency.queue }, runtime.timers, bound)
    this.instances = new Instances(balancing?.discovery ? [] : urls, {
      strategy: balancing?.strategy ?? 'random-of-two',
      slowStart: balancing?.slowStart ?? 0,
      outliers: balancing?.outliers,
      health: balancing?.health && probeOf && { options: balancing.health, probe: probeOf(balancing.health) },
      onChange: ({ event, instance, reason }) => {
        if (event === 'added' && breaker && this.isSeveral) {
          const onState = (state: BreakerState) => this.#tell({ event: state, instance: instance.id })
          instance.breaker = new Breaker(breaker, onState)
        }
        this.#tell({ event, instance: instance.id, reason })
      },
      onRemoved: (instance) => {
        for (const listener of this.#removed) listener(instance)
      },
    })
    this.#discovery =
      balancing?.discovery &&
      new Discovery(urls, balancing.discovery, {
        onFound: (addresses) => this.instances.set(addresses),
        onFailed: (unresolved, error) => this.#tell({ event: 'unresolved', instance: unresolved, error }),
        onRecovered: (resolved) => this.#tell({ event: 'resolved', instance: resolved }),
      })
    this.ready = this.#discovery?.ready
  }

  /** Calls back when an instance is not chosen any more; attempts may still be under way. */
  onRemoved(listener: (instance: Instance) => void): void {
    this.#removed.add(listener)
  }

  report(): UpstreamReport {
    const { limiter } = this
    return {
      name: this.name,
      breaker: this.circuit?.state,
      calls: limiter && { inFlight: limiter.inFlight, waiting: limiter.waiting, limit: limiter.limit },
      instances: this.instances.all.map((instance) => {
        const report = reportOf(instance)
        // Where nothing is chosen nothing is counted, but what has a place is with the only one that there is.
        return this.isSeveral || !limiter ? report : { ...report, inFlight: limiter.inFlight }
      }),
    }
  }

  close(): void {
    this.#discovery?.close()
    this.instances.close()
  }

  #tell(record: Omit<BackendRecord, 'backend'>): void {
    // A static address that is there from the start is no news.
    if (record.event === 'added' && !this.#discovery) return
    if (channels.backend.hasSubscribers) channels.backend.publish({ backend: this.name, ...record })
  }
}
