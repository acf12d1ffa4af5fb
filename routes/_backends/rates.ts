import { env, xml } from 'facet'
import { z } from 'zod'

const rates = xml('rates', { url: env('RATES_URL'), timeout: '2s', retries: 1 })

export const exchangeRates = rates.get('/rates', {
  input: ({ base }: { base: string }) => ({ query: { base } }),
  output: z
    .object({
      base: xml.attr(z.string()),
      asOf: xml.attr(z.string(), { ns: 'urn:acme:market:v1' }),
      Rate: z.array(z.object({ currency: xml.attr(z.string()), value: xml.attr(z.number()) })),
    })
    .transform(({ base, asOf, Rate }) => ({
      base,
      asOf,
      rates: Object.fromEntries(Rate.map(({ currency, value }) => [currency, value])),
    })),
  cache: { ttl: '1m', stale: '10m' },
})
