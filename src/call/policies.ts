import type { HealthOptions, Probe } from './balance/health.ts'
import type { Balancing } from './balance/options.ts'
import type { IsFailure } from './outcome.ts'

/** When a breaker opens, and how it closes again. Times are milliseconds. */
export interface BreakerSettings {
  /** The share of calls within the window, 0 to 1, from which on it opens when so many have failed. */
  readonly failureRate: number
  /** From how long on a call is slow, and the share of slow calls from which on it opens; undefined where slowness does not count. */
  readonly slow: { readonly over: number; readonly rate: number } | undefined
  readonly window: number
  /** Fewer calls within the window say nothing. */
  readonly minimum: number
  /** How long nothing is let through; up to a tenth longer, so that several processes do not probe at the same instant. */
  readonly open: number
  /** How many calls at once may probe while it is half-open, and how many must succeed until it closes. */
  readonly probes: number
  readonly isFailure: IsFailure
}

/** How a backend's instances are chosen, and how it is protected, checked and settled. Times are milliseconds. */
export interface UpstreamPolicies {
  readonly balancing: Balancing
  /** Makes what asks an instance whether it works; undefined where nobody is ever asked. */
  readonly probeOf: ((health: HealthOptions) => Probe) | undefined
  readonly breaker: BreakerSettings | undefined
  readonly concurrency: { readonly limit: number; readonly queue: number; readonly isAdaptive: boolean } | undefined
}
