import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { type FaultTable, soapDecoder } from '../../../src/codec/soap.ts'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'
import type { FacetError } from '../../../src/errors.ts'
import { failureOf } from '../support/failure.ts'
import { decode, envelope, NS, SOAP_1_2 } from '../support/soap.ts'

const fault = (code: string, detail = '', words = ' No such customer ') =>
  envelope(`<s:Fault><faultcode>${code}</faultcode><faultstring>${words}</faultstring>${detail}</s:Fault>`)
const code12 = (value: string, inner = ''): string => `<s:Value>${value}</s:Value>${inner}`
const sub = (content: string) => `<s:Subcode>${content}</s:Subcode>`
const fault12 = (code: string, detail = '') =>
  envelope(
    `<s:Fault><s:Code>${code}</s:Code><s:Reason><s:Text xml:lang="en">No such customer</s:Text>` +
      `<s:Text xml:lang="de">Kein solcher Kunde</s:Text></s:Reason>${detail}</s:Fault>`,
    { ns: SOAP_1_2 },
  )
const unknown = (inner = '<CustomerNo>00099</CustomerNo>') =>
  `<UnknownCustomer xmlns="${NS}">${inner}</UnknownCustomer>`
const failure = (text: string, faults: FaultTable = {}, version: '1.1' | '1.2' = '1.1'): FacetError =>
  failureOf(() => decode(text, z.object({ n: z.coerce.number() }), { faults, version }))

const customer = z.object({ CustomerNo: z.string() })
const table = { UnknownCustomer: { as: 'resource-unknown', detail: customer } } as const

describe('a Fault', () => {
  test('is a failure of its own, with its words for the log alone', () => {
    const error = failure(fault('s:Client', '<detail><e xmlns="urn:e">1</e></detail>'))
    expect([error.code, error.status, error.message]).toEqual([
      'backend-fault',
      502,
      'Fault s:Client: No such customer',
    ])
    expect(error.fault).toEqual({ name: undefined, codes: ['s:Client'], detail: undefined })
  })

  test('of version 1.2 has its codes within each other, and its words in several languages', () => {
    const error = failure(fault12(code12('s:Sender', sub(code12('b:Bad', sub(code12('b:Worse')))))), {}, '1.2')
    expect(error.message).toBe('Fault s:Sender b:Bad b:Worse: No such customer')
    expect(error.fault?.codes).toEqual(['s:Sender', 'b:Bad', 'b:Worse'])
  })

  test('may be empty', () => {
    expect(failure(envelope('<s:Fault/>')).message).toBe('Fault : ')
    expect(failure(envelope('<s:Fault/>', { ns: SOAP_1_2 }), {}, '1.2').code).toBe('backend-fault')
  })

  test('counts before anything else in the body, and before what is wrong with that', () => {
    const content = '<s:Fault><faultcode>s:Server</faultcode></s:Fault>'
    expect(failure(envelope(`<r xmlns="${NS}"><n>x</n></r>${content}`)).message).toBe('Fault s:Server: ')
    expect(failure(envelope(`${content}<r xmlns="${NS}"><n>x</n></r>`)).message).toBe('Fault s:Server: ')
    const header = z.object({ N: z.coerce.number() })
    const text = envelope(content, { header: `<N xmlns="${NS}">x</N>` })
    expect(failureOf(() => decode(text, undefined, { header })).code).toBe('backend-fault')
  })

  test('is one also where nothing is read of the body', () => {
    expect(failureOf(() => decode(fault('s:Server'), undefined)).code).toBe('backend-fault')
  })

  test('may be of the other version: that is how a service says that it does not know this one', () => {
    const other = fault12(code12('s:VersionMismatch'))
    expect(failure(other).message).toBe('Fault s:VersionMismatch: No such customer')
    expect(failure(fault('s:VersionMismatch'), {}, '1.2').message).toBe('Fault s:VersionMismatch: No such customer')
    expect(failure(other, { VersionMismatch: { as: 'internal' } }).code).toBe('internal')
  })

  test('is not what is merely called one', () => {
    expect(failure(envelope('<Fault/>')).code).toBe('backend-shape')
    expect(failure(envelope(`<Fault xmlns="${SOAP_1_2}"/>`)).code).toBe('backend-shape')
    expect(decode(envelope(`<Fault xmlns="${NS}"/>`), z.object({})).body).toEqual({})
  })

  test('with pages of words has its first lines in the log', () => {
    expect(failure(fault('s:Server', '', 'x'.repeat(200_000))).message).toHaveLength(2_000)
  })

  test('with an attribute, a comment or CDATA in its words has them all', () => {
    const words = '<![CDATA[a < b]]><!-- c --> &amp; d'
    expect(failure(fault('s:Server', '', words)).message).toBe('Fault s:Server: a < b & d')
  })
})

