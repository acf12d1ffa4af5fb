import { z } from 'zod'
import { type CacheOptions, type CachePolicy, cacheOptionsShape, cachePolicy } from '../cache/policy.ts'
import { CODES, DefinitionError, type ErrorCode } from '../errors.ts'
import { CacheControl } from '../lib/cache-control.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { isFieldValue } from '../lib/headers.ts'
import { parsePattern } from '../lib/path.ts'
import { checkOptions, durationOption, functionOption, schemaOption } from '../options.ts'
import { type Auth, METHODS, type RequestOf, type Route, type Share } from './request.ts'

/** How an endpoint's replies are cached: final bytes, one entry for each client's representation. */
export interface ReplyCacheOptions<Req> extends CacheOptions {
  /** How long a partial reply is kept: not at all if not said, and never in the place of a whole one that is still there. */
  readonly partial?: Duration
  /** Who may be given the same reply: whoever sends the same (`user`: and is the same), or everyone. */
  readonly share?: Share
  /** What a reply can be purged by. */
  readonly tags?: (request: Req) => readonly string[]
  /** The Cache-Control that clients are told, `private, no-cache` if not said: a purge cannot reach a browser. */
  readonly control?: string
  /** Whether a client's own `Cache-Control: no-cache` or `no-store` goes past the cache. Off: a client cannot force load. */
  readonly bypass?: boolean
  /**
   * Whether kept replies are also sent compressed, to those who take that: yes, unless `control` says `no-transform`.
   *
   * Over TLS the length of a compressed reply tells something of it. Where a reply holds a secret and, next to it, what
   * somebody else may have put into the request, it can be guessed bit by bit (BREACH); such an endpoint says no. A kept
   * reply gives less away than most, since it is compressed once and then the same for all who ask the same.
   */
  readonly compress?: boolean
}

/**
 * How an endpoint's data is cached, before any transform: a value for each source and input, shared by all clients and formats.
 * It serves where clients are many, or read different sources, and it works without a reply cache as well as behind one.
 */
export interface DataCacheOptions<Req> extends CacheOptions {
  /** How long a value is kept in which a part is replaced by its fallback: not at all if not said. */
  readonly partial?: Duration
  /** Who may be given the same data: whoever sends the same, or everyone. */
  readonly share?: Share
  /** What the data can be purged by, besides the tags of the calls in it. */
  readonly tags?: (request: Req) => readonly string[]
  /** Whether a client's own `Cache-Control: no-cache` or `no-store` goes past it. */
  readonly bypass?: boolean
}

/** A failure: its code, perhaps with the name of the source before it. */
export type FailureName = ErrorCode | `${string}.${ErrorCode}`

/** What an endpoint takes and how it behaves. */
export interface EndpointOptions<
  R extends Route,
  Q extends z.ZodType,
  B extends z.ZodType,
  H extends z.ZodType,
  A extends Auth,
  S extends Share,
> {
  /** One line for people. */
  readonly summary?: string
  /** The query's parameters; those that are not named here are not seen. Repeated ones arrive as a list. */
  readonly query?: Q
  /** The body, as JSON or, where the schema can direct it, as XML. */
  readonly body?: B
  /** The request headers that are read, in lower case; they become part of cache keys and of `Vary`. */
  readonly headers?: H
  /** The status of a success, 200 if not said. */
  readonly status?: number
  /** How long the whole answer may take, 10 s if not said. */
  readonly deadline?: Duration
  /** Whether a partial answer is a failure, for every client; a client can ask for that with `Prefer: handling=strict`. */
  readonly handling?: 'strict' | 'lenient'
  /** Other statuses than the table's: of a code, or of a code of one source, as in `{ 'customer.resource-unknown': 410 }`. */
  readonly statuses?: Readonly<Partial<Record<FailureName, number>>>
  readonly cache?: ReplyCacheOptions<Pick<RequestOf<R, Q, B, H, A, S>, 'params' | 'query'>> & { readonly share?: S }
  readonly data?: DataCacheOptions<Pick<RequestOf<R, Q, B, H, A, S>, 'params' | 'query'>>
  /** The tags of cache entries that are old after this, also where it failed: a write that timed out may have been done. */
  readonly invalidates?: (request: RequestOf<R, Q, B, H, A, S>) => readonly string[]
  readonly auth?: A
  /** Who may; asked before any cache, so it may always see the user. */
  readonly allow?: (request: RequestOf<R, Q, B, H, A, 'user'>) => boolean
}

/** The same, checked. */
export interface ReplyCacheSettings extends CachePolicy {
  /** Milliseconds. */
  readonly partial: number
  readonly share: Share
  readonly tags: ((request: object) => readonly string[]) | undefined
  readonly control: string | undefined
  readonly bypass: boolean
  readonly compress: boolean
}

export interface DataCacheSettings extends CachePolicy {
  /** Milliseconds. */
  readonly partial: number
  readonly share: Share
  readonly tags: ((request: object) => readonly string[]) | undefined
  readonly bypass: boolean
}

