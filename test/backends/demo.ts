import { readConfig } from '../../src/config.ts'
import { serve } from '../../src/serve.ts'
import { startAll } from './index.ts'

/** What to type, for what is worth seeing first. */
const EXAMPLES: readonly (readonly [what: string, curl: (url: string) => string])[] = [
  ['web: everything, as JSON', (url) => `curl '${url}/customers/1/overview?orders=3'`],
  ['mobile: little of it', (url) => `curl -H 'X-Client: mobile' ${url}/customers/1/overview`],
  ['desktop: as XML', (url) => `curl -H 'X-Client: desktop' ${url}/customers/2/overview`],
  [
    'pay an invoice: JSON in, SOAP out',
    (url) =>
      `curl -H 'Content-Type: application/json' -d '{"invoice":"0000123","amount":13.37,"currency":"EUR"}' ${url}/customers/1/payments`,
  ],
  ['slow once, then cached', (url) => `curl -o /dev/null -w '%{time_total}s\\n' ${url}/catalog`],
  ['passed through as it is', (url) => `curl '${url}/reverseproxy/users?id=1'`],
]

/** Ports of the mock backends, by the variable that sets each. */
function portsFrom(environment: NodeJS.ProcessEnv): Record<'crm' | 'shop' | 'billing' | 'rates', number> {
  const port = (name: string, fallback: number) => {
    const text = environment[name] || String(fallback)
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
      throw new Error(`${name} is '${text}': a whole number from 0 to 65535 was expected`)
    return Number(text)
  }
  return {
    crm: port('CRM_PORT', 4001),
    shop: port('SHOP_PORT', 4002),
    billing: port('BILLING_PORT', 4003),
    rates: port('RATES_PORT', 4004),
  }
}

/** A mock backend that cannot start says its name and what is wrong; this adds what to do about a port that is taken. */
function advise(error: unknown): never {
  const taken = error instanceof Error && /^(\w+): port \d+ is already in use$/.exec(error.message)
  throw taken ? new Error(`${taken[0]}; set ${taken[1]?.toUpperCase()}_PORT to another`, { cause: error }) : error
}

/** A name to type for a listening address: the wildcards are no addresses to call. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Ends the process with 0 when it is told to; being told twice changes nothing. */
function endOnSignal(close: () => Promise<void>): void {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** `npm run demo`: the mock backends, and Facet in front of them. */
async function demo(): Promise<void> {
  const backends = await startAll(portsFrom(process.env)).catch(advise)
  const config = readConfig({
    SERVER_TIMING: 'on',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    ...process.env,
    CRM_URL: backends.crm.url,
    SHOP_URL: backends.shop.url,
    BILLING_URL: `${backends.billing.url}/billing`,
    RATES_URL: backends.rates.url,
  })
  const serving = await serve({ config }).catch(async (error: unknown) => {
    await backends.close()
    throw error
  })
  endOnSignal(async () => {
    await serving.stop()
    await backends.close()
  })
  const url = `http://${reachable(config.host)}:${serving.port}`
  const { endpoints, proxies } = serving.app.registry
  const routes = [...endpoints.map(({ endpoint }) => endpoint), ...proxies.map(({ proxy }) => proxy)]
  const text = (summary: string | undefined) => summary ?? ''
  const rows = routes.map(
    (route) => `  ${route.route.padEnd(34)} ${text('settings' in route ? route.settings.summary : route.summary)}`,
  )
  const examples = EXAMPLES.map(([what, curl]) => `  # ${what}\n  ${curl(url)}`)
  console.log(
    `Facet listens on ${url}; four mock backends stand behind it.\n\n${rows.join('\n')}\n\nTry:\n${examples.join('\n')}\n\nCtrl-C ends it.`,
  )
}

demo().catch((error: unknown) => {
  console.error(`The demo cannot start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
})
