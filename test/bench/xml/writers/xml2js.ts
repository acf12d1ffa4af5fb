import { Builder } from 'xml2js'
import type { XmlDocument } from '../documents.ts'
import { BILLING, type Invoice, SOAP, type Statement, XSI } from '../statement.ts'

const builder = new Builder({ renderOpts: { pretty: false }, xmldec: { version: '1.0', encoding: 'UTF-8' } })

/** xml2js' Builder, and code that puts the value into the form that it wants. */
export function write({ value }: XmlDocument): Buffer {
  return Buffer.from(builder.buildObject(document(value)))
}

function document({ Body }: Statement): object {
  const { requestId, Customer, Period, Invoice } = Body.GetStatementResponse
  const { number, Name, Vip, Address } = Customer
  const response = {
    $: { xmlns: BILLING, requestId },
    Customer: { $: { number }, Name, Vip, Address },
    Period: { $: Period },
    Invoice: Invoice.map(invoice),
  }
  const names = { 'xmlns:soap': SOAP, 'xmlns:xsi': XSI }
  return { 'soap:Envelope': { $: names, 'soap:Body': { GetStatementResponse: response } } }
}

function invoice({ status, Number: number, Issued, Due, Amount, Note, Line }: Invoice): object {
  return {
    $: { status },
    Number: number,
    Issued,
    Due,
    Amount: { $: { currency: Amount.currency }, _: Amount.value },
    Note: Note === null ? { $: { 'xsi:nil': 'true' } } : Note,
    Line: Line.map(({ no, ...elements }) => ({ $: { no }, ...elements })),
  }
}
