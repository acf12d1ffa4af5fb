import type { BackendInfo } from '../call/call.ts'
import { DefinitionError } from '../errors.ts'
import { type Client, client, type Transform } from './client.ts'
import { type AnyEndpoint, isEndpoint } from './endpoint.ts'
import { forwarded } from './forwarded.ts'
import { backendsOf, isProxy, type ProxyRoute } from './proxy.ts'
import { nameFor } from './proxy-route.ts'

/** What a route module gives. */
export interface RouteModule {
  /** Where it is from, for messages. */
  readonly file: string
  /** The endpoint's name: its file's, for example `customer-overview`. */
  readonly name: string
  readonly routes: readonly (AnyEndpoint | ProxyRoute)[]
}

/** What the modules of one client's folder give. */
export interface ClientModule {
  readonly file: string
  readonly client: Client
  readonly transforms: readonly { readonly file: string; readonly transform: Transform<unknown, unknown> }[]
}

/** An endpoint with its name and its clients' transforms. */
export interface RegisteredEndpoint {
  readonly file: string
  readonly name: string
  readonly endpoint: AnyEndpoint
  readonly transforms: ReadonlyMap<string, Transform<unknown, unknown>>
}

/** Everything that an app serves, checked against each other. */
export interface Registry {
  readonly endpoints: readonly RegisteredEndpoint[]
  readonly proxies: readonly { readonly file: string; readonly proxy: ProxyRoute }[]
  readonly clients: readonly Client[]
  /** Every backend that a route can reach, by name. */
  readonly backends: readonly BackendInfo[]
}

/**
 * Puts routes and clients together.
 *
 * @throws DefinitionError with every mistake, one a line, with its file
 */
export function makeRegistry(routes: readonly RouteModule[], clientModules: readonly ClientModule[]): Registry {
  const mistakes: string[] = []
  const clients = clientModules.map((module) => module.client)
  if (clients.length === 0) clients.push(client('web', { default: true }))
  checkClients(clients, mistakes)

  const endpoints = routes.flatMap(({ file, name, routes }) =>
    routes
      .filter(isEndpoint)
      .map((endpoint) => ({ file, name, endpoint, transforms: new Map<string, Transform<unknown, unknown>>() })),
  )
  for (const { client, transforms } of clientModules) {
    for (const { file, transform } of transforms) {
      const registered = endpoints.find(({ endpoint }) => endpoint === transform.endpoint)
      if (transform.client !== client.name)
        mistakes.push(
          `${file}: the transform is client '${transform.client}''s, but stands in the folder of '${client.name}'`,
        )
      else if (!registered)
        mistakes.push(`${file}: the endpoint '${transform.route}' is not what any route module exports`)
      else if (registered.transforms.has(client.name))
        mistakes.push(`${file}: client '${client.name}' has another transform of '${transform.route}'`)
      else registered.transforms.set(client.name, transform)
    }
  }

  const proxies = routes.flatMap(({ file, routes }) => routes.filter(isProxy).map((proxy) => ({ file, proxy })))
  const backends = collectBackends(endpoints, proxies, mistakes)
  for (const { file, endpoint } of endpoints) {
    checkShare(file, endpoint, mistakes)
    checkStatuses(file, endpoint, mistakes)
  }
  if (mistakes.length > 0) throw new DefinitionError(mistakes.join('\n'))
  return { endpoints, proxies, clients, backends }
}

function checkClients(clients: readonly Client[], mistakes: string[]): void {
  const defaults = clients.filter(({ options }) => options.default).map(({ name }) => name)
  if (defaults.length !== 1)
    mistakes.push(
      `clients: exactly one must say default: true; ${defaults.length === 0 ? 'none does' : `${defaults.join(', ')} do`}`,
    )
  for (const what of ['name', 'path', 'host'] as const) {
    const taken = new Map<string, string>()
    for (const { name, options } of clients) {
      const value = what === 'name' ? name : what === 'host' ? options.host?.toLowerCase() : options.path
      if (value === undefined) continue
      if (taken.has(value))
        mistakes.push(`clients: '${name}' and '${taken.get(value)}' have the same ${what} '${value}'`)
      taken.set(value, name)
    }
  }
}

/** A name stands in cache keys and messages, so two backends cannot share one. */
function collectBackends(
  endpoints: readonly RegisteredEndpoint[],
  proxies: Registry['proxies'],
  mistakes: string[],
): BackendInfo[] {
  const known = new Map<string, BackendInfo>()
  /** Where each proxied route is, by the name of the backend that it may have for itself. */
  const routes = new Map<string, string>()
  const twice = new Set<string>()
  const add = (file: string, backend: BackendInfo) => {
    const other = known.get(backend.name)
    if (!other) known.set(backend.name, backend)
    else if (other.url !== backend.url || other.forward !== backend.forward)
      twice.add(`${file}: two backends are named '${backend.name}'`)
  }
  for (const { file, endpoint } of endpoints)
    for (const { call } of endpoint.sources) for (const backend of call.backends) add(file, backend)
  for (const { file, proxy } of proxies) {
    const name = nameFor(proxy.route)
    const other = routes.get(name)
    // Backends that are made for URLs are named after the route: it is the route that is there twice.
    if (other !== undefined) twice.add(`${file}: the route '${proxy.route}': it is the same as ${other}`)
    else for (const backend of backendsOf(proxy)) add(file, backend)
    routes.set(name, other ?? `'${proxy.route}' in ${file}`)
  }
  mistakes.push(...twice)
  return [...known.values()]
}

/** A status for a source that is not there would never be used. */
function checkStatuses(file: string, { route, settings, sources }: AnyEndpoint, mistakes: string[]): void {
  for (const name of Object.keys(settings.statuses ?? {})) {
    const source = name.includes('.') ? name.slice(0, name.indexOf('.')) : undefined
    if (source !== undefined && !sources.some((known) => known.name === source))
      mistakes.push(`${file}: endpoint '${route}' at 'statuses.${name}': there is no source '${source}'`)
  }
}

/** What depends on who asks cannot be everyone's. */
function checkShare(file: string, { route, settings, sources }: AnyEndpoint, mistakes: string[]): void {
  const shared = (['cache', 'data'] as const).find((level) => settings[level]?.share === 'everyone')
  if (!shared) return
  for (const { name, call } of sources) {
    const personal = forwarded([call]).find((header) => header === 'authorization' || header === 'cookie')
    if (personal)
      mistakes.push(
        `${file}: the ${shared === 'cache' ? 'replies' : 'data'} of '${route}' are shared by everyone, but its source '${name}' is sent the caller's '${personal}'`,
      )
  }
}
