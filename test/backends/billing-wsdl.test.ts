import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { XMLValidator } from 'fast-xml-parser'
import { parseStringPromise } from 'xml2js'
import { type MockBackend, startBilling } from './index.ts'
import { getInvoices } from './soap-request.ts'

let billing: MockBackend
let text: string
beforeAll(async () => {
  billing = await startBilling()
  text = await (await fetch(`${billing.url}/billing?wsdl`)).text()
})
afterAll(() => billing.close())

/** The values of an attribute of all elements of a kind. */
function all(element: string, attribute: string): string[] {
  const tags = text.match(new RegExp(`<${element}(\\s[^>]*)?>`, 'g')) ?? []
  return tags.flatMap((tag) => new RegExp(`\\s${attribute}="([^"]*)"`).exec(tag)?.[1] ?? [])
}

const local = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith('tns:')).map((n) => n.slice(4))

test('it is XML, at ?wsdl and ?WSDL', async () => {
  const response = await fetch(`${billing.url}/billing?WSDL`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8'])
  expect(await response.text()).toBe(text)
  expect(XMLValidator.validate(text)).toBe(true)
})

test('all namespaces are the right ones, and all prefixes are bound', async () => {
  const root = await parseStringPromise(text, { xmlns: true })
  expect(root['wsdl:definitions'].$ns).toEqual({ uri: 'http://schemas.xmlsoap.org/wsdl/', local: 'definitions' })
  expect(all('wsdl:definitions', 'xmlns:soap')).toEqual(['http://schemas.xmlsoap.org/wsdl/soap/'])
  expect(all('wsdl:definitions', 'xmlns:xs')).toEqual(['http://www.w3.org/2001/XMLSchema'])
  for (const attribute of ['xmlns:tns', 'targetNamespace']) {
    expect(all('wsdl:definitions', attribute)).toEqual(['urn:acme:billing:v1'])
  }
  expect(all('xs:schema', 'targetNamespace')).toEqual(['urn:acme:billing:v1'])
  expect(all('xs:schema', 'elementFormDefault')).toEqual(['qualified'])
})

test('the service is where it was asked for', async () => {
  expect(all('soap:address', 'location')).toEqual([`${billing.url}/billing`])
  const elsewhere = await fetch(`http://localhost:${billing.port}/billing?wsdl`)
  expect(await elsewhere.text()).toContain(`<soap:address location="http://localhost:${billing.port}/billing"/>`)
})

test('whatever is referred to is defined, and the other way round', () => {
  const types = [...all('xs:complexType', 'name'), ...all('xs:simpleType', 'name')]
  const used = local([...all('xs:element', 'type'), ...all('xs:attribute', 'type')])
  expect(new Set(used)).toEqual(new Set(types))
  expect(new Set(local(all('wsdl:part', 'element'))).size).toBe(7)
  for (const element of local(all('wsdl:part', 'element'))) expect(all('xs:element', 'name')).toContain(element)
  const messages = ['wsdl:input', 'wsdl:output', 'wsdl:fault'].flatMap((kind) => local(all(kind, 'message')))
  expect(new Set(messages)).toEqual(new Set(all('wsdl:message', 'name')))
  expect(local(all('wsdl:binding', 'type'))).toEqual(all('wsdl:portType', 'name'))
  expect(local(all('wsdl:port', 'binding'))).toEqual(all('wsdl:binding', 'name'))
  const builtIn = [...all('xs:element', 'type'), ...all('xs:restriction', 'base'), ...all('xs:extension', 'base')]
  const known = ['xs:string', 'xs:token', 'xs:decimal', 'xs:date', 'xs:dateTime']
  expect(builtIn.filter((name) => !name.startsWith('tns:') && !known.includes(name))).toEqual([])
})

test('both operations are described and bound as document/literal, with their faults', () => {
  expect(all('wsdl:operation', 'name')).toEqual(['GetInvoices', 'PayInvoice', 'GetInvoices', 'PayInvoice'])
  expect(all('soap:binding', 'style')).toEqual(['document'])
  expect(new Set([...all('soap:body', 'use'), ...all('soap:fault', 'use')])).toEqual(new Set(['literal']))
  expect(all('soap:operation', 'soapAction')).toEqual([
    'urn:acme:billing:v1/GetInvoices',
    'urn:acme:billing:v1/PayInvoice',
  ])
  const faults = ['UnknownCustomer', 'InvalidRequest', 'UnknownInvoice', 'InvalidRequest']
  expect(all('wsdl:fault', 'name')).toEqual([...faults, ...faults])
  expect(all('soap:fault', 'name')).toEqual(faults)
})

test('the schema knows lists, nil, attributes, the statuses and the order', () => {
  expect(text).toContain('<xs:element name="Invoice" type="tns:Invoice" minOccurs="0" maxOccurs="unbounded"/>')
  expect(text).toContain('<xs:element name="Note" type="xs:string" nillable="true"/>')
  expect(text).toContain('<xs:attribute name="status" type="tns:Status" use="required"/>')
  expect(all('xs:enumeration', 'value')).toEqual(['open', 'paid', 'overdue'])
  expect(text).toMatch(
    /<xs:sequence><xs:element name="InvoiceNo"[^>]*><xs:element name="Amount"[^>]*><xs:element name="Currency"/,
  )
})

test('an answer has the elements of the schema, in its order', async () => {
  const [, declared = ''] = /<xs:complexType name="Invoice">(.*?)<\/xs:complexType>/s.exec(text) ?? []
  const names = [...declared.matchAll(/<xs:element name="(\w+)"/g)].map(([, name]) => name)
  const answer = (await getInvoices(billing, '00002')).text
  const [, invoice = ''] = /<Invoice [^>]*>(.*)<\/Invoice>/.exec(answer) ?? []
  expect([...invoice.matchAll(/<(\w+)/g)].map(([, name]) => name)).toEqual(names)
})
