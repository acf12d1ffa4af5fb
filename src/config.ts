import { z } from 'zod'
import { DefinitionError } from './errors.ts'
import { isFieldValue } from './lib/headers.ts'

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
  BODY_MAX_BYTES: bytes(1024 * 1024).describe('the largest request body that an endpoint takes, in bytes'),
  URL_MAX_BYTES: bytes(8 * 1024).describe('the longest request target, in bytes'),
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
  readonly bodyMaxBytes: number
  readonly urlMaxBytes: number
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
      const value = name.endsWith('TOKEN') ? 'its value' : `'${environment[name]}'`
      return `${name}: ${value} does not fit: ${message}`
    })
    throw new DefinitionError(lines.join('\n'))
  }
  const values = parsed.data
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
    bodyMaxBytes: values.BODY_MAX_BYTES,
    urlMaxBytes: values.URL_MAX_BYTES,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    controlPort: values.CONTROL_PORT,
    controlToken: values.CONTROL_TOKEN,
    freeze: values.NODE_ENV !== 'production',
    environment,
  })
}

/** What of a backend may come from the environment. */
export interface BackendVariables {
  readonly name: string
  readonly url: string | EnvironmentVariable
  readonly headers?: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  /** What is sent within messages, by the option that says it. */
  readonly secrets?: readonly (readonly [option: string, value: string | EnvironmentVariable])[]
}

/**
 * Checks the URLs, the headers and the secrets of all backends at once.
 *
 * @returns one line for each that is missing or malformed, naming the variable and what was expected
 */
export function checkBackends(backends: readonly BackendVariables[], environment: Environment): string[] {
  return backends.flatMap(({ name, url, headers = [], secrets = [] }) => [
    ...checkUrl(name, url, environment),
    ...headers.flatMap(([header, value]) => checkSecret(name, header, value, HEADER, environment)),
    ...secrets.flatMap(([option, value]) => checkSecret(name, option, value, MESSAGE, environment)),
  ])
}

function checkUrl(backend: string, url: string | EnvironmentVariable, environment: Environment): string[] {
  const name = isEnvironmentVariable(url) ? url.name : `the url of backend '${backend}'`
  const value = isEnvironmentVariable(url) ? environment[url.name] : url
  const expected = `expected the http or https URL of backend '${backend}', for example http://127.0.0.1:4001`
  if (value === undefined || value === '') return [`${name} is not set: ${expected}`]
  const parsed = URL.parse(value)
  // First, since what is shown below must not be a password.
  if (/\/\/[^/]*@/.test(value) || parsed?.username || parsed?.password)
    return [`${name} carries credentials: ${expected}`]
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search !== '' || parsed.hash !== '')
    return [`${name} is '${value}': ${expected}`]
  return []
}

/** What can carry a secret, and what it can carry. */
interface Carrier {
  readonly name: string
  readonly accepts: (value: string) => boolean
}

const HEADER: Carrier = { name: 'header', accepts: isFieldValue }
const MESSAGE: Carrier = { name: 'message', accepts: (value) => !/\p{Cc}/u.test(value) }

/** A header's value is a secret as often as not, so it is never shown. */
function checkSecret(
  backend: string,
  sentAs: string,
  value: string | EnvironmentVariable,
  carrier: Carrier,
  environment: Environment,
): string[] {
  if (!isEnvironmentVariable(value)) return []
  const found = environment[value.name]
  const expected = `expected what backend '${backend}' is sent as '${sentAs}'`
  if (!found) return [`${value.name} is not set: ${expected}`]
  if (carrier.accepts(found)) return []
  return [`${value.name} has characters that no ${carrier.name} can carry: ${expected}`]
}
