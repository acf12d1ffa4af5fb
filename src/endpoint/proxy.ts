import { z } from 'zod'
import type { HttpCacheOptions } from '../cache/http/http-cache.ts'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import type { RouteVariables } from '../config-backends.ts'
import { checkOptions } from '../options.ts'
import { type ProxyCacheOption, proxyCache, proxyCacheOption } from './proxy-cache-options.ts'
import { type ProxyHeadOptions, type ProxyHeads, proxyHeadShape, settleHeads } from './proxy-head-options.ts'
import { type ProxyPath, type ProxyPathOptions, proxyPath, proxyPathShape } from './proxy-path-options.ts'
import { type ProxyQuery, type ProxyQueryOptions, proxyQuery, proxyQueryOption } from './proxy-query-options.ts'
import { nameFor, type ProxiedRoute, placeOf } from './proxy-route.ts'
import { type Shadow, type ShadowOptions, shadowOf, shadowOption } from './proxy-shadow-options.ts'
import { type Target, type TargetOptions, targetsOf, targetsOption } from './proxy-target-options.ts'
import {
  type TransformOptions,
  type TransformSettings,
  transformSettings,
  transformShape,
} from './proxy-transform-options.ts'
import { type UpgradeOptions, type UpgradeSettings, upgradeOption, upgradeSettings } from './proxy-upgrade-options.ts'
import { type Upstream, type UpstreamOption, upstreamFor } from './proxy-upstream.ts'

const BRAND = Symbol.for('facet.proxy')

/**
 * How requests are passed on: what `proxy()` takes besides route and upstream.
 *
 * @example const internal: ProxyOptions = { headers: { response: { deny: ['server'] } }, websocket: false }
 */
export interface ProxyOptions extends ProxyPathOptions, ProxyHeadOptions, TransformOptions {
  /** One line for people. */
  readonly summary?: string
  readonly query?: ProxyQueryOptions
  /** Other backends for some of the requests: the first of which all that is said holds is asked instead of the route's own. */
  readonly targets?: readonly TargetOptions[]
  /** A second backend that is sent the same requests; its answers are dropped, and its failures nobody's. */
  readonly shadow?: ShadowOptions
  /** Keeps what the backend says may be kept (RFC 9111), and for how long where it says nothing. */
  readonly cache?: ProxyCacheOption
  /** How WebSockets and other upgrades are passed on; `false` where none are. */
  readonly websocket?: UpgradeOptions | false
}

/** A route that streams through to a backend, untouched, or keeps what may be kept. */
export interface ProxyRoute {
  readonly [BRAND]: true
  readonly route: ProxiedRoute
  readonly backend: Upstream
  readonly summary: string | undefined
  /** How many segments of a path are the route's own. */
  readonly depth: number
  readonly path: ProxyPath
  readonly query: ProxyQuery | undefined
  readonly targets: readonly Target[]
  readonly shadow: Shadow | undefined
  readonly cache: HttpCacheOptions | undefined
  readonly heads: ProxyHeads
  /** Undefined where it switches to no other protocol. */
  readonly upgrade: UpgradeSettings | undefined
  /** How bodies are changed on the way; undefined where they are not looked at. */
  readonly transform: TransformSettings | undefined
}

const optionsSchema = z.strictObject(
  {
    ...transformShape,
    summary: z.string('a line of text was expected').optional(),
    ...proxyPathShape,
    query: proxyQueryOption.optional(),
    targets: targetsOption.optional(),
    shadow: shadowOption.optional(),
    cache: proxyCacheOption.optional(),
    ...proxyHeadShape,
    websocket: upgradeOption.optional(),
  },
  'a table of options was expected',
)

/**
 * Passes requests on as they are. The route's text before its `/*rest` is the prefix that is taken off, unless `prefix` says something
 * else; what follows it, still encoded as it came, and the query are what the backend gets.
 *
 * @param upstream a backend, or where one is: `proxy('ANY /legacy/*path', 'http://legacy:8080/app')`
 * @example export default proxy('ANY /reverseproxy/*path', crm, { rewrite: { '/': '/users' } })
 * @throws DefinitionError with the option and its value
 */
export function proxy(route: ProxiedRoute, upstream: UpstreamOption, options: ProxyOptions = {}): ProxyRoute {
  const { depth } = placeOf(route)
  const what = `proxy '${route}'`
  checkOptions(what, options, optionsSchema)
  const name = nameFor(route)
  return Object.freeze({
    [BRAND]: true as const,
    route,
    backend: upstreamFor(what, name, upstream),
    summary: options.summary,
    depth,
    path: proxyPath(what, options),
    query: options.query && proxyQuery(what, options.query),
    targets: targetsOf(what, name, options.targets ?? []),
    shadow: options.shadow && shadowOf(what, name, options.shadow),
    cache: options.cache && proxyCache(options.cache),
    heads: settleHeads(route, options),
    upgrade: upgradeSettings(options.websocket),
    transform: transformSettings(route, options, options.cache !== undefined),
  })
}

export function isProxy(value: unknown): value is ProxyRoute {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** Every backend that a proxied route can reach: its own, those of its targets, and the one in the shadow. */
export function backendsOf({ backend, targets, shadow }: ProxyRoute): readonly Upstream[] {
  return [backend, ...targets.map((target) => target.backend), ...(shadow ? [shadow.backend] : [])]
}

/** What a proxied route itself takes from the environment; its backends have their own. */
export function variablesOf({ route, heads, query }: ProxyRoute): RouteVariables {
  return {
    route,
    headers: [
      ...variables('headers.request.set', heads.request.set),
      ...variables('headers.response.set', heads.response.set),
    ],
    query: variables('query.add', query?.added ?? []),
  }
}

function variables(
  option: string,
  said: readonly (readonly [name: string, value: unknown])[],
): (readonly [option: string, value: EnvironmentVariable])[] {
  return said.flatMap(([name, value]) => (isEnvironmentVariable(value) ? [[`${option}.${name}`, value] as const] : []))
}
