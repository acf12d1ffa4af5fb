import { endpoint } from 'facet'
import { z } from 'zod'
import { pay } from './_backends/billing.ts'

export default endpoint('POST /customers/:id/payments', {
  summary: 'Pays an invoice: JSON in, SOAP to the billing system, a receipt back',
  body: z.object({
    invoice: z.string().min(1),
    amount: z.number().positive(),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  status: 201,
  invalidates: ({ params }) => [`customer:${params.id}`],
})
  .source('receipt', pay, ({ body }) => body)
  .merge(({ receipt }) => receipt)
