import { Resolver } from 'node:dns/promises'
import { z } from 'zod'
import type { BackendUrl, UrlOption } from '../../config-backends.ts'
import { DefinitionError } from '../../errors.ts'
import { type Duration, milliseconds } from '../../lib/duration.ts'
import { durationOption, functionOption } from '../../options.ts'
import type { DiscoveryOptions } from './discovery.ts'
import { HEALTH, type HealthOptions } from './health.ts'
import { OUTLIERS, type OutlierOptions } from './outliers.ts'
import { STRATEGY_NAMES, type StrategyName } from './strategies.ts'

/** What can be said of the instances of a backend. */
export interface BalancingOptions {
  /** How an instance is chosen, `random-of-two` if not said; `hash` keeps what has the same key with the same instance. */
  readonly balance?: Exclude<StrategyName, 'hash'> | { readonly hash: (input: unknown) => string | undefined }
  /** When an instance is taken out because of its answers; `false`: never. */
  readonly outliers?:
    | false
    | {
        /** Failures in a row, 5 if not said. */
        readonly failures?: number
        /** How long successes are counted before rates are compared, 10 s if not said. */
        readonly interval?: Duration
        /** The first ejection, 10 s if not said; each further one is twice as long. */
        readonly ejection?: Duration
        /** The longest ejection, 5 min if not said. */
        readonly longest?: Duration
        /** The largest part that may be out at the same time, 0.5 if not said. */
        readonly most?: number
      }
  /** Active checks; none if not said. */
  readonly health?: {
    /** From the root of the instance's origin. */
    readonly path: string
    /** 5 s if not said. */
    readonly interval?: Duration
    /** 1 s if not said. */
    readonly timeout?: Duration
    /** Successes that bring it back, 2 if not said. */
    readonly healthy?: number
    /** Failures that take it out, 3 if not said. */
    readonly unhealthy?: number
    /** Statuses that are successes, 200 to 299 if not said. */
    readonly status?: number | readonly number[]
  }
  /** How long an instance that has come (back) has a smaller share, 10 s if not said; '0s' for none. */
  readonly slowStart?: Duration
  /** Resolves the URL again and again; if not said, connections go where the name leads when they are made. */
  readonly discover?: {
    readonly type: 'dns' | 'srv'
    /** 10 s if not said. */
    readonly every?: Duration
    readonly servers?: readonly string[]
    readonly family?: 4 | 6
  }
}

/** The same, settled: milliseconds, and every default filled in. */
export interface Balancing {
  readonly strategy: StrategyName
  /** The key of an input, where the strategy is `hash`. */
  readonly key: ((input: unknown) => string | undefined) | undefined
  readonly slowStart: number
  readonly outliers: OutlierOptions | undefined
  readonly health: HealthOptions | undefined
  readonly discovery: DiscoveryOptions | undefined
}

/** Ten seconds fill a connection pool and warm a just-in-time compiler, and are short enough for a deployment to go on. */
const SLOW_START = '10s'
/** As often as the usual DNS of a cluster changes its answers (TTLs of 5 to 30 s). */
const EVERY = '10s'

const positive = durationOption.refine((text) => milliseconds(text) > 0, 'a duration above 0 was expected')
const count = z.number().int().min(1)
const statusOption = z.number().int().min(200).max(599)

/** The options of balancing, for a backend's schema. */
export const balancingShape = {
  balance: z
    .union(
      [
        z.enum(STRATEGY_NAMES.filter((name) => name !== 'hash') as [string, ...string[]]),
        z.strictObject({ hash: functionOption() }),
      ],
      "'round-robin', 'weighted', 'least-in-flight', 'random-of-two' or { hash: (input) => key } was expected",
    )
    .optional(),
  outliers: z
    .union([
      z.literal(false),
      z.strictObject({
        failures: count.optional(),
        interval: positive.optional(),
        ejection: positive.optional(),
        longest: positive.optional(),
        most: z.number().min(0).max(1).optional(),
      }),
    ])
    .optional(),
  health: z
    .strictObject({
      path: z.string().regex(/^\/[!-~]*$/, 'a path such as /healthz was expected'),
      interval: positive.optional(),
      timeout: positive.optional(),
      healthy: count.optional(),
      unhealthy: count.optional(),
      status: z.union([statusOption, z.array(statusOption).min(1)]).optional(),
    })
    .refine(
      ({ interval, timeout }) => ms(timeout, HEALTH.timeout) <= ms(interval, HEALTH.interval),
      'a timeout that is no longer than the interval was expected',
    )
    .optional(),
  slowStart: durationOption.optional(),
  discover: z
    .strictObject({
      type: z.enum(['dns', 'srv']),
      every: positive.optional(),
      servers: z
        .array(z.string().refine(isServer, 'an IP address, or one with a port, was expected'))
        .min(1)
        .optional(),
      family: z.union([z.literal(4), z.literal(6)]).optional(),
    })
    .optional(),
} as const

/** Whether a resolver can be told to ask it. */
function isServer(text: string): boolean {
  try {
    new Resolver().setServers([text])
    return true
  } catch {
    return false
  }
}

function ms(duration: string | undefined, fallback: number): number {
  return duration === undefined ? fallback : milliseconds(duration)
}

/**
 * Fills in what is not said.
 *
 * @param what whose options they are, for the message
 * @param urls those that are written down; those of an environment variable have no weights
 * @throws DefinitionError where weights are said that do not count
 */
export function balancing(what: string, options: BalancingOptions, urls: BackendUrl): Balancing {
  const { balance = 'random-of-two', outliers = {}, health, slowStart = SLOW_START, discover } = options
  if (balance === 'round-robin' && Array.isArray(urls) && urls.some(hasWeight))
    throw new DefinitionError(`${what} at 'balance' ('round-robin'): weights do not count there; say 'weighted'`)
  return {
    strategy: typeof balance === 'string' ? balance : 'hash',
    key: typeof balance === 'string' ? undefined : balance.hash,
    slowStart: milliseconds(slowStart),
    outliers: outliers === false ? undefined : outlierOptions(outliers),
    health: health && {
      path: health.path,
      interval: ms(health.interval, HEALTH.interval),
      timeout: ms(health.timeout, HEALTH.timeout),
      healthy: health.healthy ?? HEALTH.healthy,
      unhealthy: health.unhealthy ?? HEALTH.unhealthy,
      status: health.status === undefined ? undefined : [health.status].flat(),
    },
    discovery: discover && { ...discover, every: milliseconds(discover.every ?? EVERY) },
  }
}

function hasWeight(url: UrlOption): boolean {
  return typeof url === 'object' && 'weight' in url && (url.weight ?? 1) !== 1
}

function outlierOptions(said: Exclude<BalancingOptions['outliers'], false | undefined>): OutlierOptions {
  return {
    failures: said.failures ?? OUTLIERS.failures,
    interval: ms(said.interval, OUTLIERS.interval),
    ejection: ms(said.ejection, OUTLIERS.ejection),
    longest: ms(said.longest, OUTLIERS.longest),
    most: said.most ?? OUTLIERS.most,
  }
}
