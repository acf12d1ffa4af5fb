import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import { rest } from '../../../src/backend/rest.ts'
import { isProxy, proxy } from '../../../src/endpoint/proxy.ts'
import { DefinitionError } from '../../../src/errors.ts'

const crm = rest('crm', { url: 'http://127.0.0.1:9' })
const said = (route: string, options?: unknown) => () => proxy(route as 'ANY /x', crm, options as never)

describe('a proxy', () => {
  test.each(['ANY /crm/*path', 'GET /*all', 'ANY /a/b/c/*rest', 'ANY /crm/{proxy+}'])('on %s is taken', (route) => {
    const made = proxy(route as 'ANY /crm/*path', crm, { summary: 's', rewrite: { '/': '/users' } })
    expect([made.route, made.backend, made.summary, [...made.rewrite], isProxy(made)]).toEqual([
      route,
      crm,
      's',
      [['/', '/users']],
      true,
    ])
  })

  test.each([
    ['ANY /crm', 'the path must end with /*name, which is what is passed on'],
    ['ANY /', 'the path must end with /*name'],
    ['ANY /crm/:id', 'the path must end with /*name'],
    ['ANY /crm{/*rest}', 'the path must end with /*name'],
    ['ANY /:tenant/*path', 'the prefix before /*name must be plain text'],
    ['ANY /crm{/v1}/*path', 'the prefix before /*name must be plain text'],
    ['any /crm/*path', 'one of GET'],
    ['ANY crm/*path', "must start with '/'"],
    ['ANY /crm/*path/x', "'*name' must be the whole last segment"],
  ])('on %j is refused, with the route', (route, message) => {
    expect(said(route)).toThrow(DefinitionError)
    expect(said(route)).toThrow(`'${route}'`)
    expect(said(route)).toThrow(message)
  })

  test.each<[string, unknown, string]>([
    ['no such option', { rewirte: { '/': '/users' } }, "at 'rewirte' ([object Object]): there is no such option"],
    [
      'a rewrite to no path',
      { rewrite: { '/': 'users' } },
      "at 'rewrite./' ('users'): a path that starts with '/' was expected",
    ],
    ['a rewrite to a query', { rewrite: { '/': '/users?id=1' } }, "at 'rewrite./' ('/users?id=1'): a path"],
    ['a rewrite of no path', { rewrite: { users: '/' } }, "at 'rewrite.users' ('/'): "],
    ['a summary that is none', { summary: 1 }, "at 'summary' (1): "],
  ])('with %s is refused, with the option and its value', (_, options, message) => {
    expect(said('ANY /crm/*path', options)).toThrow(DefinitionError)
    expect(said('ANY /crm/*path', options)).toThrow(`proxy 'ANY /crm/*path' ${message}`)
  })

  test('to a backend with a client of its own is refused, since nothing streams through that', () => {
    const own = rest('own', { url: 'http://127.0.0.1:9', client: axios.create() })
    expect(() => proxy('ANY /own/*path', own)).toThrow(DefinitionError)
    expect(() => proxy('ANY /own/*path', own)).toThrow(
      "proxy 'ANY /own/*path': backend 'own' has a client of its own, through which nothing can be streamed; define it once more without 'client', under another name",
    )
  })
})