describe('the table of Faults', () => {
  test('makes an error of an element in the detail, with what it declares of it', () => {
    const error = failure(fault('s:Client', `<detail><x xmlns=""/>${unknown()}</detail>`), table)
    expect([error.code, error.status]).toEqual(['resource-unknown', 404])
    expect(error.fault).toEqual({ name: 'UnknownCustomer', codes: ['s:Client'], detail: { CustomerNo: '00099' } })
  })

  test('does the same in version 1.2', () => {
    const error = failure(fault12(code12('s:Sender'), `<s:Detail>${unknown()}</s:Detail>`), table, '1.2')
    expect([error.code, error.fault?.detail]).toEqual(['resource-unknown', { CustomerNo: '00099' }])
  })

  test('sets a status, another error, both, or nothing', () => {
    const statusOf = (rule: FaultTable[string]) => {
      const error = failure(fault('s:Client', `<detail>${unknown()}</detail>`), { UnknownCustomer: rule })
      return [error.code, error.status, error.fault?.name]
    }
    expect(statusOf({ status: 409 })).toEqual(['backend-fault', 409, 'UnknownCustomer'])
    expect(statusOf({ as: 'limit-exceeded' })).toEqual(['limit-exceeded', 429, 'UnknownCustomer'])
    expect(statusOf({ as: 'resource-unknown', status: 410 })).toEqual(['resource-unknown', 410, 'UnknownCustomer'])
    expect(statusOf({})).toEqual(['backend-fault', 502, 'UnknownCustomer'])
  })

  test.each([
    ['its local name', 'q:Missing'],
    ['its local name without a prefix', 'Missing'],
    ['its most specific part', 'Client.Missing'],
    ['a more general part', 's:Client.Missing.Deleted'],
    ['all of it, however it looks', ' Missing '],
  ])('finds a code by %s', (_, code) => {
    expect(failure(fault(code), { Missing: { as: 'resource-unknown' } }).code).toBe('resource-unknown')
  })

  test.each(['1001', 'p:Not Found', 'Client.Missing', 'a:b:c'])('may have the code %j, which is no name', (code) => {
    const faults = { [code]: { status: 410 } }
    expect(failure(fault(code), faults).status).toBe(410)
    expect(failure(fault(code, `<detail>${unknown('<a/><a/>')}</detail>`), { ...faults, ...table }).status).toBe(404)
  })

  test('asks the detail first, then the most specific code', () => {
    const faults = { Sender: { status: 400 }, Bad: { status: 409 }, Worse: { status: 410 }, ...table }
    const codes = code12('s:Sender', sub(code12('b:Bad', sub(code12('b:Worse')))))
    expect(failure(fault12(codes), faults, '1.2').status).toBe(410)
    expect(failure(fault12(code12('s:Sender', sub(code12('b:Bad')))), faults, '1.2').status).toBe(409)
    expect(failure(fault12(code12('s:Sender')), faults, '1.2').status).toBe(400)
    expect(failure(fault12(codes, `<s:Detail>${unknown()}</s:Detail>`), faults, '1.2').status).toBe(404)
  })

  test.each([
    ['what is missing', unknown('')],
    ['text that is no number', unknown('<CustomerNo><b/></CustomerNo>')],
    ['what there is twice', unknown('<CustomerNo>1</CustomerNo><CustomerNo>2</CustomerNo>')],
    ['two of the element', unknown() + unknown()],
    ['nil', unknown().replace('>', ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">')],
  ])('is followed also where the detail is not what it declares: %s', (_, detail) => {
    const error = failure(fault('s:Client', `<detail>${detail}</detail>`), table)
    expect([error.code, error.fault]).toEqual([
      'resource-unknown',
      { name: 'UnknownCustomer', codes: ['s:Client'], detail: undefined },
    ])
  })

  test('can mind the namespace of the element', () => {
    const faults = (ns: string) => ({ UnknownCustomer: { status: 409, ns } })
    expect(failure(fault('s:Client', `<detail>${unknown()}</detail>`), faults(NS)).status).toBe(409)
    expect(failure(fault('s:Client', `<detail>${unknown()}</detail>`), faults('urn:other')).status).toBe(502)
  })

  test('reads details of every kind', () => {
    const faults = {
      Text: { detail: z.coerce.number() },
      List: { detail: z.array(z.string()) },
      Deep: { detail: z.object({ at: xml.attr(z.string()), all: xml.text(z.string()) }).transform(({ at }) => at) },
    }
    const detail = (text: string) => failure(fault('s:Server', `<detail>${text}</detail>`), faults).fault?.detail
    expect(detail('<Text>7</Text>')).toBe(7)
    expect(detail('<List>a</List><List>b</List>')).toEqual(['a', 'b'])
    expect(detail('<Deep at="x">y</Deep>')).toBe('x')
  })

  test('takes names that every object has for names', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const text = fault(name, `<detail><${name}/></detail>`)
      expect(failure(text).fault?.name).toBeUndefined()
      expect(failure(text, { [name]: { status: 409, detail: z.object({}) } }).status).toBe(409)
    }
    expect(
      failure(fault('__proto__', '<detail><__proto__><status>1</status></__proto__></detail>'), table).status,
    ).toBe(502)
  })

  test('with a detail that no element can have is refused', () => {
    const define = (faults: FaultTable) => () => soapDecoder({ version: '1.1', namespace: NS, faults })
    expect(define({ '1001': { detail: z.string() } })).toThrow("faults: '1001' has a detail, and it is not the name of")
    expect(define({ A: { detail: z.map(z.string(), z.string()) } })).toThrow('at detail.A is a map')
  })
})
