import { env, xml } from 'facet'
import { z } from 'zod'

/** The demo keeps the rates for a minute; here every request asks for them, so that their faults are felt. */
const live = xml('live-rates', { url: env('RATES_URL'), timeout: '2s', retries: 1 })

export const liveRates = live.get('/rates', {
  input: ({ base }: { base: string }) => ({ query: { base } }),
  output: z.object({
    base: xml.attr(z.string()),
    Rate: z.array(z.object({ currency: xml.attr(z.string()), value: xml.attr(z.number()) })),
  }),
})
