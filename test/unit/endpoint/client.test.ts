import { describe, expect, test } from '@jest/globals'
import { type ClientOptions, client, isClient, isTransform, maybe } from '../../../src/endpoint/client.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { DefinitionError } from '../../../src/errors.ts'
import { backendInfo, testCall } from '../support/calls.ts'

const said = (name: string, options?: unknown) => () => client(name, options as never)
const call = testCall<unknown, string>(async () => 'v')
const nothing = () => ({})
const page = endpoint('GET /x')
  .source('customer', call, nothing)
  .source('orders', call, nothing)
  .source('products', call, ['orders'], nothing)
const merged = page.merge(({ customer }) => ({ customer }))

describe('a client', () => {
  test('is taken with all that can be said of it', () => {
    const test = () => true
    const options: ClientOptions = {
      ...{ default: true, format: 'xml' as const, path: '/m/v2.1' as const, host: 'm.example.com' },
      ...{ when: { headers: ['user-agent'], test }, xml: { root: 'page', item: 'row' } },
    }
    const made = client('mobile-2', options)
    expect([made.name, made.options, isClient(made)]).toEqual(['mobile-2', options, true])
    expect(client('web').options).toEqual({})
  })

  test.each(['', 'Web', '1web', '-web', 'web app', 'wéb', 'web/x', 'web\n', '__proto__'])(
    'named %j is refused',
    (name) => {
      expect(said(name)).toThrow(DefinitionError)
      expect(said(name)).toThrow(`client '${name}': a name of small letters, digits and - was expected`)
    },
  )

  test.each<[string, unknown, string]>([
    ['no such option', { fromat: 'xml' }, "at 'fromat' ('xml'): there is no such option"],
    ['a format that is none', { format: 'yaml' }, "at 'format' ('yaml'): "],
    ['default that is no boolean', { default: 'yes' }, "at 'default' ('yes'): "],
    ['a path without a slash', { path: 'm' }, "at 'path' ('m'): a path prefix such as /m was expected"],
    ['the whole path', { path: '/' }, "at 'path' ('/'): a path prefix"],
    ['a path that ends in a slash', { path: '/m/' }, "at 'path' ('/m/'): a path prefix"],
    ['a path with a parameter', { path: '/:m' }, "at 'path' ('/:m'): a path prefix"],
    [
      'a host with a port',
      { host: 'm.example.com:80' },
      "at 'host' ('m.example.com:80'): a host name without a port was expected",
    ],
    [
      'a predicate without headers, which Vary must list',
      { when: { headers: [], test: () => true } },
      "at 'when.headers' ():",
    ],
    [
      'a predicate with an upper-case header',
      { when: { headers: ['User-Agent'], test: () => true } },
      "at 'when.headers.0' ('User-Agent'): a header name in lower case was expected",
    ],
    [
      'a predicate with what is no header',
      { when: { headers: ['a b'], test: () => true } },
      "at 'when.headers.0' ('a b'): a header name",
    ],
    [
      'a predicate that is none',
      { when: { headers: ['a'], test: true } },
      "at 'when.test' (true): a function was expected",
    ],
    ['a predicate alone', { when: () => true }, "at 'when' ("],
    ['a root that is no XML name', { xml: { root: '1st' } }, "at 'xml.root' ('1st'): "],
    ['an item that is no XML name', { xml: { item: 'a b' } }, "at 'xml.item' ('a b'): "],
    ['no such option of XML', { xml: { list: 'x' } }, "at 'xml.list' ('x'): there is no such option"],
  ])('with %s is refused, with the option and its value', (_, options, message) => {
    expect(said('web', options)).toThrow(DefinitionError)
    expect(said('web', options)).toThrow(`client 'web' ${message}`)
  })
})

describe('a transform', () => {
  const mobile = client('mobile')

  test('of the whole shape, or of the sources that it reads', () => {
    const whole = mobile.transform(page, ({ customer }) => customer)
    expect([whole.reads, whole.maybe, whole.client, whole.route, isTransform(whole)]).toEqual([
      undefined,
      [],
      'mobile',
      'GET /x',
      true,
    ])
    const some = mobile.transform(page, ['customer', maybe('products')], (data) => data)
    expect([some.reads, some.maybe, some.endpoint]).toEqual([['customer', 'products'], ['products'], page])
    expect(mobile.transform(merged, ({ customer }) => customer).apply({ customer: 'Ada' })).toBe('Ada')
  })

  test('can do without what only sources need that it does not read', () => {
    expect(mobile.transform(page, [maybe('orders')], ({ orders }) => orders).maybe).toEqual(['orders'])
  })

  test.each<[string, unknown[], string]>([
    ['without a function', [page], "transform of 'GET /x' for client 'mobile': a function was expected"],
    ['with reads and no function', [page, ['customer']], 'a function was expected'],
    ['that reads a source that there is not', [page, ['custommer'], nothing], "the endpoint has no source 'custommer'"],
    ['that can do without a source that there is not', [page, [maybe('x')], nothing], "the endpoint has no source 'x'"],
    [
      'that can do without what another source needs',
      [page, ['products', maybe('orders')], nothing],
      "maybe('orders') cannot be said, since the source 'products' needs it",
    ],
    [
      'that reads sources of a merge',
      [merged, ['customer'], nothing],
      'the endpoint has a merge, so there are no sources to name',
    ],
    ['of nothing', [undefined, nothing], "transform for client 'mobile': an endpoint was expected"],
    ['of something else', [{ route: 'GET /x', backend: backendInfo() }, ['a'], nothing], 'an endpoint was expected'],
  ])('%s is refused', (_, said, message) => {
    const define = () => (mobile.transform as (...all: unknown[]) => unknown)(...said)
    expect(define).toThrow(DefinitionError)
    expect(define).toThrow(message)
  })
})
