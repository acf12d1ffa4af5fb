// Written by `facet import wsdl`, and edited since: who reads and who writes, what Faults are, and how the rest of the
// house calls these things.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const billing = soap('billing', {
  url: env('BILLING_URL'),
  namespace: 'urn:acme:billing:v1',
  timeout: '2s',
  retries: 1,
})

const GetInvoicesRequest = z.object({
  CustomerNo: z.string(),
})

const Status = z.enum(['open', 'paid', 'overdue'])

const Currency = z.string().regex(/^[A-Z]{3}$/)

const Money = z.object({
  currency: xml.attr(Currency),
  value: xml.text(z.number()),
})

const Invoice = z.object({
  status: xml.attr(Status),
  Number: z.string(),
  Amount: Money,
  Due: z.string(), // xs:date
  Customer: z.string(),
  Note: z.string().nullable(),
})

const GetInvoicesResponse = z.object({
  Invoice: z.array(Invoice),
})

const UnknownCustomer = z.object({
  CustomerNo: z.string(),
})

const InvalidRequest = z.object({
  Reason: z.string(),
})

// not checked of a number: the pattern [0-9]{1,10}(\.[0-9]{1,2})?
const Payment = z.number().gt(0)

const PayInvoiceRequest = z.object({
  InvoiceNo: z.string(),
  Amount: Payment,
  Currency,
})

const Receipt = z.object({
  ReceiptNo: z.string(),
  InvoiceNo: z.string(),
  Amount: Money,
  PaidAt: z.string(), // xs:dateTime
})

const PayInvoiceResponse = z.object({
  Receipt,
})

const UnknownInvoice = z.object({
  InvoiceNo: z.string(),
})

export const invoices = billing.operation('GetInvoices', {
  effect: 'read',
  action: 'urn:acme:billing:v1/GetInvoices',
  request: GetInvoicesRequest,
  input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
  answer: { name: 'GetInvoicesResponse' },
  output: GetInvoicesResponse.transform(({ Invoice }) =>
    Invoice.map(({ status, Number: number, Amount, Due, Note }) => ({
      number,
      amount: Amount.value,
      currency: Amount.currency,
      due: Due,
      status,
      note: Note,
    })),
  ),
  faults: {
    UnknownCustomer: { as: 'resource-unknown', detail: UnknownCustomer },
    InvalidRequest: { detail: InvalidRequest },
  },
})
export type Invoice = Output<typeof invoices>[number]

export const pay = billing.operation('PayInvoice', {
  action: 'urn:acme:billing:v1/PayInvoice',
  request: PayInvoiceRequest,
  input: ({ invoice, amount, currency }: { invoice: string; amount: number; currency: string }) => ({
    InvoiceNo: invoice,
    Amount: amount,
    Currency: currency,
  }),
  answer: { name: 'PayInvoiceResponse' },
  output: PayInvoiceResponse.transform(({ Receipt }) => ({
    receipt: Receipt.ReceiptNo,
    invoice: Receipt.InvoiceNo,
    amount: Receipt.Amount.value,
    currency: Receipt.Amount.currency,
    paidAt: Receipt.PaidAt,
  })),
  faults: {
    UnknownInvoice: { as: 'resource-unknown', detail: UnknownInvoice },
    // An amount of three decimals, say: it is the caller's to correct.
    InvalidRequest: { status: 422, detail: InvalidRequest },
  },
})
