import { z } from 'zod'
import type { BackendUrl } from '../config-backends.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { durationOption, functionOption } from '../options.ts'
import { type BalancingOptions, balancing, balancingShape } from './balance/options.ts'
import { BREAKER_DEFAULTS } from './breaker.ts'
import { LIMIT_DEFAULTS } from './limit.ts'
import type { BreakerSettings, UpstreamPolicies } from './policies.ts'

/** When a breaker opens, and how it closes again. */
export interface BreakerOptions {
  /** The share of calls within the window that have failed, from which on it opens: 0 to 1, 0.5 if not said. */
  readonly failureRate?: number
  /** From how long on a call is slow, and from which share of slow ones on it opens. Not at all if not said. */
  readonly slow?: { readonly over: Duration; readonly rate: number }
  /** How far back calls count, 10 s if not said. */
  readonly window?: Duration
  /** Fewer calls within the window open nothing, 20 if not said. */
  readonly minimum?: number
  /** How long nothing is let through, 5 s if not said, and up to a tenth longer. */
  readonly open?: Duration
  /** How many calls at once may try it then, and how many must succeed, 3 if not said. */
  readonly probes?: number
  /** Which failures count; the first argument is a FacetError, the second one milliseconds. */
  readonly isFailure?: (error: unknown, ms: number) => boolean
}

/** How many calls of a backend there may be at once. */
export interface ConcurrencyOptions {
  /** In flight, as many as there are connections if not said: 256. */
  readonly limit?: number
  /** Waiting for a place, 1024 if not said. */
  readonly queue?: number
  /** Whether the limit follows what the backend can do, by its latency; `limit` is then its upper bound. */
  readonly adaptive?: boolean
}

/** What can be said of how a backend is protected, and its instances chosen. */
export interface UpstreamOptions extends BalancingOptions {
  /** Leaves the backend alone for a while when it fails; `false`: never. On if not said. */
  readonly breaker?: false | BreakerOptions
  /** Bounds the calls in flight and those that wait; `false`: nothing does but the number of connections. On if not said. */
  readonly concurrency?: false | number | ConcurrencyOptions
}

/** What holds for a backend of which nothing else is said. As many connections as there are file descriptors to spare: 1024 are the least. */
export const BACKEND_DEFAULTS = {
  /** Milliseconds that an attempt may take. */
  attempt: milliseconds('5s'),
  /** Milliseconds until a connection must be there. */
  connect: milliseconds('2s'),
  connections: 256,
} as const

const share = z.number().gt(0).max(1)
const count = z.number().int().min(1)

/** For a backend's schema. */
export const upstreamShape = {
  ...balancingShape,
  breaker: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          failureRate: share.optional(),
          slow: z.strictObject({ over: durationOption, rate: share }).optional(),
          window: durationOption.optional(),
          minimum: count.optional(),
          open: durationOption.optional(),
          probes: count.optional(),
          isFailure: functionOption().optional(),
        }),
      ],
      'false, or { failureRate, slow, window, minimum, open, probes, isFailure } was expected',
    )
    .optional(),
  concurrency: z
    .union(
      [
        z.literal(false),
        count,
        z.strictObject({
          limit: count.optional(),
          queue: z.number().int().min(0).optional(),
          adaptive: z.boolean().optional(),
        }),
      ],
      'false, a whole number from 1, or { limit, queue, adaptive } was expected',
    )
    .optional(),
} as const

/**
 * Fills in what is not said.
 *
 * @param what whose options they are, for the message
 * @param connections how many there are at the most: more calls in flight would only wait for one
 * @throws DefinitionError where options contradict each other
 */
export function upstreamPolicies(
  what: string,
  options: UpstreamOptions,
  url: BackendUrl,
  connections: number,
  probeOf: UpstreamPolicies['probeOf'],
): UpstreamPolicies {
  const { breaker = {}, concurrency = {} } = options
  return {
    balancing: balancing(what, options, url),
    probeOf,
    breaker: breaker === false ? undefined : breakerSettings(breaker),
    concurrency: concurrency === false ? undefined : concurrencySettings(concurrency, connections),
  }
}

function concurrencySettings(
  said: number | ConcurrencyOptions,
  connections: number,
): NonNullable<UpstreamPolicies['concurrency']> {
  const {
    limit = connections,
    queue = LIMIT_DEFAULTS.queue,
    adaptive = false,
  } = typeof said === 'number' ? { limit: said } : said
  return { limit, queue, isAdaptive: adaptive }
}

function breakerSettings({ slow, window, open, ...said }: BreakerOptions): BreakerSettings {
  const defaults = BREAKER_DEFAULTS
  return {
    failureRate: said.failureRate ?? defaults.failureRate,
    slow: slow && { over: milliseconds(slow.over), rate: slow.rate },
    window: window ? milliseconds(window) : defaults.window,
    minimum: said.minimum ?? defaults.minimum,
    open: open ? milliseconds(open) : defaults.open,
    probes: said.probes ?? defaults.probes,
    isFailure: said.isFailure ?? defaults.isFailure,
  }
}
