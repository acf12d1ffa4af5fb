import type { Runtime } from '../call/call.ts'
import { mistake, synchronous } from '../call/scope.ts'
import { stringify } from '../codec/json.ts'
import { writePlain } from '../codec/xml/index.ts'
import type { Client, Format } from '../endpoint/client.ts'
import { forwarded } from '../endpoint/forwarded.ts'
import type { EndpointSettings } from '../endpoint/options.ts'
import { makePlan, type Plan } from '../endpoint/plan.ts'
import type { ProxyRoute } from '../endpoint/proxy.ts'
import type { RegisteredEndpoint, Registry } from '../endpoint/registry.ts'
import { DefinitionError } from '../errors.ts'
import { type BodyReader, bodyReader } from './body.ts'
import { pagesBelow } from './own-pages.ts'
import type { HeaderBlock } from './reply.ts'
import { Router } from './router.ts'
import { Variants } from './variants.ts'

/** How one endpoint answers one client in one format: composed when the app starts. */
export interface View {
  readonly client: Client
  readonly plan: Plan
  /** From the sources' record to the client's representation: merge, then transform. */
  readonly shape: (data: Readonly<Record<string, unknown>>) => unknown
  readonly formats: Readonly<Record<Format, { readonly write: (value: unknown) => string; readonly head: HeaderBlock }>>
}

/** An endpoint as it is served. */
export interface ServedEndpoint {
  readonly kind: 'endpoint'
  readonly route: string
  readonly registered: RegisteredEndpoint
  /** By the client's name. */
  readonly views: ReadonlyMap<string, View>
  readonly readBody: BodyReader | undefined
  /** The client's headers that its backends are sent: part of the reply's key. */
  readonly forward: readonly string[]
  /** Where its kept replies are compressed. */
  readonly variants: Variants | undefined
}

/** A proxied route as it is served. */
export interface ServedProxy {
  readonly kind: 'proxy'
  readonly route: string
  readonly proxy: ProxyRoute
  /** The paths of Facet's own pages that are below it; undefined for none. */
  readonly pages: ReadonlySet<string> | undefined
}

export type Served = ServedEndpoint | ServedProxy

/**
 * Composes everything that can be before the first request.
 *
 * @param vary the headers that recognition and format may consult
 * @param pages the paths of Facet's own pages, beside those that explain problems
 * @throws DefinitionError with every route that cannot be served, one a line
 */
export function makeRouter(
  registry: Registry,
  runtime: Runtime,
  vary: readonly string[],
  pages: readonly string[],
): Router<Served> {
  const router = new Router<Served>()
  const mistakes: string[] = []
  const add = (file: string, route: string, served: Served) => {
    const [methods = '', path = ''] = route.split(' ')
    try {
      for (const method of methods.split(',')) router.add(method, path, served, file)
    } catch (error) {
      mistakes.push(`${file}: the route '${route}': ${(error as Error).message}`)
    }
  }
  for (const registered of registry.endpoints)
    add(registered.file, registered.endpoint.route, serveEndpoint(registered, registry, runtime, vary))
  for (const { file, proxy } of registry.proxies)
    add(file, proxy.route, { kind: 'proxy', route: proxy.route, proxy, pages: pagesBelow(proxy.route, pages) })
  if (mistakes.length > 0) throw new DefinitionError(mistakes.join('\n'))
  return router
}

function serveEndpoint(
  registered: RegisteredEndpoint,
  { clients }: Registry,
  runtime: Runtime,
  vary: readonly string[],
): ServedEndpoint {
  const { endpoint, name, transforms } = registered
  const { settings } = endpoint
  const forward = forwarded(endpoint.sources.map(({ call }) => call))
  const variants = compresses(settings, runtime)
    ? runtime.single(Variants, () => new Variants(runtime.store))
    : undefined
  const consulted = [...vary, ...Object.keys(settings.headers?.shape ?? {}), ...forward]
  if (variants && !consulted.includes('accept-encoding')) consulted.push('Accept-Encoding')
  const whole = makePlan(endpoint, runtime)
  const plans = clients.map(({ name }) => {
    const { reads, maybe } = transforms.get(name) ?? {}
    return reads ? makePlan(endpoint, runtime, reads, maybe) : whole
  })
  // A cache on the way must not give a partial answer to a client that wants all or nothing, nor keep what came of a short wait.
  if (plans.some(({ mayBePartial }) => mayBePartial)) consulted.push('Prefer')
  const common = [
    'Cache-Control',
    settings.cache?.control ?? 'private, no-cache',
    'Vary',
    [...new Set(consulted)].join(', '),
    'X-Content-Type-Options',
    'nosniff',
  ]
  const views = clients.map((client, index): [string, View] => {
    const transform = transforms.get(client.name)
    const xml = {
      root: client.options.xml?.root ?? name,
      ...(client.options.xml?.item && { item: client.options.xml.item }),
    }
    return [
      client.name,
      {
        client,
        plan: plans[index] as Plan,
        shape: compose(endpoint.shape, transform?.apply),
        formats: {
          json: { write: stringify, head: ['Content-Type', 'application/json; charset=utf-8', ...common] },
          xml: {
            write: (value) => writePlain(value, xml),
            head: ['Content-Type', 'application/xml; charset=utf-8', ...common],
          },
        },
      },
    ]
  })
  return {
    kind: 'endpoint',
    route: endpoint.route,
    registered,
    views: new Map(views),
    readBody: settings.body && bodyReader(settings.body),
    forward,
    variants,
  }
}

/** Whether there can be variants: a store that cannot amend what it holds has nowhere to put them. */
function compresses({ cache, status }: EndpointSettings, { store }: Runtime): boolean {
  return cache?.compress === true && status !== 204 && store.amend !== undefined
}

/** Merge and transform as one function; either may be missing. */
function compose(
  merge: ((data: never) => unknown) | undefined,
  transform: ((data: unknown) => unknown) | undefined,
): View['shape'] {
  const merged = merge && named('the merge', merge as (data: unknown) => unknown)
  const transformed = transform && named('the transform', transform)
  if (merged && transformed) return (data) => transformed(merged(data))
  return merged ?? transformed ?? ((data) => data)
}

/** A team's function, whose mistakes are told by its name. */
function named(what: string, run: (data: unknown) => unknown): (data: unknown) => unknown {
  return (data) => {
    let value: unknown
    try {
      value = run(data)
    } catch (error) {
      throw mistake(what, error)
    }
    return synchronous(what, value)
  }
}
