import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import { z } from 'zod'
import { rest } from '../../../src/backend/rest.ts'
import { soap } from '../../../src/backend/soap.ts'
import { xml } from '../../../src/backend/xml.ts'
import { DefinitionError } from '../../../src/errors.ts'

const url = 'http://127.0.0.1:9'

describe('an operation', () => {
  const crm = rest('crm', { url, timeout: '3s', retries: 2 })
  const output = z.object({})
  const said =
    (options: unknown, path = '/users', method: 'get' | 'post' = 'get') =>
    () =>
      crm[method](path as '/users', options as never)

  test('is named by its method and path, and reads or writes by its method', () => {
    expect(crm.get('/users/:id', { output })).toMatchObject({ name: 'GET /users/:id', effect: 'read' })
    for (const method of ['post', 'put', 'patch', 'delete'] as const)
      expect(crm[method]('/users/:id', { output }).effect).toBe('write')
    expect(crm.post('/search', { output, effect: 'read', name: 'search' })).toMatchObject({
      name: 'search',
      effect: 'read',
    })
  })

  test.each<[string, unknown, string]>([
    ['no such option', { output, timout: '2s' }, "at 'timout' ('2s'): there is no such option"],
    [
      'no such option of its cache',
      { output, cache: { ttl: '1s', tll: 1 } },
      "at 'cache.tll' (1): there is no such option",
    ],
    ['no output', {}, "at 'output' (undefined): a zod schema was expected"],
    ['an output that is none', { output: { a: 1 } }, "at 'output' ([object Object]): a zod schema was expected"],
    [
      'an input that is no function',
      { output, input: { id: 1 } },
      "at 'input' ([object Object]): a function was expected",
    ],
    ['a request that is no schema', { output, request: 'x' }, "at 'request' ('x'): a zod schema was expected"],
    ['an effect that is none', { output, effect: 'delete' }, "at 'effect' ('delete'): "],
    ['a timeout that is none', { output, timeout: 'x' }, "at 'timeout' ('x'): a duration such as"],
    [
      'tags that are none',
      { output, cache: { ttl: '1s', tags: ['a'] } },
      "at 'cache.tags' (a): a function was expected",
    ],
    ['a ttl that is none', { output, cache: { ttl: 5 } }, "at 'cache.ttl' (5): "],
  ])('with %s is refused, with backend, operation, option and value', (_, options, message) => {
    expect(said(options)).toThrow(DefinitionError)
    expect(said(options)).toThrow(`backend 'crm', operation 'GET /users' ${message}`)
  })

  test('that writes is refused a cache and a hedge; retries it may have', () => {
    const what = "backend 'crm', operation 'POST /users' at"
    expect(said({ output, cache: { ttl: '1s' } }, '/users', 'post')).toThrow(`${what} 'cache': a write is never cached`)
    expect(said({ output, hedge: true }, '/users', 'post')).toThrow(`${what} 'hedge': a write is never made twice`)
    expect(said({ output, retries: 1 }, '/users', 'post')).not.toThrow()
    expect(said({ output }, '/users', 'post')).not.toThrow()
  })

  test('cannot bound a part of what a client does, which tells nothing before its end', () => {
    const own = rest('crm', { url: 'http://127.0.0.1:9', client: axios.create(), timeout: { attempt: '2s' } })
    expect(() => own.get('/users', { output, timeout: '1s' })).not.toThrow()
    expect(() => own.get('/users', { output, timeout: { headers: '1s' } })).toThrow(
      "backend 'crm', operation 'GET /users' at 'timeout.headers' (1s): the client tells nothing",
    )
  })

  test.each(['users', '', '/users?id=1', '/users/*rest', '/users{/:id}', '/users#x', '/users list'])(
    'on the path %j is refused',
    (path) => {
      expect(said({ output }, path)).toThrow(
        `the path '${path}' must start with '/' and hold only text and :parameters`,
      )
    },
  )

  test('whose schema cannot direct XML is refused, with where', () => {
    const rates = xml('rates', { url })
    expect(() => rates.get('/rates', { output: z.object({ a: z.tuple([z.string()]) }) })).toThrow(
      "backend 'rates', operation 'GET /rates': the schema at a is a tuple, which cannot say how its XML looks",
    )
    expect(() =>
      xml('rates', { url, root: 'a b' }).post('/rates', { output, request: output, input: () => ({ body: {} }) }),
    ).toThrow("backend 'rates', operation 'POST /rates': 'a b' is not the name of an XML element")
  })
})

describe('an operation of a SOAP service', () => {
  const billing = soap('billing', { url, namespace: 'urn:billing' })
  const sound = { request: z.object({}), input: () => ({}), output: z.object({}) }
  const said =
    (options: unknown, name = 'Get') =>
    () =>
      billing.operation(name, options as never)

  test('is a write unless it says that it reads', () => {
    expect(billing.operation('Pay', sound)).toMatchObject({ name: 'Pay', effect: 'write' })
    expect(billing.operation('Get', { ...sound, effect: 'read', retries: 1, cache: { ttl: '1s' } }).effect).toBe('read')
  })

  test.each<[string, object, string]>([
    ['no such option', { ...sound, soapAction: 'x' }, "at 'soapAction' ('x'): there is no such option"],
    ['no request', { ...sound, request: undefined }, "at 'request' (undefined): a zod schema was expected"],
    ['no input', { ...sound, input: undefined }, "at 'input' (undefined): a function was expected"],
    ['no output', { ...sound, output: undefined }, "at 'output' (undefined): a zod schema was expected"],
    [
      'an action that no header can carry',
      { ...sound, action: 'a"\r\nb' },
      "at 'action' ('a\"\r\nb'): a URI was expected",
    ],
    [
      'a cache, though it writes',
      { ...sound, cache: { ttl: '1s' } },
      "at 'cache': a write is never cached; say effect: 'read' if it only reads",
    ],
  ])('with %s is refused', (_, options, message) => {
    expect(said(options)).toThrow(DefinitionError)
    expect(said(options)).toThrow(`backend 'billing', operation 'Get' ${message}`)
  })

  test('whose name is none of XML is refused', () => {
    expect(said(sound, 'Get Invoices')).toThrow(
      "operation 'Get Invoices': 'Get Invoices' is not the name of an XML element",
    )
  })

  test('without a namespace is refused with its service', () => {
    expect(() => soap('billing', { url, namespace: '' })).toThrow("backend 'billing' at 'namespace' (''): ")
  })
})
