import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from '@jest/globals'
import { importWsdl } from '../../../src/import/import-wsdl.ts'
import { constantIn, describedService, importText, NS, removeWritten } from '../../import/described.ts'

afterAll(removeWritten)

const service = describedService('<xs:element name="Do" type="xs:string"/>')
const SOAP12 = 'http://schemas.xmlsoap.org/wsdl/soap12/'

describe('the backend', () => {
  test('is called after the service, and its variable after it', async () => {
    const { text, summary } = await importText(
      service.replace('service name="Test"', 'service name="OrderTrackingService"'),
    )
    expect(text).toContain(
      "const orderTracking = soap('orderTracking', {\n  url: env('ORDER_TRACKING_URL'),\n  namespace: 'urn:test',\n})",
    )
    expect(summary).toBe("one operation of the backend 'orderTracking', whose URL is read from ORDER_TRACKING_URL")
  })

  test('is called what one says', async () => {
    const { text } = await importText(service, { name: 'legacy-crm', variable: 'CRM' })
    expect(text).toContain("const legacyCrm = soap('legacy-crm', {\n  url: env('CRM'),")
  })

  test('an operation of its name keeps the name', async () => {
    const { text } = await importText(service, { name: 'do-it' })
    expect(text).toContain('export const doOperation = doIt.operation(')
    const { text: same } = await importText(service.replaceAll('"Do"', '"Test"').replace('t:Do"', 't:Test"'))
    expect(same).toContain("const testBackend = soap('test', {")
    expect(same).toContain('export const test = testBackend.operation(')
  })
})

describe('ports', () => {
  const both = service
    .replace('</d:service>', '<d:port name="Newer" binding="t:Newer"/></d:service>')
    .replace(
      '<d:service',
      `<d:binding name="Newer" type="t:Test"><n:binding xmlns:n="${SOAP12}" transport="http://schemas.xmlsoap.org/soap/http"/><d:operation name="Do"><n:operation xmlns:n="${SOAP12}" soapAction="newer"/></d:operation></d:binding><d:service`,
    )

  test('the first for SOAP 1.1, and the others are named', async () => {
    const { text } = await importText(both)
    expect(text).toContain(
      'port Test (SOAP 1.1), at http://test.example/.\n// Other ports (--port): Newer (SOAP 1.2).\n',
    )
    expect(text).not.toContain('version:')
  })

  test('the one that is asked for', async () => {
    const { text } = await importText(both, { port: 'Newer' })
    expect(text).toContain("version: '1.2',")
    expect(text).toContain("action: 'newer',")
  })

  test('without a service, a binding will do', async () => {
    const { text } = await importText(service.replace(/<d:service.*<\/d:service>/s, ''))
    expect(text).toContain('// Binding Test, port Test (SOAP 1.1).\n')
  })
})

