import { z } from 'zod'
import { AS_SAID, type CacheOptions, cacheOptionsShape, cachePolicy } from '../cache/policy.ts'
import type { CallFreshness } from '../call/cached.ts'
import type { BackendInfo, Effect } from '../call/call.ts'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { isFieldValue, isToken } from '../lib/headers.ts'
import { checkOptions, durationOption, functionOption, schemaOption } from '../options.ts'
import { type HttpClient, isHttpClient } from './http-client.ts'

/** What can be said of a backend, whatever it speaks. */
export interface BackendOptions {
  /** Where it is: `http://host:port/base`, usually `env('CRM_URL')`. */
  readonly url: string | EnvironmentVariable
  /** How long one attempt may take, 5 s if not said. */
  readonly timeout?: Duration
  /** How often a read is asked again after a transient failure, 0 if not said; a write never is. */
  readonly retries?: number
  /** Headers of the client's request that are sent on, for example `accept-language`; they become part of every cache key. */
  readonly forward?: readonly string[]
  /** Headers that every call sends, for example credentials: `{ authorization: env('CRM_AUTHORIZATION') }`. */
  readonly headers?: Readonly<Record<string, string | EnvironmentVariable>>
  /** How many connections there are at the most, 256 if not said. With a `client`, its agents' `maxSockets` says it. */
  readonly connections?: number
  /** The largest answer in bytes, 16 MiB if not said; a larger one is an error. */
  readonly maxBytes?: number
  /**
   * An axios instance that every call goes through, with its interceptors, agents and proxy. Facet's own connections cost a
   * sixth of its CPU time a call, so it is for backends that need what a team has built on axios.
   */
  readonly client?: HttpClient
}

/** A backend, ready for operations. */
export interface Backend extends BackendInfo {
  /** Milliseconds. */
  readonly timeout: number
  readonly retries: number
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  readonly connections: number
  readonly maxBytes: number
  readonly client: HttpClient | undefined
}

/** What an operation may say on its own account, over what its backend says. */
export interface OperationOptions<I, O = never> {
  /** `read` or `write`; from the method for REST and XML, `write` for SOAP, which is always POST. */
  readonly effect?: Effect
  /** The operation's name in logs, traces and cache keys. */
  readonly name?: string
  readonly timeout?: Duration
  readonly retries?: number
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

const url = z.custom<string | EnvironmentVariable>(
  (value) => isEnvironmentVariable(value) || (typeof value === 'string' && URL.canParse(value)),
  'an http URL or env(…) was expected',
)
/** What belongs to one connection, or says how long the message is, is never taken from somebody else's message. */
const UNFORWARDABLE: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const headerName = z
  .string()
  .refine(
    (name) => isToken(name) && !UNFORWARDABLE.has(name.toLowerCase()),
    'the name of a header that can be sent was expected',
  )

/** What is between a backend and Facet alone: how an answer is asked for, coded and cut, and the request's id. */
const OWN: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'range',
  'x-request-id',
])
const forwardedName = headerName.refine(
  (name) => !OWN.has(name.toLowerCase()) && !/^if-/i.test(name),
  'the name of a header that says something of the caller was expected',
)

/** A value, or the environment variable that has it. */
export function environmentOr<T extends z.ZodType>(schema: T): z.ZodType {
  return z.union([z.custom<EnvironmentVariable>(isEnvironmentVariable), schema])
}

const backendSchema = z.strictObject({
  url,
  timeout: durationOption.optional(),
  retries: z.number().int().min(0).max(10).optional(),
  forward: z.array(forwardedName).optional(),
  headers: z
    .record(headerName, environmentOr(z.string().refine(isFieldValue, 'a header value was expected')))
    .optional(),
  connections: z.number().int().min(1).optional(),
  maxBytes: z.number().int().min(1).optional(),
  client: z.custom<HttpClient>(isHttpClient, 'an axios instance was expected, as axios.create(…) gives it').optional(),
})

const operationSchema = z.strictObject({
  input: functionOption().optional(),
  request: schemaOption.optional(),
  output: schemaOption,
  effect: z.enum(['read', 'write']).optional(),
  name: z.string().min(1).optional(),
  timeout: durationOption.optional(),
  retries: z.number().int().min(0).max(10).optional(),
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

/**
 * Checks a backend's options and fills in the defaults.
 *
 * @param extra what this kind of backend takes besides
 * @throws DefinitionError with the option and its value
 */
export function defineBackend(name: string, options: BackendOptions, extra: z.ZodRawShape = {}): Backend {
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw new DefinitionError(`backend '${name}': a name of letters, digits, - and _ was expected`)
  checkOptions(`backend '${name}'`, options, backendSchema.extend(extra))
  if (options.client && options.connections !== undefined)
    throw new DefinitionError(
      `backend '${name}' at 'connections' (${options.connections}): the connections are the client's; say it as maxSockets of its agents`,
    )
  return Object.freeze({
    name,
    url: options.url,
    timeout: milliseconds(options.timeout ?? '5s'),
    retries: options.retries ?? 0,
    forward: (options.forward ?? []).map((header) => header.toLowerCase()),
    headers: Object.entries(options.headers ?? {}),
    connections: options.connections ?? 256,
    maxBytes: options.maxBytes ?? 16 * 1024 * 1024,
    client: options.client,
  })
}

/** An operation's own settings over its backend's. */
export interface OperationSettings<I> {
  readonly backend: Backend
  readonly name: string
  readonly effect: Effect
  readonly timeout: number
  readonly retries: number
  readonly cache: CallFreshness<I> | undefined
}

/**
 * Checks an operation's options and settles them against its backend's.
 *
 * @param extra what this kind of operation takes besides
 * @throws DefinitionError with the option and its value; also for a cache or retries on a write, which nobody can mean
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
  if (effect === 'write' && options.retries)
    throw new DefinitionError(
      `${what} at 'retries' (${options.retries}): a write is never repeated; say effect: 'read' if it only reads`,
    )
  return {
    backend,
    name: options.name ?? fallbackName,
    effect,
    timeout: options.timeout ? milliseconds(options.timeout) : backend.timeout,
    retries: options.retries ?? backend.retries,
    cache: options.cache && callFreshness(options.cache),
  }
}

function callFreshness<I>({ ttl, tags, answerTags, ...options }: CallCacheOptions<I>): CallFreshness<I> {
  const isOrigins = ttl === 'origin'
  return { ...cachePolicy({ ...options, ttl: isOrigins ? AS_SAID : ttl }), isOrigins, tags, answerTags }
}
