// The mock backends as a process: `node test/backends/main.ts crm|shop|billing|rates|all`. What is named is started on its port
// (CRM_PORT 4001, SHOP_PORT 4002, BILLING_PORT 4003, RATES_PORT 4004) at HOST (127.0.0.1), until SIGTERM or SIGINT.
import {
  type MockBackend,
  type StartOptions,
  startAll,
  startBilling,
  startCrm,
  startRates,
  startShop,
} from './index.ts'

const STARTS = { crm: startCrm, shop: startShop, billing: startBilling, rates: startRates }
const PORTS = { crm: 4001, shop: 4002, billing: 4003, rates: 4004 }
const NAMES = Object.keys(STARTS) as (keyof typeof STARTS)[]

/** The port that the environment gives to a backend; @throws Error where it is none. */
function portOf(name: keyof typeof PORTS): number {
  const variable = `${name.toUpperCase()}_PORT`
  const text = process.env[variable]
  if (text === undefined) return PORTS[name]
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new Error(`${variable} must be a whole number from 0 to 65535, got "${text}"`)
  }
  return Number(text)
}

/** Starts what is named; @throws Error where that is nothing we know, or cannot start. */
async function start(what: string | undefined, options: StartOptions): Promise<readonly MockBackend[]> {
  if (what === 'all') {
    const ports = Object.fromEntries(NAMES.map((name) => [name, portOf(name)]))
    const { crm, shop, billing, rates } = await startAll({ ...ports, ...options })
    return [crm, shop, billing, rates]
  }
  const name = NAMES.find((known) => known === what)
  if (!name) throw new Error(`usage: node test/backends/main.ts ${NAMES.join('|')}|all`)
  return [await STARTS[name](portOf(name), options)]
}

try {
  const backends = await start(process.argv[2], { host: process.env.HOST || undefined })
  const stop = async (): Promise<void> => {
    await Promise.all(backends.map((backend) => backend.close()))
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  for (const { name, url } of backends) console.log(`${name} listens on ${url}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
