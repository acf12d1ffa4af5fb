import { type Reply, readOnly, reply } from './reply.ts'
import { type MockBackend, type StartOptions, startMock } from './server.ts'
import { escapeXml } from './xml.ts'

/** The namespace of the elements of the rates service; it is the default one in its documents. */
export const RATES_NAMESPACE = 'urn:acme:rates:v1'
/** The namespace of its attributes `asOf` and `source`, which it binds to the prefix `m`. */
export const MARKET_NAMESPACE = 'urn:acme:market:v1'

const AS_OF = '2026-11-20'

// How much of each currency one euro buys. As text, because trailing zeros belong to a quoted rate.
const PER_EURO: Readonly<Record<string, readonly [value: string, source: string]>> = {
  USD: ['1.0842', 'ECB'],
  GBP: ['0.8356', 'ECB'],
  JPY: ['163.27', 'BOJ'],
  CHF: ['0.9364', 'SNB'],
  PLN: ['4.3215', 'ECB'],
  SEK: ['11.4870', 'ECB'],
  CZK: ['25.236', 'ECB'],
  NOK: ['11.7265', 'NB'],
}

/**
 * Starts the rates service, legacy XML over GET with everything in attributes: `GET /rates?base=EUR`, and `&currency=USD` for one
 * of them.
 */
export function startRates(port = 0, options: StartOptions = {}): Promise<MockBackend> {
  const handler = readOnly((path, query) => {
    if (path !== '/rates') return refuse('unknown-resource', `no such resource: ${path}`)
    const base = query.get('base') ?? 'EUR'
    const rates = ratesOf(base)
    if (!rates) return refuse('unknown-base', `no rates for ${base}`)
    const wanted = query.getAll('currency')
    const shown = rates.filter(({ currency }) => wanted.length === 0 || wanted.includes(currency))
    const rows = shown.map(
      ({ currency, value, source }) => `  <Rate currency="${currency}" value="${value}" m:source="${source}"/>\n`,
    )
    const names = `xmlns="${RATES_NAMESPACE}" xmlns:m="${MARKET_NAMESPACE}"`
    return document(
      200,
      `<ExchangeRates ${names} base="${base}" m:asOf="${AS_OF}">\n${rows.join('')}</ExchangeRates>\n`,
    )
  })
  return startMock({ name: 'rates', ...options, port, handler })
}

interface Rate {
  readonly currency: string
  readonly value: string
  readonly source: string
}

function ratesOf(base: string): Rate[] | undefined {
  const quoted = Object.entries(PER_EURO).map(([currency, [value, source]]) => ({ currency, value, source }))
  if (base === 'EUR') return quoted
  const own = quoted.find(({ currency }) => currency === base)
  if (!own) return undefined
  const others = [{ currency: 'EUR', value: '1', source: 'ECB' }, ...quoted.filter((rate) => rate !== own)]
  return others.map((rate) => ({ ...rate, value: (Number(rate.value) / Number(own.value)).toFixed(6) }))
}

function refuse(code: string, message: string): Reply {
  return document(404, `<Error xmlns="${RATES_NAMESPACE}" code="${code}" message="${escapeXml(message)}"/>\n`)
}

function document(status: number, root: string): Reply {
  return reply(status, 'application/xml; charset=utf-8', `<?xml version="1.0" encoding="UTF-8"?>\n${root}`)
}
