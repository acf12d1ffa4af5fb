import { z } from 'zod'
import { DefinitionError } from './errors.ts'
import { isToken } from './lib/headers.ts'
import { headersIn, isTrustable, type TrustedProxies, USUAL_HEADERS } from './lib/trusted-proxies.ts'

const ENV = Symbol.for('facet.env')

/** A reference to an environment variable, resolved when the app starts. */
export interface EnvironmentVariable {
  readonly [ENV]: true
  readonly name: string
}

/**
 * Names an environment variable in a route or backend file. It is read when the app starts, by `config.ts` alone, so that
 * every variable that is missing is reported at once and a module can be imported without an environment.
 *
 * @example rest('crm', { url: env('CRM_URL') })
 */
export function env(name: string): EnvironmentVariable {
  return { [ENV]: true, name }
}

export function isEnvironmentVariable(value: unknown): value is EnvironmentVariable {
  return typeof value === 'object' && value !== null && ENV in value
}

/** The process's environment, or a record that stands in for it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** `Number` alone would take blanks for 0 and `0x10` for 16. */
const number = (form: RegExp, expected: string, least: number, most: number, fallback: number) =>
  z.string().regex(form, expected).transform(Number).pipe(z.number().min(least).max(most)).default(fallback)
const whole = (least: number, most: number, fallback: number) =>
  number(/^\d+$/, 'a whole number was expected', least, most, fallback)
const port = (fallback: number) => whole(0, 65535, fallback)
const bytes = (fallback: number) => whole(1, Number.MAX_SAFE_INTEGER, fallback)
const seconds = (fallback: number) => number(/^\d+(\.\d+)?$/, 'a number was expected', 0, 3600, fallback)
const onOff = (fallback: boolean) =>
  z
    .enum(['on', 'off'])
    .default(fallback ? 'on' : 'off')
    .transform((value) => value === 'on')

/** Where transforms are if nobody says; the only folder that may be missing. */
export const TRANSFORMS_FOLDER = './transforms'

/** What can be set from outside, with what it means: the table in `docs/configuration.md` is held to this. */
const VARIABLES = {
  PORT: port(3000).describe('the port that clients call'),
  HOST: z.string().min(1).default('0.0.0.0').describe('the address to listen on'),
  WORKERS: whole(1, 256, 1).describe('how many processes share the port'),
  FACET_ROUTES: z.string().min(1).default('./routes').describe('the folder of route modules'),
  FACET_TRANSFORMS: z.string().min(1).default(TRANSFORMS_FOLDER).describe('the folder of transform modules'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('the least serious line that is logged'),
  SERVER_TIMING: onOff(false).describe('whether replies tell how long each source took, in Server-Timing'),
  CACHE_KEYS: onOff(false).describe('whether Cache-Status shows keys'),
  CACHE_MAX_BYTES: bytes(128 * 1024 * 1024).describe('the bound of the memory cache, in bytes'),
  CACHE_MAX_ENTRIES: bytes(100_000).describe('the bound of the memory cache, in entries'),
  CACHE_STORE: z
    .enum(['memory', 'redis', 'tiered'])
    .optional()
    .describe('where entries are kept: `tiered`, memory before Redis, where there is a `REDIS_URL`, else `memory`'),
  REDIS_URL: z
    .string()
    .refine((urls) => urls.split(',').every(isRedisUrl), 'redis:// or rediss://, a host and a port were expected')
    .optional()
    .describe(
      'the Redis or Valkey that several Facets share their cache in; of a cluster some of its nodes, with commas',
    ),
  REDIS_CLUSTER: onOff(false).describe('whether it is a cluster'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[^{}\s]*$/, 'no braces and no blanks were expected')
    .default('facet:')
    .describe('what all keys in Redis begin with'),
  REDIS_WAIT_MS: whole(20, 10_000, 50).describe('how long a request waits for Redis, in all, in milliseconds'),
  REDIS_COMPRESS_BYTES: bytes(4 * 1024).describe('larger values are compressed in Redis, in bytes'),
  BODY_MAX_BYTES: bytes(1024 * 1024).describe('the largest request body that an endpoint takes, in bytes'),
  URL_MAX_BYTES: bytes(8 * 1024).describe('the longest request target, in bytes'),
  TRUST_PROXY: whole(0, 10, 0).describe(
    'how many proxies in front of Facet are believed about whom they stand for (`X-Forwarded-For` and the like)',
  ),
  TRUST_PROXY_HEADERS: z
    .string()
    .refine(isTrustable, "'forwarded', or some of x-forwarded-for, -proto, -host and -port with commas were expected")
    .default(USUAL_HEADERS)
    .describe('in which headers they are believed: those that each of them overwrites or, for addresses, adds to'),
  VIA_PSEUDONYM: z
    .string()
    .refine(isToken, 'letters, digits, - and _ were expected')
    .optional()
    .describe(
      'what Facet calls itself in `Via`, by which loops are noticed: a name of its own for each process if not said',
    ),
  SHUTDOWN_SECONDS: seconds(10).describe('how long requests in flight may take after SIGTERM'),
  CONTROL_PORT: port(3001).describe('the port of the control API, on loopback only'),
  CONTROL_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('the bearer token of the control API, which is off without one'),
  NODE_ENV: z
    .string()
    .default('production')
    .describe('anything but production freezes what is cached, to find code that changes it'),
} as const

/** Where and how Redis is used. */
export interface RedisConfig {
  readonly urls: readonly string[]
  readonly isCluster: boolean
  readonly prefix: string
  /** Milliseconds. */
  readonly wait: number
  /** Bytes. */
  readonly compressAbove: number
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
}

/** The settings of one process, frozen. */
export interface Config {
  readonly port: number
  readonly host: string
  readonly workers: number
  readonly routes: string
  readonly transforms: string
  readonly logLevel: string
  readonly serverTiming: boolean
  readonly cacheKeys: boolean
  readonly cacheMaxBytes: number
  readonly cacheMaxEntries: number
  readonly cacheStore: 'memory' | 'redis' | 'tiered'
  /** Undefined where there is none. */
  readonly redis: RedisConfig | undefined
  readonly bodyMaxBytes: number
  readonly urlMaxBytes: number
  readonly trustProxy: TrustedProxies
  /** Undefined for one that each app makes up. */
  readonly viaPseudonym: string | undefined
  readonly shutdownSeconds: number
  readonly controlPort: number
  readonly controlToken: string | undefined
  readonly freeze: boolean
  /** Where `env(…)` of route files is looked up. */
  readonly environment: Environment
}

/** The names of the variables with their meaning, for the docs and for messages. */
export function describeVariables(): { name: string; fallback: string | undefined; meaning: string }[] {
  return Object.entries(VARIABLES).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined)
    return {
      name,
      fallback: fallback.success && fallback.data !== undefined ? written(fallback.data) : undefined,
      meaning: schema.description ?? '',
    }
  })
}

