import { type App, type AppOptions, app } from '../app.ts'
import { readConfig } from '../config.ts'
import { type Client, client, type Transform } from '../endpoint/client.ts'
import { type AnyEndpoint, isEndpoint } from '../endpoint/endpoint.ts'
import type { ProxyRoute } from '../endpoint/proxy.ts'
import { makeRegistry } from '../endpoint/registry.ts'
import { listen } from '../http/server.ts'

/** What a harness serves. */
export interface HarnessOptions {
  /** Endpoints and proxies, by the name that their file would have. */
  readonly routes: Readonly<Record<string, AnyEndpoint | ProxyRoute>>
  /** Clients; where none of them is the default one, `web` is added as that. */
  readonly clients?: readonly Client[]
  // biome-ignore lint/suspicious/noExplicitAny: a transform's data stands in argument position, so no other type fits them all
  readonly transforms?: readonly Transform<any, unknown>[]
  /** The environment: what `env(…)` and the settings are read from. */
  readonly environment?: Readonly<Record<string, string>>
  readonly before?: AppOptions['before']
  readonly after?: AppOptions['after']
}

/** An answer, read whole. */
export interface HarnessReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects by comparing, and a cast on every line would hide it
  json(): any
}

/** An app on a free port, and a way to ask it. */
export interface Harness {
  readonly url: string
  readonly app: App
  /** @param path from the root, for example `/customers/1` */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<HarnessReply>
  request(path: string, init?: RequestInit): Promise<HarnessReply>
  close(): Promise<void>
}

/**
 * Serves endpoints for a test, over real sockets.
 *
 * @example
 * const facet = await harness({ routes: { overview }, clients: [mobile], transforms: [mobileOverview], environment: { CRM_URL: crm.url } })
 * expect((await facet.get('/customers/1/overview')).json()).toEqual({ … })
 * @throws DefinitionError with all that is wrong with what it was given
 */
export async function harness({
  routes,
  clients = [],
  transforms = [],
  environment = {},
  before = [],
  after = [],
}: HarnessOptions): Promise<Harness> {
  const modules = Object.entries(routes).map(([name, route]) => ({ file: `routes/${name}.ts`, name, routes: [route] }))
  const known = clients.some(({ options }) => options.default)
    ? clients
    : [client('web', { default: true }), ...clients]
  const clientModules = known.map((client) => ({
    file: `transforms/${client.name}/_client.ts`,
    client,
    transforms: transforms
      .filter((transform) => transform.client === client.name)
      .map((transform) => ({ file: `transforms/${client.name}/${nameOf(routes, transform.endpoint)}.ts`, transform })),
  }))
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', ...environment })
  const running = await app({ config, registry: makeRegistry(modules, clientModules), before, after })
  const { port, drain } = await listen(running.listener, 0, '127.0.0.1', 'PORT', running.upgrade)
  const url = `http://127.0.0.1:${port}`
  const request: Harness['request'] = async (path, init) => {
    const reply = await fetch(url + path, { redirect: 'manual', ...init })
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, json: () => JSON.parse(text) }
  }
  return {
    url,
    app: running,
    get: (path, headers) => request(path, headers ? { headers } : undefined),
    request,
    close: async () => {
      await drain(1_000)
      await running.close()
    },
  }
}

function nameOf(routes: HarnessOptions['routes'], endpoint: AnyEndpoint): string {
  return Object.entries(routes).find(([, route]) => isEndpoint(route) && route === endpoint)?.[0] ?? 'unknown'
}
