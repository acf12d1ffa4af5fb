import { parseString, processors } from 'xml2js'
import type { XmlDocument } from '../documents.ts'
import type { Invoice, Statement } from '../statement.ts'

/** The usual ones. A prefix is thrown away, whatever it stands for: with `xmlns` it takes much longer still. */
const options = { explicitArray: false, tagNameProcessors: [processors.stripPrefix], async: false }

/** Lists are what xml2js leaves to the reader: nothing, one thing, or an array. */
type Some<T> = T | T[] | undefined

interface ParsedInvoice {
  $: { status: Invoice['status'] }
  Number: string
  Issued: string
  Due: string
  Amount: { $: { currency: string }; _: string }
  Note: string | { $: { 'xsi:nil': string } }
  Line: Some<ParsedLine>
}

interface ParsedLine {
  $: { no: string }
  Sku: string
  Title: string
  Quantity: string
  Price: string
  Discount?: string
}

interface Parsed {
  Customer: {
    $: { number: string }
    Name: string
    Vip: string
    Address: { Street: string; Zip: string; City: string; Country: string }
  }
  $: { requestId: string }
  Period: { $: { from: string; to: string } }
  Invoice: Some<ParsedInvoice>
}

/** What most teams write: xml2js, and code that makes the answer of what it gives. */
export function read({ bytes, encoding }: XmlDocument): Statement {
  let failure: Error | null = null
  let document: { Envelope: { Body: { GetStatementResponse: Parsed } } } | undefined
  parseString(bytes.toString(encoding), options, (error, result) => {
    failure = error
    document = result
  })
  if (failure || !document) throw failure ?? new Error('the document is empty')
  const { $, Customer, Period, Invoice } = document.Envelope.Body.GetStatementResponse
  const { Street, Zip, City, Country } = Customer.Address
  const response = {
    requestId: $.requestId,
    Customer: {
      number: Customer.$.number,
      Name: Customer.Name,
      Vip: Customer.Vip === 'true',
      Address: { Street, Zip, City, Country },
    },
    Period: { from: Period.$.from, to: Period.$.to },
    Invoice: list(Invoice).map(invoice),
  }
  return { Body: { GetStatementResponse: response } }
}

function invoice({ $, Number: number, Issued, Due, Amount, Note, Line }: ParsedInvoice): Invoice {
  return {
    status: $.status,
    Number: number,
    Issued,
    Due,
    Amount: { currency: Amount.$.currency, value: Number(Amount._) },
    Note: typeof Note === 'string' ? Note : null,
    Line: list(Line).map(line),
  }
}

function line({ $, Sku, Title, Quantity, Price, Discount }: ParsedLine): Invoice['Line'][number] {
  const read = { no: Number($.no), Sku, Title, Quantity: Number(Quantity), Price: Number(Price) }
  return Discount === undefined ? read : { ...read, Discount: Number(Discount) }
}

function list<T>(some: Some<T>): T[] {
  return some === undefined ? [] : Array.isArray(some) ? some : [some]
}
