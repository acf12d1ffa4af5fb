import { env, type Output, rest } from 'facet'
import { z } from 'zod'

export const crm = rest('crm', { url: env('CRM_URL'), timeout: '2s', retries: 1 })

const user = z.object({
  id: z.number(),
  number: z.string(),
  name: z.string(),
  email: z.string(),
  address: z.object({ city: z.string() }),
})

export const customer = crm.get('/users/:id', {
  output: user.transform(({ address, ...rest }) => ({ ...rest, city: address.city })),
})
export type Customer = Output<typeof customer>
