import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { type SoapRequest, soapEncoder } from '../../../src/codec/soap.ts'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'
import { NS, SOAP_1_1, SOAP_1_2 } from '../support/soap.ts'
import { reread } from '../support/well-formed.ts'

const payment = z.object({ InvoiceNo: z.string(), Amount: z.number(), Currency: z.string() })
const PAYMENT = { Currency: 'EUR', Amount: 12.5, InvoiceNo: '0001' }
const ELEMENTS = '<InvoiceNo>0001</InvoiceNo><Amount>12.5</Amount><Currency>EUR</Currency>'

type Said = Partial<SoapRequest> & { readonly action?: string }
const encoder = (said: Said = {}) =>
  soapEncoder({
    ...{ version: '1.1', operation: 'PayInvoice', namespace: NS, style: 'document', body: payment, action: 'urn:a#b' },
    ...said,
  })
const write = (body: unknown, said: Said = {}, header?: unknown, security = '') =>
  String(encoder(said)(body, header, security).body)
const inEnvelope = (content: string, ns = SOAP_1_1) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ns}">${content}</soap:Envelope>`

describe('a request', () => {
  test('is an envelope around the operation, in its namespace, in the order of the schema', () => {
    expect(write(PAYMENT)).toBe(inEnvelope(`<soap:Body><PayInvoice xmlns="${NS}">${ELEMENTS}</PayInvoice></soap:Body>`))
    expect(reread(write(PAYMENT), true)['soap:Envelope']['soap:Body'].PayInvoice['@ns']).toEqual({
      uri: NS,
      local: 'PayInvoice',
    })
  })

  test('is text/xml in version 1.1, whatever the action', () => {
    expect(encoder()(PAYMENT, undefined, '').contentType).toBe('text/xml; charset=utf-8')
  })

  test('of version 1.2 has its envelope, and the action in its media type', () => {
    const { body, contentType } = encoder({ version: '1.2', action: 'urn:acme#Pay' })(PAYMENT, undefined, '')
    expect(contentType).toBe('application/soap+xml; charset=utf-8; action="urn:acme#Pay"')
    expect(body).toContain(`<soap:Envelope xmlns:soap="${SOAP_1_2}"><soap:Body><PayInvoice xmlns="${NS}">`)
    expect(encoder({ version: '1.2', action: '' })(PAYMENT, undefined, '').contentType).toBe(
      'application/soap+xml; charset=utf-8',
    )
  })

  test('cannot be left by what is in it', () => {
    const hostile = '</InvoiceNo></PayInvoice></soap:Body><x a="b">&'
    const text = write({ InvoiceNo: hostile, Amount: 1, Currency: '"' })
    expect(reread(text)['soap:Envelope']['soap:Body'].PayInvoice.InvoiceNo).toBe(hostile)
  })

  test('cannot be left by its namespace', () => {
    const namespace = 'urn:"><x a="'
    expect(reread(write(PAYMENT, { namespace }), true)['soap:Envelope']['soap:Body'].PayInvoice['@ns'].uri).toBe(
      namespace,
    )
  })

  test('without anything in it is an empty operation, and one that may be missing an empty body', () => {
    expect(write({}, { body: z.object({}) })).toContain(`<soap:Body><PayInvoice xmlns="${NS}"/></soap:Body>`)
    expect(write(undefined, { body: z.object({}).optional() })).toContain('<soap:Body></soap:Body>')
  })

  test('that is bare has the name and the namespace of its element', () => {
    const said = { element: { name: 'Payment', ns: 'urn:other' } }
    expect(write(PAYMENT, said)).toContain(`<soap:Body><Payment xmlns="urn:other">${ELEMENTS}</Payment></soap:Body>`)
    expect(write('0001', { body: z.string(), element: { name: 'InvoiceNo' } })).toContain(
      `<soap:Body><InvoiceNo xmlns="${NS}">0001</InvoiceNo></soap:Body>`,
    )
    expect(write(null, { body: z.string().nullable() })).toMatch(
      /<PayInvoice xmlns="[^"]*" xmlns:xsi="[^"]*" xsi:nil="true"\/>/,
    )
  })

  test.each<[string, Said, string]>([
    [
      'an operation that is no XML name',
      { operation: 'Pay Invoice' },
      "'Pay Invoice' is not the name of an XML element",
    ],
    ['an element that is none', { element: { name: 'a:b' } }, "'a:b' is not the name of an XML element"],
    ['a list', { body: z.array(z.string()) }, 'at request is a list, and the body of a message is one element'],
    ['a map', { body: z.object({ A: z.map(z.string(), z.string()) }) }, 'at A is a map'],
  ])('of %s is refused', (_, said, message) => {
    expect(() => encoder(said)).toThrow(message)
  })
})

