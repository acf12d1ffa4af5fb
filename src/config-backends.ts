import { type Environment, type EnvironmentVariable, isEnvironmentVariable } from './config.ts'
import { isFieldValue } from './lib/headers.ts'

/** One of several URLs of a backend. */
export type UrlOption =
  | string
  | EnvironmentVariable
  | { readonly url: string | EnvironmentVariable; readonly weight?: number }

/** Where a backend is. The text, also that of a variable, may hold several URLs with commas between them. */
export type BackendUrl = string | EnvironmentVariable | readonly UrlOption[]

/** One URL, with its share compared to the others'. */
export interface WeightedUrl {
  readonly url: string
  /** 1 if not said. */
  readonly weight?: number
}

/** The URLs of a backend, one by one. @param resolve gives the value of a variable */
export function urlsOf(
  said: BackendUrl,
  resolve: (value: string | EnvironmentVariable) => string,
): readonly WeightedUrl[] {
  return parts(said).flatMap(({ url, weight }) =>
    split(resolve(url)).map((each) => ({ url: each, ...(weight !== undefined && { weight }) })),
  )
}

/** What was said, as a list of what each was said as. */
function parts(said: BackendUrl): { readonly url: string | EnvironmentVariable; readonly weight?: number }[] {
  const list = (Array.isArray(said) ? said : [said]) as readonly UrlOption[]
  return list.map((each) => (typeof each === 'string' || isEnvironmentVariable(each) ? { url: each } : each))
}

/** A comma may also be part of a path. */
function split(text: string): string[] {
  return text.trim().split(/\s*,\s*(?=https?:\/\/)/i)
}

/** What of a backend may come from the environment. */
export interface BackendVariables {
  readonly name: string
  readonly url: BackendUrl
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
    ...parts(url).flatMap((each) => checkUrls(name, each.url, environment)),
    ...headers.flatMap(([header, value]) => checkSecret(sentTo(name, header), value, HEADER, environment)),
    ...secrets.flatMap(([option, value]) => checkSecret(sentTo(name, option), value, MESSAGE, environment)),
  ])
}

function sentTo(backend: string, sentAs: string): string {
  return `what backend '${backend}' is sent as '${sentAs}'`
}

/** What a proxied route itself takes from the environment, by the option that says it. */
export interface RouteVariables {
  readonly route: string
  readonly headers: readonly (readonly [option: string, value: EnvironmentVariable])[]
  readonly query: readonly (readonly [option: string, value: EnvironmentVariable])[]
}

/**
 * Checks what proxied routes take from the environment, all of it at once.
 *
 * @returns one line for each that is missing or cannot be sent, naming the variable, the route and the option
 */
export function checkRoutes(routes: readonly RouteVariables[], environment: Environment): string[] {
  return routes.flatMap(({ route, headers, query }) => {
    const check = (carrier: Carrier) => (said: RouteVariables['headers'][number]) =>
      checkSecret(`what proxy '${route}' says at '${said[0]}'`, said[1], carrier, environment)
    return [...headers.flatMap(check(HEADER)), ...query.flatMap(check(QUERY))]
  })
}

function checkUrls(backend: string, url: string | EnvironmentVariable, environment: Environment): string[] {
  const name = isEnvironmentVariable(url) ? url.name : `the url of backend '${backend}'`
  const value = isEnvironmentVariable(url) ? environment[url.name] : url
  const expected = `expected the http or https URL of backend '${backend}', for example http://127.0.0.1:4001`
  if (value === undefined || value === '') return [`${name} is not set: ${expected}`]
  const urls = split(value)
  return urls.length === 1 ? checkUrl(name, value, expected) : urls.flatMap((each) => checkUrl(name, each, expected))
}

function checkUrl(name: string, value: string, expected: string): string[] {
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
const QUERY: Carrier = { name: 'query', accepts: (value) => value.isWellFormed() }

/** A header's value is a secret as often as not, so it is never shown. @param what is expected of it */
function checkSecret(
  what: string,
  value: string | EnvironmentVariable,
  carrier: Carrier,
  environment: Environment,
): string[] {
  if (!isEnvironmentVariable(value)) return []
  const found = environment[value.name]
  if (!found) return [`${value.name} is not set: expected ${what}`]
  if (carrier.accepts(found)) return []
  return [`${value.name} has characters that no ${carrier.name} can carry: expected ${what}`]
}
