import { z } from 'zod'
import { soapDecoder } from '../../src/codec/soap.ts'
import { vocabulary as xml, xmlDecoder } from '../../src/codec/xml/index.ts'
import { BILLING_NAMESPACE } from '../backends/billing-xml.ts'
import { statementSchema } from '../bench/xml/statement.ts'

const invoices = z.object({
  Invoice: z.array(
    z.object({
      status: xml.attr(z.enum(['open', 'paid'])),
      Number: z.string(),
      Amount: z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) }),
      Due: z.date(),
      Note: z.string().nullish(),
    }),
  ),
})

const names = ['constructor', 'toString', 'hasOwnProperty', 'a', 'b', 'Body']
const hostile = z.object({
  ...Object.fromEntries(names.map((name) => [name, z.string().optional()])),
  proto: xml.element(z.string(), { name: '__proto__' }).optional(),
  attribute: xml.attr(z.string(), { name: '__proto__' }).optional(),
})
const nested = z.object({
  a: z.array(z.bigint()).optional(),
  Body: z.object({ constructor: xml.attr(z.boolean()).optional(), text: xml.text(z.string()) }).optional(),
})

type Run = (bytes: Buffer) => unknown

/** Readers with schemas of several kinds: what they give, or throw, is looked at whatever the document is. */
export const decoders: Readonly<Record<string, Run>> = {
  statement: run(xmlDecoder(statementSchema)),
  invoices: run(soapDecoder({ version: '1.1', namespace: BILLING_NAMESPACE, body: invoices, faults: {} })),
  hostile: run(xmlDecoder(hostile)),
  nested: run(xmlDecoder(nested)),
  unknown: run(xmlDecoder(z.unknown())),
}

function run(decode: (bytes: Buffer, contentType: string | undefined) => unknown): Run {
  return (bytes) => decode(bytes, undefined)
}
