import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const billing = soap('billing', {
  url: env('BILLING_URL'),
  namespace: 'urn:acme:billing:v1',
  timeout: '2s',
  retries: 1,
})

const money = z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) })

export const invoices = billing.operation('GetInvoices', {
  effect: 'read', // SOAP is always POST: 'write' unless said otherwise
  request: z.object({ CustomerNo: z.string() }),
  input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
  output: z
    .object({
      Invoice: z.array(
        z.object({
          status: xml.attr(z.enum(['open', 'paid', 'overdue'])),
          Number: z.string(),
          Amount: money,
          Due: z.iso.date(),
          Note: z.string().nullable(),
        }),
      ),
    })
    .transform(({ Invoice }) =>
      Invoice.map(({ status, Number: number, Amount, Due, Note }) => ({
        number,
        amount: Amount.value,
        currency: Amount.currency,
        due: Due,
        status,
        note: Note,
      })),
    ),
})
export type Invoice = Output<typeof invoices>[number]

export const pay = billing.operation('PayInvoice', {
  request: z.object({ InvoiceNo: z.string(), Amount: z.number(), Currency: z.string() }),
  input: ({ invoice, amount, currency }: { invoice: string; amount: number; currency: string }) => ({
    InvoiceNo: invoice,
    Amount: amount,
    Currency: currency,
  }),
  output: z
    .object({ Receipt: z.object({ ReceiptNo: z.string(), InvoiceNo: z.string(), Amount: money, PaidAt: z.string() }) })
    .transform(({ Receipt }) => ({
      receipt: Receipt.ReceiptNo,
      invoice: Receipt.InvoiceNo,
      amount: Receipt.Amount.value,
      currency: Receipt.Amount.currency,
      paidAt: Receipt.PaidAt,
    })),
})