/** An endpoint's options, checked, with the defaults filled in. Times in milliseconds. */
export interface EndpointSettings {
  readonly summary: string | undefined
  readonly query: z.ZodType | undefined
  readonly body: z.ZodType | undefined
  readonly headers: z.ZodObject | undefined
  readonly status: number
  readonly deadline: number
  readonly isStrict: boolean
  readonly statuses: Readonly<Partial<Record<string, number>>> | undefined
  readonly cache: ReplyCacheSettings | undefined
  readonly data: DataCacheSettings | undefined
  readonly invalidates: ((request: object) => readonly string[]) | undefined
  readonly allow: ((request: object) => boolean) | undefined
}

const endpointCacheShape = {
  ...cacheOptionsShape,
  partial: durationOption.optional(),
  share: z.enum(['everyone', 'user']).optional(),
  tags: functionOption<(request: object) => readonly string[]>().optional(),
  bypass: z.boolean().optional(),
}

function isFailureName(name: string): boolean {
  return (CODES as readonly string[]).includes(name.slice(name.indexOf('.') + 1))
}

const optionsSchema = z.strictObject({
  summary: z.string().optional(),
  query: schemaOption.optional(),
  body: schemaOption.optional(),
  headers: z
    .custom<z.ZodObject>(
      (value) => value instanceof z.ZodObject || (value as z.ZodType)?.type === 'object',
      'a z.object was expected',
    )
    .optional(),
  status: z.number().int().min(200).max(299).optional(),
  deadline: durationOption.optional(),
  handling: z.enum(['strict', 'lenient']).optional(),
  statuses: z
    .record(
      z
        .string()
        .refine(isFailureName, "an error's code was expected, perhaps with a source: 'customer.backend-timeout'"),
      z.number().int().min(400).max(599),
    )
    .optional(),
  cache: z
    .strictObject({
      ...endpointCacheShape,
      control: z.string().refine(isFieldValue, 'a Cache-Control value was expected').optional(),
      compress: z.boolean().optional(),
    })
    .optional(),
  data: z.strictObject(endpointCacheShape).optional(),
  invalidates: functionOption<(request: object) => readonly string[]>().optional(),
  auth: z
    .literal('none', "authentication is not part of this version, and nobody would be checked; only 'none' can be said")
    .optional(),
  allow: functionOption<(request: object) => boolean>().optional(),
})

/**
 * Checks what was said of an endpoint, when it is said.
 *
 * @throws DefinitionError with the option and its value: a mistake stops the start, an option is never silently ignored
 */
export function checkEndpoint(route: Route, options: object): EndpointSettings {
  const what = `endpoint '${route}'`
  checkRoute(route)
  const { query, body, headers, cache, data, ...rest } = checkOptions(what, options, optionsSchema)
  const method = route.slice(0, route.indexOf(' '))
  const isSafe = method === 'GET' || method === 'HEAD'
  if (body && isSafe) throw new DefinitionError(`${what} at 'body': a ${method} request has no body`)
  if (cache && !isSafe) throw new DefinitionError(`${what} at 'cache': only replies to GET and HEAD are cached`)
  if (cache && rest.invalidates)
    throw new DefinitionError(`${what} at 'invalidates': a reply from the cache would invalidate nothing`)
  const isFixed = new CacheControl(cache?.control).has('no-transform')
  if (isFixed && cache?.compress)
    throw new DefinitionError(`${what} at 'cache.compress': its 'control' says no-transform`)
  const upper = headers && Object.keys(headers.shape).find((name) => name !== name.toLowerCase())
  if (upper) throw new DefinitionError(`${what} at 'headers.${upper}': header names are written in lower case here`)
  return Object.freeze({
    summary: rest.summary,
    query,
    body,
    headers,
    status: rest.status ?? 200,
    deadline: milliseconds(rest.deadline ?? '10s'),
    isStrict: rest.handling === 'strict',
    statuses: rest.statuses,
    cache: cache && {
      ...endpointCache(cache),
      control: cache.control,
      compress: cache.compress ?? !isFixed,
    },
    data: data && endpointCache(data),
    invalidates: rest.invalidates,
    allow: rest.allow,
  })
}

function endpointCache(said: z.output<z.ZodObject<typeof endpointCacheShape>>): DataCacheSettings {
  return {
    ...cachePolicy(said),
    partial: milliseconds(said.partial ?? '0s'),
    share: said.share ?? 'user',
    tags: said.tags,
    bypass: said.bypass ?? false,
  }
}

/** Checks the text of a route. */
export function checkRoute(route: string): void {
  const [method = '', path = '', ...more] = route.split(' ')
  if (!(METHODS as readonly string[]).includes(method) || more.length > 0) {
    throw new DefinitionError(`route '${route}': one of ${METHODS.join(', ')}, a blank and a path were expected`)
  }
  try {
    parsePattern(path)
  } catch (error) {
    throw new DefinitionError(`route '${route}': ${(error as Error).message}`, error)
  }
}
