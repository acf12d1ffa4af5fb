import { z } from 'zod'
import type { HttpCacheOptions } from '../cache/http/http-cache.ts'
import type { BackendInfo } from '../call/call.ts'
import type { EnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { checkRoute } from './options.ts'
import { type ProxyHeadOptions, type ProxyHeads, proxyHeadShape, settleHeads } from './proxy-head-options.ts'
import { type UpgradeOptions, type UpgradeSettings, upgradeOption, upgradeSettings } from './proxy-upgrade-options.ts'
import type { Route, Share } from './request.ts'

const BRAND = Symbol.for('facet.proxy')

/** What a proxy needs of a backend. */
export interface Upstream extends BackendInfo {
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number
  /** The header in which it is told how long it is waited for. */
  readonly budgetHeader?: string | undefined
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  /** The client that its calls go through; a proxied request cannot. */
  readonly client?: unknown
}

/** How a proxied path becomes the backend's. */
export interface ProxyOptions extends ProxyHeadOptions {
  /** One line for people. */
  readonly summary?: string
  /**
   * Exact paths that are replaced, after the route's own prefix is taken off: `{ '/': '/users' }`. What is not named here
   * goes on as it is.
   */
  readonly rewrite?: Readonly<Record<`/${string}`, `/${string}`>>
  /** Keeps what the backend says may be kept (RFC 9111). */
  readonly cache?: ProxyCacheOptions
  /** How WebSockets and other upgrades are passed on; `false` where none are. */
  readonly websocket?: UpgradeOptions | false
}

/** How the responses of a proxied route are kept. */
export interface ProxyCacheOptions {
  /** For how long: as long as the backend says. */
  readonly ttl: 'origin'
  /** Responses with larger bodies are passed on and not kept, 1 MiB if not said. Bytes. */
  readonly maxBytes?: number
  /** Whether a client's own Cache-Control counts (`no-cache`, `max-age`, `only-if-cached` and so on). Off: it could force load. */
  readonly requestDirectives?: boolean
  /**
   * Whether requests with cookies or an Authorization may be answered with what everybody gets, where the backend allows it
   * (`public`, `s-maxage`, `must-revalidate`): `user`, which is not said to mean it, keeps them apart from everything kept.
   */
  readonly share?: Share
}

/** A route that streams through to a backend, untouched, or keeps what may be kept. */
export interface ProxyRoute {
  readonly [BRAND]: true
  readonly route: Route
  readonly backend: Upstream
  readonly summary: string | undefined
  /** How many segments of a path are the route's own. */
  readonly depth: number
  readonly rewrite: ReadonlyMap<string, string>
  readonly cache: HttpCacheOptions | undefined
  readonly heads: ProxyHeads
  /** Undefined where it switches to no other protocol. */
  readonly upgrade: UpgradeSettings | undefined
}

const path = z.string().regex(/^\/[^?#\s]*$/, "a path that starts with '/' was expected")
const optionsSchema = z.strictObject({
  summary: z.string().optional(),
  rewrite: z.record(path, path).optional(),
  cache: z
    .strictObject({
      ttl: z.literal('origin', "'origin' was expected: how long is said by the backend"),
      maxBytes: z.number().int().min(1).optional(),
      requestDirectives: z.boolean().optional(),
      share: z.enum(['everyone', 'user']).optional(),
    })
    .optional(),
  ...proxyHeadShape,
  websocket: upgradeOption.optional(),
})

const MEBIBYTE = 1024 * 1024

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
  if (backend.client !== undefined)
    throw new DefinitionError(
      `proxy '${route}': backend '${backend.name}' has a client of its own, through which nothing can be streamed; define it once more without 'client', under another name`,
    )
  return Object.freeze({
    [BRAND]: true as const,
    route,
    backend,
    summary: options.summary,
    depth: (route.split(' ')[1] as string).split('/').length - 2,
    rewrite: new Map(Object.entries(options.rewrite ?? {})),
    cache: options.cache && {
      maxBytes: options.cache.maxBytes ?? MEBIBYTE,
      directives: options.cache.requestDirectives ?? false,
      share: options.cache.share ?? 'user',
    },
    heads: settleHeads(route, options),
    upgrade: upgradeSettings(options.websocket),
  })
}

export function isProxy(value: unknown): value is ProxyRoute {
  return typeof value === 'object' && value !== null && BRAND in value
}
