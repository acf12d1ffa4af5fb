import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { soap } from '../../../src/backend/soap.ts'
import { env } from '../../../src/config.ts'
import { checkBackends } from '../../../src/config-backends.ts'
import { DefinitionError } from '../../../src/errors.ts'

const url = 'http://127.0.0.1:9'
const NS = 'urn:billing'
const sound = { request: z.object({}), input: () => ({}), output: z.object({}) }
const header = { requestHeader: z.object({}), header: () => ({}) }

describe('a SOAP service', () => {
  const define = (options: object) => () => soap('billing', { url, namespace: NS, ...options } as never)

  test.each<[string, object, string]>([
    ['no namespace', { namespace: undefined }, "at 'namespace' (undefined): "],
    ['an empty one', { namespace: '' }, "at 'namespace' (''): "],
    ['a version that there is not', { version: '1.3' }, "at 'version' ('1.3'): "],
    ['a style that there is not', { style: 'encoded' }, "at 'style' ('encoded'): "],
    ['a limit that there is not', { limits: { bytes: 1 } }, "at 'limits.bytes' (1): there is no such option"],
    ['a limit of nothing', { limits: { depth: 0 } }, "at 'limits.depth' (0): "],
    ['security without anything', { security: {} }, "at 'security' ([object Object]): a username or a timestamp was"],
    ['a user without a password', { security: { username: 'a' } }, 'a username and a password go together'],
    ['a password without a user', { security: { password: 's3cret', timestamp: '1m' } }, 'a username and a password'],
    ['a digest of nothing', { security: { digest: true, timestamp: '1m' } }, 'a digest is of a password'],
    [
      'a lifetime that is none',
      { security: { timestamp: '60' } },
      "at 'security.timestamp' ('60'): a duration such as",
    ],
    ['no such option', { security: { user: 'a' } }, "at 'security.user' ('a'): there is no such option"],
    ['controls in a password', { security: { username: 'a', password: 's3cret\0' } }, 'without control characters'],
  ])('with %s is refused', (_, options, message) => {
    expect(define(options)).toThrow(DefinitionError)
    expect(define(options)).toThrow(`backend 'billing' ${message.startsWith('at') ? message : ''}`)
    expect(define(options)).toThrow(message)
    expect(define(options)).not.toThrow('s3cret')
  })

  test('has its credentials checked when the app starts, without showing them', () => {
    const security = { username: env('USER'), password: env('PASSWORD'), digest: true, timestamp: '5m' } as const
    const billing = soap('billing', { url, namespace: NS, security })
    const expected = (option: string) => `expected what backend 'billing' is sent as 'security.${option}'`
    expect(checkBackends([billing], {})).toEqual([
      `USER is not set: ${expected('username')}`,
      `PASSWORD is not set: ${expected('password')}`,
    ])
    expect(checkBackends([billing], { USER: 'ä', PASSWORD: 's3cret\u0001' })).toEqual([
      `PASSWORD has characters that no message can carry: ${expected('password')}`,
    ])
    expect(checkBackends([billing], { USER: 'ä', PASSWORD: 'ü' })).toEqual([])
    expect(soap('billing', { url, namespace: NS }).secrets).toEqual([])
  })
})

describe('an operation of a SOAP service', () => {
  const said = (options: object, service: object = {}) => {
    const billing = soap('billing', { url, namespace: NS, ...service })
    return () => billing.operation('Get', { ...sound, ...options } as never)
  }

  test.each<[string, object, string]>([
    ['an action in quotes', { action: 'a"b' }, "at 'action' ('a\"b'): a URI was expected, in plain ASCII"],
    ['an action with an escape', { action: 'a\\b' }, "at 'action' ('a\\b'): a URI was expected, in plain ASCII"],
    ['an action with a tab', { action: 'a\tb' }, "at 'action' ('a\tb'): "],
    ['an element that is none', { element: { name: 'a b' } }, "at 'element.name' ('a b'): the name of an XML element"],
    ['an answer that is none', { answer: { name: '1' } }, "at 'answer.name' ('1'): the name of an XML element was"],
    ['an answer as text', { answer: 'GetResponse' }, "at 'answer' ('GetResponse'): "],
    ['a header without its shape', { header: () => ({}) }, "at 'requestHeader' (undefined): a zod schema was expected"],
    ['a header without its value', { requestHeader: z.object({}) }, "at 'header' (undefined): a function was expected"],
    ['a header of text', { ...header, requestHeader: z.string() }, 'the schema at requestHeader is not an object of'],
    ['a header to read of text', { responseHeader: z.string() }, 'the schema at responseHeader is not an object of'],
    ['no output', { output: undefined }, "at 'output' (undefined): a zod schema was expected, unless the operation is"],
    ['an output, though nothing comes', { oneWay: true }, "at 'output' ([object Object]): an operation that is oneWay"],
    [
      'an answer, though nothing comes',
      { oneWay: true, output: undefined, answer: {} },
      "at 'answer' ([object Object]",
    ],
    ['oneWay as text', { oneWay: 'yes' }, "at 'oneWay' ('yes'): "],
    ['an error that there is not', { faults: { A: { as: 'not-found' } } }, "at 'faults.A.as' ('not-found'): "],
    ['clients that leave', { faults: { A: { as: 'client-closed' } } }, "at 'faults.A.as' ('client-closed'): "],
    ['a status that is no error', { faults: { A: { status: 200 } } }, "at 'faults.A.status' (200): "],
    ['a status that is none', { faults: { A: { status: 600 } } }, "at 'faults.A.status' (600): "],
    ['a detail that is no schema', { faults: { A: { detail: {} } } }, "at 'faults.A.detail' ([object Object]): a zod"],
    ['no such option of a Fault', { faults: { A: { code: 1 } } }, "at 'faults.A.code' (1): there is no such option"],
    ['a Fault as text', { faults: { A: 'resource-unknown' } }, "at 'faults.A' ('resource-unknown'): "],
    ['a detail of a code', { faults: { '1': { detail: z.string() } } }, "'1' has a detail, and it is not the name of"],
    ['an output that is a list', { output: z.array(z.string()) }, 'the schema at output is a list'],
  ])('with %s is refused', (_, options, message) => {
    expect(said(options)).toThrow(DefinitionError)
    expect(said(options)).toThrow("backend 'billing', operation 'Get'")
    expect(said(options)).toThrow(message)
  })

  test('needs an action where its namespace cannot be sent as one', () => {
    expect(said({}, { namespace: 'urn:größe' })).toThrow(
      "at 'action' (undefined): a URI was expected, in plain ASCII, unlike 'urn:größe#Get'",
    )
    expect(said({ action: 'urn:gr%C3%B6%C3%9Fe' }, { namespace: 'urn:größe' })).not.toThrow()
    expect(said({ action: '' })).not.toThrow()
  })
})