describe('operations', () => {
  test('of one name are told apart', async () => {
    const two = service
      .replace(
        '</d:portType>',
        '<d:operation name="Do"><d:input name="More" message="t:In"/></d:operation></d:portType>',
      )
      .replace(
        '</d:binding>',
        '<d:operation name="Do"><s:operation soapAction="more"/><d:input name="More"><s:body use="literal"/></d:input></d:operation></d:binding>',
      )
      .replace('<d:input message', '<d:input name="Less" message')
    const { text } = await importText(two)
    expect(text).toContain("export const doOperation = test.operation('Do', {\n")
    expect(text).toContain("export const do2 = test.operation('Do', {\n")
    expect(text).toContain("  name: 'Do2',\n")
    expect(text).toMatch(/action: 'more',[^}]*oneWay: true/)
  })

  test('whose answer has an empty body answer nothing', async () => {
    const { text } = await importText(service.replace('<d:part name="p" element="t:Done"/>', ''))
    expect(text).toContain('oneWay: true')
    expect(text).not.toContain('output')
  })

  test('with an element of another namespace say so', async () => {
    const other = `<xs:schema targetNamespace="urn:other" elementFormDefault="qualified"><xs:element name="Done"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:schema>`
    const { text } = await importText(
      service
        .replace('</d:types>', `${other}</d:types>`)
        .replace('element="t:Done"', 'element="o:Done" xmlns:o="urn:other"'),
    )
    expect(text).toContain("answer: { name: 'Done', ns: 'urn:other' },")
    expect(constantIn(text, 'Done')).toBe('z.object({\n  a: z.int32(),\n})')
    expect(NS).toBe('urn:test')
  })

  test.each([
    [
      'two parts',
      '<d:part name="q" element="t:Done"/></d:message>',
      'left out, since its request has 2 parts in the body',
    ],
    ['no part', '', 'left out, since its request has an empty body'],
    [
      'a part with a type',
      '<d:part name="p" type="xs:string"/></d:message>',
      'left out, since its request has a part with a type but no element',
    ],
  ])('with %s in document style are left out, and that is said', async (_, part, what) => {
    const own = '<d:part name="p" element="t:Do"/>'
    const changed = part.includes('type=')
      ? service.replace(`${own}</d:message>`, part)
      : part === ''
        ? service.replace(own, '')
        : service.replace(`${own}</d:message>`, own + part)
    await expect(importText(changed)).rejects.toThrow(
      `port Test has no operation that can be imported: operation Do: ${what}`,
    )
  })

  test('policies and required extensions are named', async () => {
    const { text, notes } = await importText(
      service.replace(
        'transport="http://schemas.xmlsoap.org/soap/http"/>',
        '$&<w:UsingAddressing xmlns:w="http://www.w3.org/2006/05/addressing/wsdl" d:required="true"/><p:PolicyReference xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy" URI="#p"/>',
      ),
    )
    expect(notes).toEqual([
      'port Test: the binding has a policy (WS-Policy), which is not read: it may ask for a token, a signature or addressing',
      'port Test: UsingAddressing (http://www.w3.org/2006/05/addressing/wsdl) is required by the binding, and is not read',
    ])
    expect(text.match(/^\/\/ port Test: (?:the binding has a policy|UsingAddressing)/gm)).toHaveLength(2)
  })
})

describe('faults', () => {
  /** The service with faults whose messages have these parts. */
  const withFaults = (schema: string, ...parts: string[]) => {
    const messages = parts.map((part, at) => `<d:message name="F${at}"><d:part name="p" ${part}/></d:message>`).join('')
    const faults = parts.map((_, at) => `<d:fault name="F${at}" message="t:F${at}"/>`).join('')
    return service
      .replace('</d:types>', `${schema}</d:types>${messages}`)
      .replace('<d:output message="t:Out"/>', `$&${faults}`)
  }
  const other = (ns: string, type: string) =>
    `<xs:schema targetNamespace="${ns}" xmlns:o="${ns}" elementFormDefault="qualified"><xs:element name="E" ${type}</xs:schema>`

  test('whose detail is text, with the types that it is made of', async () => {
    const type =
      'type="o:L"/><xs:simpleType name="L"><xs:list itemType="o:I"/></xs:simpleType><xs:simpleType name="I"><xs:restriction base="xs:int"><xs:minInclusive value="1"/></xs:restriction></xs:simpleType>'
    const { text } = await importText(withFaults(other('urn:o', type), 'element="o:E" xmlns:o="urn:o"'))
    expect(text).toContain('const I = z.int32().min(1)\n\nconst L = xml.list(z.array(I))\n')
    expect(text).toContain('    E: { detail: L },\n')
  })

  test('whose detail is text without a name', async () => {
    const { text } = await importText(withFaults(other('urn:o', 'type="xs:int"/>'), 'element="o:E" xmlns:o="urn:o"'))
    expect(text).toContain('const E = z.int32()\n')
    expect(text).toContain('    E: { detail: E },\n')
  })

  test('that cannot be told apart, or have no element, are named', async () => {
    const schemas = other('urn:o', 'type="xs:int"/>') + other('urn:p', 'type="xs:int"/>')
    const parts = ['element="o:E" xmlns:o="urn:o"', 'element="p:E" xmlns:p="urn:p"', 'type="xs:int"']
    const { notes, text } = await importText(withFaults(schemas, ...parts))
    expect(notes).toEqual([
      'operation Do: the fault F1 is not expressed, since another one has an element of the name E',
      'operation Do: the fault F2 is not expressed, since its message names no element',
    ])
    expect(text).toContain('  // the fault F1 is not expressed')
  })
})

