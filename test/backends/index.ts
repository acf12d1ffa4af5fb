import { startBilling } from './billing.ts'
import { startCrm } from './crm.ts'
import { startRates } from './rates.ts'
import type { MockBackend, StartOptions } from './server.ts'
import { startShop } from './shop.ts'

export { startBilling } from './billing.ts'
export { BILLING_NAMESPACE } from './billing-xml.ts'
export { type CrmUser, startCrm } from './crm.ts'
export { MARKET_NAMESPACE, RATES_NAMESPACE, startRates } from './rates.ts'
export { type Handler, json, type Reply, reply } from './reply.ts'
export {
  type Control,
  type LoggedRequest,
  type MockBackend,
  type MockOptions,
  type StartOptions,
  startMock,
} from './server.ts'
export { type CatalogItem, type Order, type Product, type ShopOptions, startShop } from './shop.ts'

/** The ports to start on; any free one where none is said. */
export interface AllOptions extends StartOptions {
  readonly crm?: number | undefined
  readonly shop?: number | undefined
  readonly billing?: number | undefined
  readonly rates?: number | undefined
  /** How long the shop's catalogue takes, in milliseconds. */
  readonly catalogMs?: number | undefined
}

/** All four mock backends, running. */
export interface AllBackends {
  readonly crm: MockBackend
  readonly shop: MockBackend
  readonly billing: MockBackend
  readonly rates: MockBackend
  /** Closes all four. */
  close(): Promise<void>
}

/** Starts all four mock backends. Where one cannot start, the others are closed again and its error is thrown. */
export async function startAll({ crm, shop, billing, rates, host, catalogMs }: AllOptions = {}): Promise<AllBackends> {
  const starting = [
    startCrm(crm, { host }),
    startShop(shop, { host, catalogMs }),
    startBilling(billing, { host }),
    startRates(rates, { host }),
  ] as const
  // All are waited for: one that starts after another has failed must be closed, too.
  const settled = await Promise.allSettled(starting)
  const close = async (): Promise<void> => {
    await Promise.all(settled.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
  }
  try {
    const [crm, shop, billing, rates] = await Promise.all(starting)
    return { crm, shop, billing, rates, close }
  } catch (error) {
    await close()
    throw error
  }
}
