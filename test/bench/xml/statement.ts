import { z } from 'zod'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'

/** Namespaces of the documents: SOAP's envelope, the billing service's own, and that of `xsi:nil`. */
export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
export const BILLING = 'urn:acme:billing:v2'
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

const line = z.object({
  no: xml.attr(z.int()),
  Sku: z.string(),
  Title: z.string(),
  Quantity: z.int(),
  Price: z.number(),
  Discount: z.number().optional(),
})

const invoice = z.object({
  status: xml.attr(z.enum(['open', 'paid', 'overdue'])),
  Number: z.string(),
  Issued: z.iso.date(),
  Due: z.iso.date(),
  Amount: z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) }),
  Note: z.string().nullable(),
  Line: z.array(line),
})

const customer = z.object({
  number: xml.attr(z.string()),
  Name: z.string(),
  Vip: z.boolean(),
  Address: z.object({ Street: z.string(), Zip: z.string(), City: z.string(), Country: z.string() }),
})

const response = z.object({
  requestId: xml.attr(z.string()),
  Customer: customer,
  Period: z.object({ from: xml.attr(z.iso.date()), to: xml.attr(z.iso.date()) }),
  Invoice: z.array(invoice),
})

/**
 * What is in the envelope of a billing service's answer. Calendar dates stay text, as in most schemas of answers that are
 * passed on; a `Date` would also be more than `JSON.parse`, the floor, can give.
 */
export const statementSchema = z.object({
  Body: z.object({ GetStatementResponse: xml.element(response, { ns: BILLING }) }),
})

/** The shaped answer, which every contender of the XML scenarios reads or writes. */
export type Statement = z.output<typeof statementSchema>
/** The content of the answer's own element. */
export type Response = z.output<typeof response>
export type Invoice = z.output<typeof invoice>
