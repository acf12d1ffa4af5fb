import { z } from 'zod'
import { AS_SAID, type CacheOptions, cacheOptionsShape, cachePolicy } from '../cache/policy.ts'
import type { CallFreshness } from '../call/cached.ts'
import type { Effect } from '../call/call.ts'
import type { HedgeSettings } from '../call/hedge.ts'
import type { Bounds } from '../call/timeout.ts'
import { DefinitionError } from '../errors.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { isToken } from '../lib/headers.ts'
import { checkOptions, durationOption, functionOption, schemaOption } from '../options.ts'
import type { Backend } from './backend.ts'
import { boundsOf, checkClientTimeout, operationTimeout, type TimeoutOptions } from './timeout-options.ts'

/** What an operation may say on its own account, over what its backend says. */
export interface OperationOptions<I, O = never> {
  /** `read` or `write`; from the method for REST and XML, `write` for SOAP, which is always POST. */
  readonly effect?: Effect
  /** The operation's name in logs, traces and cache keys. */
  readonly name?: string
  readonly timeout?: Duration | Omit<TimeoutOptions, 'connect'>
  readonly retries?: number
  /** Whether doing it twice is the same as doing it once: so it is of reads, of PUT and of DELETE if not said. */
  readonly idempotent?: boolean
  /**
   * Sends an `Idempotency-Key`, the same with every attempt, by which the backend knows that it is asked the same thing again. Then it
   * may be. One that the client sends makes the same key each time, for the same sender: that is who sends the same headers of those
   * that `sender` names, in whatever case; `Authorization` and `Cookie` if not said.
   */
  readonly idempotencyKey?: boolean | { readonly sender: readonly string[] }
  /** A second attempt beside the first where that is slow: `true` is slower than 95 of 100. Reads only. */
  readonly hedge?: boolean | { readonly after: Duration }
  /** Keeps answers, shared by every endpoint that asks the same. Reads only. */
  readonly cache?: CallCacheOptions<I, O>
}

/** How answers are kept. */
export interface CallCacheOptions<I, O = never> extends Omit<CacheOptions, 'ttl'> {
  /**
   * How long an answer is fresh. '0s' keeps nothing, but lets equal calls that run at the same time share one; 'origin' is as
   * long as the backend says (RFC 9111).
   */
  readonly ttl: Duration | 'origin'
  /** What an answer can be purged by. */
  readonly tags?: (input: I) => readonly string[]
  /** The same, where only the answer tells: of a list of products, each product's. */
  readonly answerTags?: (answer: O, input: I) => readonly string[]
}

const operationSchema = z.strictObject({
  input: functionOption().optional(),
  request: schemaOption.optional(),
  output: schemaOption,
  effect: z.enum(['read', 'write']).optional(),
  name: z.string().min(1).optional(),
  timeout: operationTimeout.optional(),
  retries: z.number().int().min(0).max(10).optional(),
  idempotent: z.boolean().optional(),
  idempotencyKey: z
    .union(
      [z.boolean(), z.strictObject({ sender: z.array(z.string().refine(isToken)) })],
      "true or { sender: ['authorization'] } was expected",
    )
    .optional(),
  hedge: z
    .union([z.boolean(), z.strictObject({ after: durationOption })], "true or { after: '50ms' } was expected")
    .optional(),
  cache: z
    .strictObject({
      ...cacheOptionsShape,
      ttl: z.union(
        [z.literal('origin'), durationOption],
        "a duration such as 300ms, 30s, 5m, 2h, or 'origin', was expected",
      ),
      tags: functionOption().optional(),
      answerTags: functionOption().optional(),
    })
    .optional(),
})

/** Idempotent by definition (RFC 9110, section 9.2.2). */
const IDEMPOTENT = /^(GET|HEAD|PUT|DELETE|OPTIONS) /

/** An operation's own settings over its backend's. */
export interface OperationSettings<I> {
  readonly backend: Backend
  readonly name: string
  readonly effect: Effect
  readonly bounds: Bounds
  readonly retries: number
  readonly isIdempotent: boolean
  /** The headers, in lower case, that tell one sender from another; undefined where attempts bear no key. */
  readonly keySender: readonly string[] | undefined
  readonly hedge: HedgeSettings | undefined
  readonly cache: CallFreshness<I> | undefined
}

/**
 * Checks an operation's options and settles them against its backend's.
 *
 * @param extra what this kind of operation takes besides
 * @param fallbackName the method and the path of HTTP, or the name of a SOAP operation
 * @throws DefinitionError with the option and its value; also for a cache or a hedge on a write, which nobody can mean
 */
export function defineOperation<I>(
  backend: Backend,
  fallbackName: string,
  fallbackEffect: Effect,
  options: OperationOptions<I>,
  extra: z.ZodRawShape = {},
): OperationSettings<I> {
  const what = `backend '${backend.name}', operation '${options.name ?? fallbackName}'`
  checkOptions(what, options, operationSchema.extend(extra))
  const effect = options.effect ?? fallbackEffect
  if (effect === 'write' && options.cache)
    throw new DefinitionError(`${what} at 'cache': a write is never cached; say effect: 'read' if it only reads`)
  if (effect === 'write' && options.hedge)
    throw new DefinitionError(`${what} at 'hedge': a write is never made twice; say effect: 'read' if it only reads`)
  if (backend.client) checkClientTimeout(what, options.timeout)
  const keySender = keySenderOf(options.idempotencyKey)
  return {
    backend,
    name: options.name ?? fallbackName,
    effect,
    bounds: boundsOf(options.timeout, backend.bounds),
    retries: options.retries ?? backend.retries,
    isIdempotent: options.idempotent ?? (effect === 'read' || keySender !== undefined || IDEMPOTENT.test(fallbackName)),
    keySender,
    hedge: hedgeSettings(options.hedge),
    cache: options.cache && callFreshness(options.cache),
  }
}

/** What differs with whoever sends it, where nobody says more exactly who that is. */
const SENDER: readonly string[] = ['authorization', 'cookie']

function keySenderOf(said: OperationOptions<never>['idempotencyKey']): readonly string[] | undefined {
  if (!said) return undefined
  return said === true ? SENDER : said.sender.map((name) => name.toLowerCase())
}

function hedgeSettings(said: OperationOptions<never>['hedge']): HedgeSettings | undefined {
  if (!said) return undefined
  return { delay: said === true ? 'p95' : milliseconds(said.after) }
}

function callFreshness<I>({ ttl, tags, answerTags, ...options }: CallCacheOptions<I>): CallFreshness<I> {
  const isOrigins = ttl === 'origin'
  return { ...cachePolicy({ ...options, ttl: isOrigins ? AS_SAID : ttl }), isOrigins, tags, answerTags }
}
