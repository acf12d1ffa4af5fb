import { XMLParser } from 'fast-xml-parser'
import type { XmlDocument } from '../documents.ts'
import type { Invoice, Statement } from '../statement.ts'

const LISTS = new Set(['Invoice', 'Line'])

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  // Otherwise the customer 0001042 is 1042.
  parseTagValue: false,
  // Without it, character references (&#233;) stay as they are.
  htmlEntities: true,
  isArray: (name) => LISTS.has(name),
})

interface ParsedInvoice {
  '@status': Invoice['status']
  Number: string
  Issued: string
  Due: string
  Amount: { '@currency': string; '#text': string }
  Note: string | { '@nil': string }
  Line?: ParsedLine[]
}

interface ParsedLine {
  '@no': string
  Sku: string
  Title: string
  Quantity: string
  Price: string
  Discount?: string
}

interface Parsed {
  '@requestId': string
  Customer: {
    '@number': string
    Name: string
    Vip: string
    Address: { Street: string; Zip: string; City: string; Country: string }
  }
  Period: { '@from': string; '@to': string }
  Invoice?: ParsedInvoice[]
}

/** fast-xml-parser without its validator, as it is mostly used, and code that makes the answer of what it gives. */
export function read({ bytes, encoding }: XmlDocument): Statement {
  const parsed: Parsed = parser.parse(bytes.toString(encoding)).Envelope.Body.GetStatementResponse
  const { Customer, Period, Invoice } = parsed
  const { Street, Zip, City, Country } = Customer.Address
  const response = {
    requestId: parsed['@requestId'],
    Customer: {
      number: Customer['@number'],
      Name: Customer.Name,
      Vip: Customer.Vip === 'true',
      Address: { Street, Zip, City, Country },
    },
    Period: { from: Period['@from'], to: Period['@to'] },
    Invoice: (Invoice ?? []).map(invoice),
  }
  return { Body: { GetStatementResponse: response } }
}

function invoice({ '@status': status, Number: number, Issued, Due, Amount, Note, Line }: ParsedInvoice): Invoice {
  return {
    status,
    Number: number,
    Issued,
    Due,
    Amount: { currency: Amount['@currency'], value: Number(Amount['#text']) },
    Note: typeof Note === 'string' ? Note : null,
    Line: (Line ?? []).map(line),
  }
}

function line({ '@no': no, Sku, Title, Quantity, Price, Discount }: ParsedLine): Invoice['Line'][number] {
  const read = { no: Number(no), Sku, Title, Quantity: Number(Quantity), Price: Number(Price) }
  return Discount === undefined ? read : { ...read, Discount: Number(Discount) }
}
