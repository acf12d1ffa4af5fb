import { fileURLToPath } from 'node:url'
import { type App, app, readConfig } from 'facet'
import { listen } from '../../../src/http/server.ts'
import { type AllBackends, startAll } from '../../backends/index.ts'
import type { AnyReply } from './problems.ts'

/** The demo as people start it: the shipped routes and transforms before the mock backends, all on free ports. */
export interface Demo {
  readonly url: string
  readonly app: App
  readonly backends: AllBackends
  /** @param client the name to send in X-Client; none if not said */
  get(path: string, client?: string): Promise<AnyReply>
  post(path: string, body: unknown): Promise<AnyReply>
  /** The paths and queries that a backend was asked for since the last reset. */
  asked(backend: 'crm' | 'shop' | 'billing' | 'rates'): string[]
  /** Faults off, logs and caches empty. */
  reset(): Promise<void>
  close(): Promise<void>
}

const folder = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))

export async function startDemo(): Promise<Demo> {
  const backends = await startAll({ catalogMs: 150 })
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    FACET_ROUTES: folder('routes'),
    FACET_TRANSFORMS: folder('transforms'),
    CRM_URL: backends.crm.url,
    SHOP_URL: backends.shop.url,
    BILLING_URL: `${backends.billing.url}/billing`,
    RATES_URL: backends.rates.url,
  })
  const running = await app({ config })
  const { port, drain } = await listen(running.listener, 0, '127.0.0.1', 'PORT', running.upgrade)
  const url = `http://127.0.0.1:${port}`
  const ask = async (path: string, init: RequestInit): Promise<AnyReply> => {
    const reply = await fetch(url + path, init)
    return { status: reply.status, headers: reply.headers, text: await reply.text() }
  }
  return {
    url,
    app: running,
    backends,
    get: (path, client) => ask(path, client === undefined ? {} : { headers: { 'X-Client': client } }),
    post: (path, body) =>
      ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    asked: (backend) => backends[backend].requests.map(({ url }) => url),
    reset: async () => {
      for (const backend of [backends.crm, backends.shop, backends.billing, backends.rates]) backend.reset()
      await running.runtime.cache.clear()
    },
    close: async () => {
      await drain(1_000)
      await running.close()
      await backends.close()
    },
  }
}
