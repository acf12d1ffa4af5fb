import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, RequestHandler } from 'express'
import type { MemoryStore } from './cache/memory.ts'
import { openStore } from './cache/open-store.ts'
import type { Purge } from './cache/store.ts'
import { type OpenRuntime, openRuntime } from './call/runtime.ts'
import { type UpstreamReport, upstreamsOf } from './call/upstream.ts'
import { channels } from './channels.ts'
import { type Config, readConfig } from './config.ts'
import { checkBackends, checkRoutes } from './config-backends.ts'
import { loadRegistry } from './endpoint/load.ts'
import { variablesOf } from './endpoint/proxy.ts'
import type { Registry } from './endpoint/registry.ts'
import { DefinitionError } from './errors.ts'
import { wantBody } from './http/continue.ts'
import { createHandler, type Handler } from './http/handler.ts'
import { createShell, notFound } from './http/shell.ts'
import { type UpgradeListener, upgradeListener } from './http/upgrade.ts'
import { openBus } from './ops/bus.ts'
import { livez, type Readiness, readyz } from './ops/health.ts'

/** What can be put around and under an app. */
export interface AppOptions {
  /** Where settings come from; the process's environment if not said. */
  readonly config?: Config
  /** The routes and clients; loaded from `config.routes` and `config.transforms` if not said. */
  readonly registry?: Registry
  /** Express middleware that runs before every request: helmet, passport. Not empty, it sends every request through Express. */
  readonly before?: readonly RequestHandler[]
  /** Express middleware for what no route of Facet's answers. */
  readonly after?: readonly RequestHandler[]
}

/** An app: an Express app, which can be mounted in another, with what is needed to serve and to end it. */
export interface App extends Express {
  /** The whole of it as a plain request listener, which does not wake Express for Facet's own routes. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /**
   * The same for requests for WebSockets and other protocols, which Node gives away with an event of their own: a server that the app is
   * mounted in passes them on. What it mounts the app under it takes off `request.url` before.
   *
   * @example server.on('upgrade', (request, socket, head) => facet.upgrade(request, socket, head, () => theirs.handleUpgrade(…)))
   */
  readonly upgrade: UpgradeListener
  readonly readiness: Readiness
  readonly registry: Registry
  readonly runtime: OpenRuntime
  /** What the memory cache holds now. */
  readonly cache: Pick<MemoryStore, 'bytes' | 'entries' | 'list' | 'totals'>
  /** Makes cached entries with these tags old, in every worker. */
  invalidate(purge: Purge | readonly string[]): Promise<void>
  /** How each backend fares that its routes can reach, and each of its instances. */
  backends(): readonly UpstreamReport[]
  /** Closes the connections to backends. */
  close(): Promise<void>
}

/**
 * Puts everything together.
 *
 * @throws DefinitionError with all that is wrong with settings, backends, routes and transforms, one mistake a line
 */
export async function app({ config = readConfig(), registry, before = [], after = [] }: AppOptions = {}): Promise<App> {
  const known = registry ?? (await loadRegistry(config.routes, config.transforms))
  const wrong = [
    ...checkBackends(known.backends, config.environment),
    ...checkRoutes(
      known.proxies.map(({ proxy }) => variablesOf(proxy)),
      config.environment,
    ),
  ]
  if (wrong.length > 0) throw new DefinitionError(wrong.join('\n'))

  const bounds = { maxBytes: config.cacheMaxBytes, maxEntries: config.cacheMaxEntries }
  const stores = openStore({ kind: config.cacheStore, memory: bounds, redis: config.redis })
  const runtime = openRuntime(stores, config.environment, config.freeze)
  const bus = openBus()
  const takeNote = (purge: Purge) => runtime.cache.purge(purge, true)
  bus.receive(takeNote)
  stores.onPurge((purge) => void takeNote(purge).catch((error) => channels.store.publish({ event: 'failure', error })))
  const invalidate = async (given: Purge | readonly string[]) => {
    const purge = isTags(given) ? { tags: given } : given
    // What has been done is done: a store that cannot forget must not make a payment look as if it had failed.
    try {
      await runtime.cache.purge(purge)
    } catch (error) {
      channels.refresh.publish({ key: `purge ${JSON.stringify(purge)}`, error })
    }
    // Not before: another worker that has forgotten must not find the old entry in a store that both share.
    await bus.send(purge)
  }

  const close = async () => {
    bus.close()
    await runtime.close()
    stores.close()
  }
  const readiness: Readiness = { ready: true }
  const pages = { '/livez': livez, '/readyz': readyz(readiness) }
  let handler: Handler
  try {
    handler = createHandler(known, { runtime, config, invalidate, pages: Object.keys(pages) })
  } catch (error) {
    // Some backends may be asked already, whether they are well and where they are.
    await close()
    throw error
  }
  const shell = createShell(handler, { before, after, pages })

  const own = shell.router.stack.length
  const throughExpress = (request: IncomingMessage, response: ServerResponse, next?: () => void) => {
    // Any middleware may read a body, also one that somebody has added to this app; Facet's own pages and its 404 do not.
    if (before.length + after.length > 0 || shell.router.stack.length > own) wantBody(response)
    shell(request as never, response as never, (error?: unknown) =>
      next && !error ? next() : notFound(request as never, response as never, error as never),
    )
  }
  const listener =
    before.length > 0
      ? throughExpress
      : (request: IncomingMessage, response: ServerResponse, next?: () => void) =>
          void (handler(request, response, true) || throughExpress(request, response, next))
  await stores.started()
  return Object.assign(shell, {
    listener,
    upgrade: upgradeListener(listener),
    readiness,
    registry: known,
    runtime,
    cache: stores.memory,
    invalidate,
    backends: () => [...upstreamsOf(runtime).values()].map((upstream) => upstream.report()),
    close,
  })
}

function isTags(purge: Purge | readonly string[]): purge is readonly string[] {
  return Array.isArray(purge)
}
