import { z } from 'zod'
import type { BackendInfo } from '../call/call.ts'
import type { UpstreamPolicies } from '../call/policies.ts'
import type { Bounds } from '../call/timeout.ts'
import { BACKEND_DEFAULTS, type UpstreamOptions, upstreamPolicies, upstreamShape } from '../call/upstream-options.ts'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import type { BackendUrl } from '../config-backends.ts'
import { DefinitionError } from '../errors.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { isFieldValue, isToken } from '../lib/headers.ts'
import { checkOptions } from '../options.ts'
import { type HttpClient, isHttpClient } from './http-client.ts'
import { probeOf } from './probe.ts'
import { boundsOf, checkClientTimeout, type TimeoutOptions, timeoutOption } from './timeout-options.ts'

/** What can be said of a backend, whatever it speaks. */
export interface BackendOptions extends UpstreamOptions {
  /** Where it is: `http://host:port/base`, usually `env('CRM_URL')`; a list where it has several instances. */
  readonly url: BackendUrl
  /** How long one attempt may take, 5 s if not said; and its parts. */
  readonly timeout?: Duration | TimeoutOptions
  /**
   * How often a call is asked again after a transient failure, 0 if not said; one that must not be done twice only where it has never
   * left.
   */
  readonly retries?: number
  /** The header in which an attempt is told how long it will be waited for, in milliseconds; none if not said. */
  readonly budgetHeader?: string
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
  readonly policies: UpstreamPolicies
  /** Of an attempt, in milliseconds. */
  readonly timeout: number
  readonly bounds: Bounds
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly budgetHeader: string | undefined
  readonly retries: number
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  readonly connections: number
  /** The same for what is passed on to it: undefined where nobody has said a number. */
  readonly streams: number | undefined
  readonly maxBytes: number
  readonly client: HttpClient | undefined
}

const oneUrl = z.custom<string | EnvironmentVariable>(
  (value) => isEnvironmentVariable(value) || (typeof value === 'string' && URL.canParse(value)),
  'an http URL or env(…) was expected',
)
const url = z.union(
  [oneUrl, z.array(z.union([oneUrl, z.strictObject({ url: oneUrl, weight: z.number().gt(0).optional() })])).min(1)],
  'an http URL or env(…) was expected, or a list of such',
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
  ...upstreamShape,
  url,
  timeout: timeoutOption.optional(),
  budgetHeader: headerName.optional(),
  retries: z.number().int().min(0).max(10).optional(),
  forward: z.array(forwardedName).optional(),
  headers: z
    .record(headerName, environmentOr(z.string().refine(isFieldValue, 'a header value was expected')))
    .optional(),
  connections: z.number().int().min(1).optional(),
  maxBytes: z.number().int().min(1).optional(),
  client: z.custom<HttpClient>(isHttpClient, 'an axios instance was expected, as axios.create(…) gives it').optional(),
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
  if (options.client && options.discover)
    throw new DefinitionError(
      `backend '${name}' at 'discover': the connections are the client's; say it as the lookup of its agents`,
    )
  if (options.client) checkClientTimeout(`backend '${name}'`, options.timeout)
  const connections = options.connections ?? BACKEND_DEFAULTS.connections
  const bounds = boundsOf(options.timeout, { attempt: BACKEND_DEFAULTS.attempt, headers: undefined, body: undefined })
  const connect = typeof options.timeout === 'object' ? options.timeout.connect : undefined
  return Object.freeze({
    name,
    url: options.url,
    policies: upstreamPolicies(`backend '${name}'`, options, options.url, connections, probeOf),
    timeout: bounds.attempt,
    bounds,
    connectTimeout: Math.min(bounds.attempt, connect ? milliseconds(connect) : BACKEND_DEFAULTS.connect),
    retries: options.retries ?? 0,
    budgetHeader: options.budgetHeader,
    forward: (options.forward ?? []).map((header) => header.toLowerCase()),
    headers: Object.entries(options.headers ?? {}),
    connections,
    streams: options.connections,
    maxBytes: options.maxBytes ?? 16 * 1024 * 1024,
    client: options.client,
  })
}
