import { z } from 'zod'
import type { BackendInfo } from '../call/call.ts'
import type { EnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { checkRoute } from './options.ts'
import type { Route } from './request.ts'

const BRAND = Symbol.for('facet.proxy')

/** What a proxy needs of a backend. */
export interface Upstream extends BackendInfo {
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
}

/** How a proxied path becomes the backend's. */
export interface ProxyOptions {
  /** One line for people. */
  readonly summary?: string
  /**
   * Exact paths that are replaced, after the route's own prefix is taken off: `{ '/': '/users' }`. What is not named here
   * goes on as it is.
   */
  readonly rewrite?: Readonly<Record<`/${string}`, `/${string}`>>
}

/** A route that streams through to a backend, untouched. */
export interface ProxyRoute {
  readonly [BRAND]: true
  readonly route: Route
  readonly backend: Upstream
  readonly summary: string | undefined
  readonly rewrite: ReadonlyMap<string, string>
}

const path = z.string().regex(/^\/[^?#\s]*$/, "a path that starts with '/' was expected")
const optionsSchema = z.strictObject({ summary: z.string().optional(), rewrite: z.record(path, path).optional() })

/**
 * Passes requests on as they are. The route's text before its `/*rest` is the prefix that is taken off; what follows it,
 * still encoded as it came, and the query are what the backend gets.
 *
 * @example export default proxy('ANY /reverseproxy/*path', crm, { rewrite: { '/': '/users' } })
 * @throws DefinitionError with the option and its value
 */
export function proxy(route: Route, backend: Upstream, options: ProxyOptions = {}): ProxyRoute {
  checkRoute(route)
  checkOptions(`proxy '${route}'`, options, optionsSchema)
  if (!/\/(\*\w+|\{\w+\+\})$/.test(route))
    throw new DefinitionError(`proxy '${route}': the path must end with /*name, which is what is passed on`)
  if (/[:{]/.test(route.replace(/\{\w+\+\}$/, '')))
    throw new DefinitionError(`proxy '${route}': the prefix before /*name must be plain text`)
  return Object.freeze({
    [BRAND]: true as const,
    route,
    backend,
    summary: options.summary,
    rewrite: new Map(Object.entries(options.rewrite ?? {})),
  })
}

export function isProxy(value: unknown): value is ProxyRoute {
  return typeof value === 'object' && value !== null && BRAND in value
}
