import type { Instance } from './instance.ts'

/** How an instance fares, for operators. */
export interface InstanceReport {
  readonly url: string
  /** `host:port` that is connected to. */
  readonly address: string
  readonly weight: number
  /** Attempts under way. Of a backend's only URL those that have a place among its calls; 0 where they need none. */
  readonly inFlight: number
  /** `slow`: in service, with a smaller share for now. `open`: its circuit breaker says no. The first that holds, in this order. */
  readonly state: 'unhealthy' | 'ejected' | 'open' | 'slow' | 'in service'
  /** The part of its usual share that it would have now, 0.1 to 1. */
  readonly ramp: number
}

/** Tells how an instance fares at this moment. */
export function reportOf(instance: Instance): InstanceReport {
  const { url, address, weight, inFlight } = instance
  const ramp = instance.ramp(performance.now())
  return { url, address, weight, inFlight, state: stateOf(instance, ramp), ramp: Math.round(ramp * 100) / 100 }
}

function stateOf({ healthy, ejected, breaker }: Instance, ramp: number): InstanceReport['state'] {
  if (!healthy) return 'unhealthy'
  if (ejected) return 'ejected'
  if (breaker && !breaker.available) return 'open'
  return ramp < 1 ? 'slow' : 'in service'
}
