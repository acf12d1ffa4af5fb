// Written by `facet import wsdl billing.wsdl`, and from then on yours to edit.
// Service Billing, binding BillingBinding, port BillingPort (SOAP 1.1), at http://127.0.0.1:4003/billing.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const billing = soap('billing', {
  url: env('BILLING_URL'),
  namespace: 'urn:acme:billing:v1',
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

export const getInvoices = billing.operation('GetInvoices', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'urn:acme:billing:v1/GetInvoices',
  request: GetInvoicesRequest,
  input: (input: z.input<typeof GetInvoicesRequest>) => input,
  answer: { name: 'GetInvoicesResponse' },
  output: GetInvoicesResponse,
  faults: {
    // as: 'resource-unknown' beside a detail makes the fault a 404
    UnknownCustomer: { detail: UnknownCustomer },
    InvalidRequest: { detail: InvalidRequest },
  },
})
export type GetInvoices = Output<typeof getInvoices>

export const payInvoice = billing.operation('PayInvoice', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'urn:acme:billing:v1/PayInvoice',
  request: PayInvoiceRequest,
  input: (input: z.input<typeof PayInvoiceRequest>) => input,
  answer: { name: 'PayInvoiceResponse' },
  output: PayInvoiceResponse,
  faults: {
    // as: 'resource-unknown' beside a detail makes the fault a 404
    UnknownInvoice: { detail: UnknownInvoice },
    InvalidRequest: { detail: InvalidRequest },
  },
})
export type PayInvoice = Output<typeof payInvoice>