/** A value as it would be set. */
function written(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

/**
 * Reads and checks the environment.
 *
 * @throws DefinitionError that names every variable that is wrong and what was expected
 */
export function readConfig(environment: Environment = process.env): Config {
  const known = Object.fromEntries(
    Object.keys(VARIABLES).map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  )
  const parsed = z.object(VARIABLES).safeParse(known)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0])
      // What may hold a secret is not shown.
      const value = /TOKEN$|URL$/.test(name) ? 'its value' : `'${environment[name]}'`
      return `${name}: ${value} does not fit: ${message}`
    })
    throw new DefinitionError(lines.join('\n'))
  }
  const values = parsed.data
  const redis = redisOf(values)
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    workers: values.WORKERS,
    routes: values.FACET_ROUTES,
    transforms: values.FACET_TRANSFORMS,
    logLevel: values.LOG_LEVEL,
    serverTiming: values.SERVER_TIMING,
    cacheKeys: values.CACHE_KEYS,
    cacheMaxBytes: values.CACHE_MAX_BYTES,
    cacheMaxEntries: values.CACHE_MAX_ENTRIES,
    cacheStore: values.CACHE_STORE ?? (redis ? 'tiered' : 'memory'),
    redis,
    bodyMaxBytes: values.BODY_MAX_BYTES,
    urlMaxBytes: values.URL_MAX_BYTES,
    trustProxy: { count: values.TRUST_PROXY, headers: headersIn(values.TRUST_PROXY_HEADERS) },
    viaPseudonym: values.VIA_PSEUDONYM,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    controlPort: values.CONTROL_PORT,
    controlToken: values.CONTROL_TOKEN,
    freeze: values.NODE_ENV !== 'production',
    environment,
  })
}

function redisOf(values: z.output<z.ZodObject<typeof VARIABLES>>): RedisConfig | undefined {
  const { CACHE_STORE, REDIS_URL, REDIS_CLUSTER, REDIS_PREFIX, REDIS_WAIT_MS, REDIS_COMPRESS_BYTES } = values
  if (!REDIS_URL) {
    if (CACHE_STORE === undefined || CACHE_STORE === 'memory') return undefined
    throw new DefinitionError(`CACHE_STORE is '${CACHE_STORE}', and REDIS_URL is not set: a Redis was expected`)
  }
  const urls = REDIS_URL.split(',')
  if (urls.length > 1 && !REDIS_CLUSTER)
    throw new DefinitionError('REDIS_URL names several nodes: with REDIS_CLUSTER=on they are those of a cluster')
  return {
    urls,
    isCluster: REDIS_CLUSTER,
    prefix: REDIS_PREFIX,
    wait: REDIS_WAIT_MS,
    compressAbove: REDIS_COMPRESS_BYTES,
  }
}
