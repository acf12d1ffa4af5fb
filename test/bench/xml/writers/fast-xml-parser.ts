import { XMLBuilder } from 'fast-xml-parser'
import type { XmlDocument } from '../documents.ts'
import { BILLING, type Invoice, SOAP, type Statement, XSI } from '../statement.ts'

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  // Otherwise xsi:nil="true" becomes an attribute without a value, which is not XML.
  suppressBooleanAttributes: false,
})

const DECLARATION = { '@version': '1.0', '@encoding': 'UTF-8' }

/** fast-xml-parser's builder, and code that puts the value into the form that it wants. */
export function write({ value }: XmlDocument): Buffer {
  return Buffer.from(builder.build(document(value)))
}

function document({ Body }: Statement): object {
  const { requestId, Customer, Period, Invoice } = Body.GetStatementResponse
  const { number, Name, Vip, Address } = Customer
  const response = {
    '@xmlns': BILLING,
    '@requestId': requestId,
    Customer: { '@number': number, Name, Vip, Address },
    Period: { '@from': Period.from, '@to': Period.to },
    Invoice: Invoice.map(invoice),
  }
  const envelope = { '@xmlns:soap': SOAP, '@xmlns:xsi': XSI, 'soap:Body': { GetStatementResponse: response } }
  return { '?xml': DECLARATION, 'soap:Envelope': envelope }
}

function invoice({ status, Number: number, Issued, Due, Amount, Note, Line }: Invoice): object {
  return {
    '@status': status,
    Number: number,
    Issued,
    Due,
    Amount: { '@currency': Amount.currency, '#text': Amount.value },
    Note: Note === null ? { '@xsi:nil': 'true' } : Note,
    Line: Line.map(({ no, ...elements }) => ({ '@no': no, ...elements })),
  }
}
