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
    expect([made.route, made.backend, made.summary, made.path.table?.('/')?.path, isProxy(made)]).toEqual([
      route,
      crm,
      's',
      '/users',
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
    ['ANY /%2e%2e/*path', 'no request has dot segments in its path, so none would come here'],
    ['ANY /a/b%2F.%2e/*path', 'no request has dot segments in its path'],
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

describe('what a proxy switches to', () => {
  test('is everything that pages of its own host ask for, ten thousand at once, for five minutes of silence, if nothing is said', () => {
    const { upgrade } = proxy('ANY /crm/*path', crm)
    expect(upgrade).toEqual({ origins: new Set(), idle: 300_000, connections: 10_000 })
    expect(proxy('ANY /crm/*path', crm, { websocket: false }).upgrade).toBeUndefined()
  })

  test('is as it is said', () => {
    const origins = ['https://A.example', 'http://localhost:8080', 'app://x', '*']
    const websocket = { origins, idle: '90s', connections: 1 } as const
    expect(proxy('ANY /crm/*path', crm, { websocket }).upgrade).toEqual({
      origins: new Set(['https://a.example', 'http://localhost:8080', 'app://x', '*']),
      idle: 90_000,
      connections: 1,
    })
  })

  test.each<[unknown, string]>([
    [true, "at 'websocket' (true): false or { origins, idle, connections } was expected"],
    [{ origin: ['*'] }, "at 'websocket.origin'"],
    [{ connections: 0 }, "at 'websocket.connections' (0): "],
    [{ connections: 1.5 }, "at 'websocket.connections' (1.5): "],
    [{ connections: '10' }, "at 'websocket.connections' ('10'): "],
    [{ origins: ['a.example'] }, "at 'websocket.origins.0' ('a.example'): an origin as browsers send it"],
    [{ origins: ['https://a.example/'] }, "('https://a.example/'): an origin as browsers send it"],
    [{ origins: ['https://a.example:443'] }, "('https://a.example:443'): an origin as browsers send it"],
    [{ origins: '*' }, "at 'websocket.origins' ('*')"],
    [{ idle: '0s' }, "at 'websocket.idle' ('0s'): a duration above 0 and below 25 days was expected"],
    [{ idle: '25d' }, "at 'websocket.idle' ('25d'): a duration above 0"],
    [{ idle: 5 }, "at 'websocket.idle' (5): a duration such as"],
  ])('is refused as %j', (websocket, message) => {
    expect(said('ANY /crm/*path', { websocket })).toThrow(DefinitionError)
    expect(said('ANY /crm/*path', { websocket })).toThrow(message)
  })
})
