import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type MockBackend, startBilling } from './index.ts'
import { envelope, getInvoices, post } from './soap-request.ts'

let billing: MockBackend
beforeEach(async () => {
  billing = await startBilling()
})
afterEach(() => billing.close())

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, isArray: (name) => name === 'Invoice' })

interface ParsedInvoice {
  readonly '@_status': string
  readonly Number: string
  readonly Amount: { readonly '#text': string; readonly '@_currency': string }
  readonly Due: string
}

async function invoicesOf(customerNo: string): Promise<ParsedInvoice[]> {
  const { status, text } = await getInvoices(billing, customerNo)
  expect([status, XMLValidator.validate(text)]).toEqual([200, true])
  const answer = parser.parse(text)['soap:Envelope']['soap:Body'].GetInvoicesResponse
  expect(answer['@_xmlns']).toBe('urn:acme:billing:v1')
  return answer.Invoice ?? []
}

test('the answer for one invoice, byte for byte: Latin-1 where it fits, references where not', async () => {
  const { status, type, bytes } = await getInvoices(billing, '00002')
  expect([status, type]).toEqual([200, 'text/xml; charset=ISO-8859-1'])
  const expected =
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>' +
    '<GetInvoicesResponse xmlns="urn:acme:billing:v1"><Invoice status="open"><Number>0000135</Number>' +
    '<Amount currency="EUR">237.89</Amount><Due>2026-12-01</Due><Customer>&#x141;\xf3d&#x17a;</Customer>' +
    '<Note xsi:nil="true"/></Invoice></GetInvoicesResponse></soap:Body></soap:Envelope>\n'
  expect(bytes).toEqual(Buffer.from(expected, 'latin1'))
})

test('the first invoice of 00001 is the one that everybody knows', async () => {
  const { bytes } = await getInvoices(billing, '00001')
  const first =
    '<Invoice status="open"><Number>0000123</Number><Amount currency="EUR">13.37</Amount>' +
    '<Due>2026-12-01</Due><Customer>M\xfcller</Customer><Note xsi:nil="true"/></Invoice>'
  expect(bytes.includes(Buffer.from(`<GetInvoicesResponse xmlns="urn:acme:billing:v1">${first}`, 'latin1'))).toBe(true)
})

test('customers have twelve, one, none, and a few invoices', async () => {
  const counts: Record<string, number> = {}
  const numbers: string[] = []
  for (let id = 1; id <= 10; id++) {
    const customerNo = String(id).padStart(5, '0')
    const invoices = await invoicesOf(customerNo)
    counts[customerNo] = invoices.length
    for (const invoice of invoices) {
      expect(invoice.Number).toMatch(/^0000\d{3}$/)
      expect(invoice['@_status']).toMatch(/^(open|paid|overdue)$/)
      expect(invoice.Amount['#text']).toMatch(/^\d+\.\d\d$/)
      expect(invoice.Amount['@_currency']).toBe('EUR')
      expect(invoice.Due).toMatch(/^202\d-\d\d-\d\d$/)
      numbers.push(invoice.Number)
    }
  }
  const few = { '00004': 3, '00005': 4, '00006': 2, '00007': 5, '00008': 3, '00009': 2, '00010': 4 }
  expect(counts).toEqual({ '00001': 12, '00002': 1, '00003': 0, ...few })
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('all three statuses and all kinds of notes occur', async () => {
  const { text } = await getInvoices(billing, '00001')
  for (const status of ['open', 'paid', 'overdue']) expect(text).toContain(`<Invoice status="${status}">`)
  expect(text).toContain('<Note xsi:nil="true"/>')
  expect(text).toContain('<Note></Note>')
  expect(text).toContain('<Note>Discount for orders &lt; 100 &amp; returns</Note>')
  expect(text).toContain('<Note>Sent again to M\xfcller in &#x141;\xf3d&#x17a;</Note>')
  expect(text).toContain('<Note>2 \xd7 &quot;Ware&quot; &amp; Porto, 5 &#x20ac; each</Note>')
})

test.each([
  ['00004', 'Z\xfcrich &amp; S\xf6hne'],
  ['00007', 'Kraków &lt;Export&gt;'],
  ['00008', '&#x20ac;-Shop'],
  ['00009', '&#x6771;&#x4eac; &#x1f6b2;'],
])('the customer of %s is written %s', async (customerNo, written) => {
  const { text } = await getInvoices(billing, customerNo)
  expect(text).toContain(`<Customer>${written}</Customer>`)
})

test('a customer without invoices has an empty list', async () => {
  const { status, text } = await getInvoices(billing, '00003')
  expect(status).toBe(200)
  expect(text).toContain('<GetInvoicesResponse xmlns="urn:acme:billing:v1"></GetInvoicesResponse>')
})

test('an unknown customer is a fault that says which', async () => {
  const { status, type, text } = await getInvoices(billing, '4&lt;&#x141;')
  expect([status, type]).toEqual([500, 'text/xml; charset=ISO-8859-1'])
  expect(text).toContain(
    '<soap:Body><soap:Fault><faultcode>soap:Client</faultcode>' +
      '<faultstring>unknown customer 4&lt;&#x141;</faultstring>' +
      '<detail><UnknownCustomer xmlns="urn:acme:billing:v1"><CustomerNo>4&lt;&#x141;</CustomerNo>' +
      '</UnknownCustomer></detail></soap:Fault></soap:Body>',
  )
  expect(XMLValidator.validate(text)).toBe(true)
})

test('the same question gets the same bytes again, and a near one is read anew', async () => {
  const first = await getInvoices(billing, '00001')
  const second = await getInvoices(billing, '00001')
  expect(second.bytes).toEqual(first.bytes)
  expect((await getInvoices(billing, ' 00001\n')).bytes).toEqual(first.bytes)
  expect((await getInvoices(billing, '00002')).bytes).not.toEqual(first.bytes)
})

const QUESTION = envelope('<GetInvoices xmlns="urn:acme:billing:v1"><CustomerNo>00002</CustomerNo></GetInvoices>')

test.each(['""', '', 'GetInvoices', '"urn:acme:billing:v1#GetInvoices"', '"urn:acme:billing:v1/GetInvoices"', 'other'])(
  'a SOAPAction of %s is taken',
  async (soapaction) => {
    expect((await post(billing, QUESTION, { soapaction })).status).toBe(200)
  },
)

test('a SOAPAction that names another operation is refused, also for a question that is known', async () => {
  expect((await post(billing, QUESTION)).status).toBe(200)
  const { status, text } = await post(billing, QUESTION, { soapaction: '"urn:acme:billing:v1/PayInvoice"' })
  expect(status).toBe(500)
  expect(text).toContain('<faultstring>the SOAPAction says PayInvoice, the Body GetInvoices</faultstring>')
})

test('only text/xml is SOAP 1.1', async () => {
  expect((await post(billing, QUESTION, { 'content-type': 'TEXT/XML' })).status).toBe(200)
  expect((await post(billing, QUESTION, { 'content-type': 'application/soap+xml' })).status).toBe(415)
  expect((await post(billing, QUESTION, { 'content-type': 'text/xmlish' })).status).toBe(415)
})

test('other methods and paths are refused', async () => {
  const got = await fetch(`${billing.url}/billing`)
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await fetch(`${billing.url}/other?wsdl`)).status).toBe(404)
})