test('a URL is named without what may be a secret', async () => {
  const server = createServer((_, response) => response.end(service))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
  const [plain, secret] = await Promise.all(
    ['?wsdl', '?wsdl&key=1'].map((query) => importWsdl({ source: url + query })),
  )
  await new Promise((resolve) => server.close(resolve))
  expect(plain?.text).toContain(`import wsdl ${url}?wsdl\``)
  expect(secret?.text).toContain(`import wsdl ${url}\``)
})

describe('texts of somebody else', () => {
  test('cannot get out of the literals and comments that they are in', async () => {
    const evil = `x'); process.exit() //&#10;*/ */`
    const hostile = service
      .replace('soapAction="do"', `soapAction="${evil}"`)
      .replace('location="http://test.example/"', `location="${evil}"`)
      .replace('<d:input message', `<d:documentation>${evil} \u2028 process.exit()</d:documentation><d:input message`)
      .replace(
        '<xs:element name="Do" type="xs:string"/>',
        `<xs:element name="Do"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="${evil}"/><xs:pattern value="${evil}"/></xs:restriction></xs:simpleType></xs:element>`,
      )
    const { text } = await importText(hostile)
    const code = text
      .replace(/\/\*\*(?:[^*]|\*(?!\/))*\*\//g, '')
      .replace(/^ *\/\/.*$/gm, '')
      .replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '')
    expect(code).not.toContain('process')
  })
})

describe('mistakes, in one line each', () => {
  const change = (from: string, to: string) => service.replace(from, to)
  test.each([
    ['<a/>', "is no WSDL: its root element is 'a'"],
    ['<html><body>Sign in</body></html>', "is no WSDL: its root element is 'html'"],
    ['<d:description xmlns:d="http://www.w3.org/ns/wsdl"/>', 'is WSDL 2.0; only WSDL 1.1 can be imported'],
    [
      '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"/>',
      'is an XML schema; the WSDL that uses it can be imported',
    ],
    ['<a><b></a>', /cannot be read as XML: .*line 1, column/],
    ['', 'cannot be read as XML'],
    [change('s:binding transport', 's:other transport'), 'the WSDL has no SOAP binding over HTTP'],
    [change('http://schemas.xmlsoap.org/soap/http', 'urn:jms'), 'the WSDL has no SOAP binding over HTTP'],
    [change('binding="t:Test"', 'binding="t:Nothing"'), "port Test: there is no binding 't:Nothing'"],
    [change('type="t:Test"', 'type="t:Nothing"'), "binding Test: there is no portType 't:Nothing'"],
    [change('message="t:In"', 'message="t:Nothing"'), "operation Do: there is no message 't:Nothing'"],
    [change('message="t:In"', 'message="q:In"'), "operation Do: the prefix of 'q:In' is bound to no namespace"],
    [change('element="t:Do"', 'element="t:Nothing"'), 'no schema declares the element {urn:test}Nothing'],
    [change('type="xs:string"', 'type="t:Nothing"'), 'element Do: no schema declares the type {urn:test}Nothing'],
    [
      change('type="xs:string"', 'type="xs:nothing"'),
      'no schema declares the type {http://www.w3.org/2001/XMLSchema}nothing',
    ],
    [change('type="xs:string"', 'type="q:x"'), "element Do: the prefix of 'q:x' is bound to no namespace"],
    [
      change('<xs:element name="Do"', '<xs:include schemaLocation="gone.xsd"/>$&'),
      /gone\.xsd cannot be read: there is no such file/,
    ],
    [
      change('<xs:element name="Do"', '<xs:include schemaLocation="ftp://x/y"/>$&'),
      'ftp://x/y is neither a file nor an http URL',
    ],
  ])('%#', async (text, message) => {
    const error = await importText(text).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(error?.name).toBe('ImportError')
    expect(error?.message).toMatch(
      typeof message === 'string' ? new RegExp(message.replace(/[{}()./]/g, '\\$&')) : message,
    )
    expect(error?.message).not.toContain('\n')
  })

  test.each([
    [{ operations: ['Nope', 'Do', 'Neither'] }, "port Test has no operation 'Nope', 'Neither'; it has Do"],
    [{ port: 'Nope' }, "there is no SOAP port 'Nope'; there is Test"],
  ])('%j', async (options, message) => {
    await expect(importText(service, options)).rejects.toThrow(message)
  })
})