describe('a request in rpc style', () => {
  const rpc = (body: z.ZodType): Said => ({ style: 'rpc', body })

  test('has its parts in no namespace, in an element of the operation', () => {
    expect(write(PAYMENT, rpc(payment))).toContain(
      `<soap:Body><PayInvoice xmlns="${NS}"><InvoiceNo xmlns="">0001</InvoiceNo><Amount xmlns="">12.5</Amount>` +
        '<Currency xmlns="">EUR</Currency></PayInvoice></soap:Body>',
    )
  })

  test('has the namespace of a type inside of a part where the schema says so', () => {
    const place = xml.namespace('urn:types', z.object({ Hall: z.number() }))
    expect(write({ near: { Hall: 1 } }, rpc(z.object({ near: place })))).toContain(
      '<near xmlns=""><Hall xmlns="urn:types">1</Hall></near>',
    )
  })

  test.each([
    ['a transform', z.codec(payment, payment, { decode: (x) => x, encode: (x) => x })],
    ['readonly', payment.readonly()],
    ['optional', payment.optional()],
  ])('has them in none also where the schema is %s', (_, body) => {
    expect(write(PAYMENT, rpc(body))).toContain('<InvoiceNo xmlns="">0001</InvoiceNo>')
  })

  test('of anything but parts is refused', () => {
    expect(() => encoder(rpc(z.string()))).toThrow('at request is not an object of elements')
    expect(() => encoder(rpc(z.object({ a: xml.attr(z.string()) })))).toThrow('at request is not an object of elements')
  })
})

describe('the header of a request', () => {
  const session = z.object({ Session: z.object({ Token: z.string() }), Trace: z.array(z.string()) })
  const head = (value: unknown, header: z.ZodType = session, security = '') =>
    /<soap:Envelope [^>]*>(.*)<soap:Body>/.exec(write(PAYMENT, { header }, value, security))?.[1]

  test('is its blocks, each in the service’s namespace, before the body', () => {
    expect(head({ Session: { Token: '<1>' }, Trace: ['a', 'b'] })).toBe(
      `<soap:Header><Session xmlns="${NS}"><Token>&lt;1&gt;</Token></Session><Trace xmlns="${NS}">a</Trace>` +
        `<Trace xmlns="${NS}">b</Trace></soap:Header>`,
    )
  })

  test('is not there without a block', () => {
    expect(head({}, z.object({ A: z.string().optional() }))).toBe('')
    expect(head(undefined, z.object({ A: z.string() }).optional())).toBe('')
  })

  test('has the blocks of WS-Security before all others', () => {
    expect(head({ A: 'a' }, z.object({ A: z.string() }), '<wsse:Security/>')).toBe(
      `<soap:Header><wsse:Security/><A xmlns="${NS}">a</A></soap:Header>`,
    )
  })

  test('can say of a block what it is called, where it is, and that it must be understood', () => {
    const block = z.object({
      must: xml.attr(z.literal('1'), { name: 'mustUnderstand', ns: SOAP_1_1 }),
      text: xml.text(z.string()),
    })
    const header = z.object({ tx: xml.element(block, { name: 'Transaction', ns: 'urn:tx', prefix: 't' }) })
    const text = head({ tx: { must: '1', text: '5' } }, header) ?? ''
    expect(text).toMatch(/^<soap:Header><t:Transaction xmlns:t="urn:tx" xmlns:(\w+)="[^"]*" \1:mustUnderstand="1">5</)
  })

  test.each<[string, z.ZodType]>([
    ['text', z.string()],
    ['a list', z.array(z.string())],
    ['attributes', z.object({ a: xml.attr(z.string()) })],
    ['a choice', z.object({ a: xml.choice({ A: z.string() }) })],
    ['a record', z.record(z.string(), z.string())],
  ])('of %s is refused', (_, header) => {
    expect(() => encoder({ header })).toThrow(/requestHeader/)
  })
})
