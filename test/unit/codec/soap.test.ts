import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { soapDecoder, soapEncoder } from '../../../src/codec/soap.ts'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'
import { failureOf } from '../support/failure.ts'
import { reread } from '../support/well-formed.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const NS = 'urn:acme:billing:v1'
const envelope = (body: string) => `<s:Envelope xmlns:s="${SOAP}"><s:Body>${body}</s:Body></s:Envelope>`
const answer = (inner: string) => envelope(`<GetInvoicesResponse xmlns="${NS}">${inner}</GetInvoicesResponse>`)
const decode = (text: string | Buffer, schema: z.ZodType = z.object({}), type?: string) =>
  soapDecoder(schema, NS)(Buffer.from(text as string), type)

describe('a SOAP request', () => {
  const schema = z.object({ InvoiceNo: z.string(), Amount: z.number(), Currency: z.string() })

  test('is an envelope around the operation, in its namespace, in the order of the schema', () => {
    const { body, contentType } = soapEncoder(
      schema,
      'PayInvoice',
      NS,
    )({ Currency: 'EUR', Amount: 12.5, InvoiceNo: '0001' })
    expect(contentType).toBe('text/xml; charset=utf-8')
    expect(body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP}"><soap:Body><PayInvoice xmlns="${NS}">` +
        '<InvoiceNo>0001</InvoiceNo><Amount>12.5</Amount><Currency>EUR</Currency></PayInvoice></soap:Body></soap:Envelope>',
    )
    expect(reread(String(body), true)['soap:Envelope']['soap:Body'].PayInvoice['@ns']).toEqual({
      uri: NS,
      local: 'PayInvoice',
    })
  })

  test('cannot be left by what is in it', () => {
    const hostile = '</InvoiceNo></PayInvoice></soap:Body><x a="b">&'
    const { body } = soapEncoder(schema, 'PayInvoice', NS)({ InvoiceNo: hostile, Amount: 1, Currency: '"' })
    expect(reread(String(body))['soap:Envelope']['soap:Body'].PayInvoice.InvoiceNo).toBe(hostile)
  })

  test('without anything in it is an empty operation', () => {
    expect(soapEncoder(z.object({}), 'Ping', NS)({}).body).toContain(`<soap:Body><Ping xmlns="${NS}"/></soap:Body>`)
  })

  test('of an operation that is no XML name is refused', () => {
    expect(() => soapEncoder(schema, 'Pay Invoice', NS)).toThrow("'Pay Invoice' is not the name of an XML element")
  })
})

describe('a SOAP answer', () => {
  const schema = z.object({ Invoice: z.array(z.object({ status: xml.attr(z.string()), Number: z.string() })) })

  test.each([
    [
      'by default',
      `<GetInvoicesResponse xmlns="${NS}"><Invoice status="open"><Number>01</Number></Invoice></GetInvoicesResponse>`,
    ],
    ['by prefix', `<b:X xmlns:b="${NS}"><b:Invoice status="open"><b:Number>01</b:Number></b:Invoice></b:X>`],
    ['with unqualified children', `<b:X xmlns:b="${NS}"><Invoice status="open"><Number>01</Number></Invoice></b:X>`],
    [
      'after white space and a comment',
      `\n <!-- - --> <X xmlns="${NS}"><Invoice status="open"><Number>01</Number></Invoice></X>\n`,
    ],
  ])('is what is in the first element of the body, with its namespace %s', (_, body) => {
    expect(decode(envelope(body), schema)).toEqual({ Invoice: [{ status: 'open', Number: '01' }] })
  })

  test('may have a header and any prefix', () => {
    const text = `<Envelope xmlns="${SOAP}"><Header><t xmlns="urn:t">1</t></Header><Body><r xmlns="${NS}"/></Body></Envelope>`
    expect(decode(text, schema)).toEqual({ Invoice: [] })
  })

  test('is decoded by its charset', () => {
    const text = answer('<Invoice status="o"><Number>Müller &#321;</Number></Invoice>')
    const bytes = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')
    expect(decode(bytes, schema, 'text/xml')).toEqual({ Invoice: [{ status: 'o', Number: 'Müller Ł' }] })
  })

  test.each<[string, string, 'backend-malformed' | 'backend-shape', RegExp]>([
    ['empty', '', 'backend-malformed', /empty/],
    ['HTML', '<html><body/></html>', 'backend-malformed', /no SOAP 1.1 envelope but 'html'/],
    ['plain XML', '<Envelope><Body><x/></Body></Envelope>', 'backend-malformed', /no SOAP 1.1 envelope/],
    [
      'SOAP 1.2',
      answer('').replace(SOAP, 'http://www.w3.org/2003/05/soap-envelope'),
      'backend-malformed',
      /no SOAP 1.1 envelope/,
    ],
    ['an envelope without a body', `<s:Envelope xmlns:s="${SOAP}"/>`, 'backend-malformed', /the SOAP body is empty/],
    [
      'a body in no namespace',
      `<s:Envelope xmlns:s="${SOAP}"><Body><x xmlns="${NS}"/></Body></s:Envelope>`,
      'backend-malformed',
      /the SOAP body is empty/,
    ],
    ['an empty body', envelope(''), 'backend-malformed', /the SOAP body is empty/],
    ['cut off', answer('<Invoice>').slice(0, -20), 'backend-malformed', /not well-formed/],
    [
      'in the wrong namespace',
      envelope('<r xmlns="urn:other"/>'),
      'backend-shape',
      /'r' is in the namespace 'urn:other', not 'urn:acme/,
    ],
    ['in no namespace', envelope('<r/>'), 'backend-shape', /is in the namespace '', not/],
  ])('that is %s is refused', (_, text, code, message) => {
    const failure = failureOf(() => decode(text, schema))
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
  })
})

describe('a SOAP fault', () => {
  const fault =
    '<s:Fault><faultcode>s:Client</faultcode><faultstring> No such customer </faultstring><detail><e xmlns="urn:e">1</e></detail></s:Fault>'

  test('is a failure of its own, with its words for the log alone', () => {
    const failure = failureOf(() => decode(envelope(fault)))
    expect([failure.code, failure.status]).toEqual(['backend-fault', 502])
    expect(failure.message).toBe('Fault s:Client: No such customer')
  })

  test('may be empty', () => {
    expect(failureOf(() => decode(envelope('<s:Fault/>'))).message).toBe('Fault : ')
  })

  test('counts before anything else in the body', () => {
    expect(failureOf(() => decode(envelope(`<r xmlns="${NS}"/>${fault}`))).code).toBe('backend-fault')
  })

  test('is not what is merely called one', () => {
    expect(failureOf(() => decode(envelope('<Fault/>'))).code).toBe('backend-shape')
    expect(decode(envelope(`<Fault xmlns="${NS}"/>`))).toEqual({})
  })
})
