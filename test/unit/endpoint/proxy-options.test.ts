import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import { rest } from '../../../src/backend/rest.ts'
import { env } from '../../../src/config.ts'
import { backendsOf, proxy } from '../../../src/endpoint/proxy.ts'
import { nameFor } from '../../../src/endpoint/proxy-route.ts'
import { makeRegistry } from '../../../src/endpoint/registry.ts'
import { DefinitionError } from '../../../src/errors.ts'

const URL_ = 'http://127.0.0.1:9'
const crm = rest('crm', { url: URL_ })
const said =
  (options: unknown, route = 'ANY /crm/*path', upstream: unknown = crm) =>
  () =>
    proxy(route as 'ANY /x', upstream as typeof crm, options as never)

describe('the route of a proxy', () => {
  test.each(['GET,POST /a/*path', 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS /a/{proxy+}', 'POST /*all'])(
    '%s',
    (route) => {
      expect(proxy(route as 'GET,POST /a/*path', crm).route).toBe(route)
    },
  )

  test.each([
    ['GET,FETCH /a/*path', 'methods with commas and no blanks between them'],
    ['GET, POST /a/*path', 'methods with commas and no blanks between them'],
    ['GET,,POST /a/*path', 'methods with commas and no blanks between them'],
    ['get,POST /a/*path', 'methods with commas and no blanks between them'],
    ['GET,GET /a/*path', 'a method stands there twice'],
    ['GET,ANY /a/*path', 'ANY has all methods, and stands alone'],
    ['GET,POST /a/:id', 'the path must end with /*name'],
    ['TRACE /a/*path', 'one of GET'],
  ])('%j is refused', (route, message) => {
    expect(said({}, route)).toThrow(DefinitionError)
    expect(said({}, route)).toThrow(`'${route}'`)
    expect(said({}, route)).toThrow(message)
  })

  test('gives a backend for a URL a name that no other route and no team gives', () => {
    const routes = [
      '/*p',
      '/a/*p',
      '/a/b/*p',
      '/a.b/*p',
      '/a-b/*p',
      '/a%2Eb/*p',
      '/a_b/*p',
      '/ä/*p',
      "/a'b/*p",
    ].flatMap((path) => ['ANY', 'GET', 'GET,POST', 'POST'].map((methods) => `${methods} ${path}`))
    const names = routes.map(nameFor)
    expect(new Set(names).size).toBe(routes.length)
    for (const name of names) {
      expect(name).toMatch(/^[a-z-]+\.[\w.%-]*$/)
      expect(() => rest(name, { url: URL_ })).toThrow(DefinitionError)
    }
    expect(nameFor('GET,POST /legacy/v1/*path')).toBe('get-post.legacy.v1')
    expect(nameFor('ANY /legacy/{proxy+}')).toBe('any.legacy')
  })
})

describe('where it goes', () => {
  test('is a backend, a URL or a variable, with the defaults of a backend', () => {
    const { policies, timeout, connectTimeout, streams, headers, forward } = proxy('ANY /a/*path', URL_).backend
    const usual = rest('usual', { url: URL_ })
    expect({ timeout, connectTimeout, streams, headers, forward, ...policies, probeOf: undefined }).toEqual({
      timeout: usual.timeout,
      connectTimeout: usual.connectTimeout,
      streams: usual.streams,
      headers: usual.headers,
      forward: usual.forward,
      ...usual.policies,
      probeOf: undefined,
    })
    expect(proxy('ANY /a/*path', env('A_URL')).backend).toMatchObject({ name: 'any.a', url: env('A_URL') })
    expect(proxy('ANY /a/*path', crm).backend).toBe(crm)
  })

  test.each([['127.0.0.1:9'], ['ftp://127.0.0.1'], ['/legacy'], [''], [null], [{}], [7], [[URL_]]])(
    'is not %j',
    (upstream) => {
      expect(said({}, 'ANY /a/*path', upstream)).toThrow(DefinitionError)
      expect(said({}, 'ANY /a/*path', upstream)).toThrow('a backend, an http URL or env(…) was expected')
    },
  )
})

describe('an option of a proxy', () => {
  const own = rest('own', { url: URL_, client: axios.create() })
  test.each<[string, unknown, string]>([
    ['a prefix that is no path', { prefix: 'new' }, "at 'prefix' ('new'): 'strip', 'keep' or a path"],
    ['a prefix that climbs', { prefix: '/a/../b' }, "at 'prefix' ('/a/../b'): 'strip', 'keep' or a path"],
    ['a rewrite that is none', { rewrite: '/a' }, "at 'rewrite' ('/a'): a table of paths or a function"],
    [
      'a rewrite that climbs',
      { rewrite: { '/a': '/b/..' } },
      "at 'rewrite./a' ('/b/..'): a path without query and dot",
    ],
    [
      'a rewrite of no path',
      { rewrite: { x: '/y' } },
      "at 'rewrite.x' ('/y'): the key 'x' is wrong: a path that starts",
    ],
    [
      'a rewrite of dots',
      { rewrite: { '/a/..': '/y' } },
      "the key '/a/..' is wrong: a path without query and dot segments",
    ],
    ['a rewrite by a pattern', { rewrite: /x/ }, "at 'rewrite' (/x/): a table of paths or a function was expected"],
    ['a rewrite in a list', { rewrite: ['/a'] }, "at 'rewrite' (/a): a table of paths or a function was expected"],
    ['a rewrite without its name', { rewrite: { '/a': '/:b' } }, "at 'rewrite': there is not always a ':b'"],
    ['an unknown part of query', { query: { keep: [] } }, "at 'query.keep' (): there is no such option"],
    ['a query that adds a number', { query: { add: { a: 1 } } }, "at 'query.add.a' (1): a text or env(…) was expected"],
    ['a query that drops no name', { query: { drop: [''] } }, "at 'query.drop.0' (''): a name was expected"],
    ['a query in one text', { query: 'a=b' }, "at 'query' ('a=b'): { add, only, drop } was expected"],
    ['a query with one name', { query: { only: 'a' } }, "at 'query.only' ('a'): a list of names was expected"],
    [
      'a query that goes on and does not',
      { query: { only: ['b', 'a'], drop: ['a'] } },
      "at 'query.drop': 'a' is one of the 'only' that go on as well",
    ],
    [
      'a cache in another word',
      { cache: 'forever' },
      "at 'cache' ('forever'): 'origin' or { ttl: 'origin' or '10s', stale, ",
    ],
    [
      'a cache of no size',
      { cache: { ttl: 'origin', maxBytes: 0 } },
      "at 'cache.maxBytes' (0): a whole number of bytes",
    ],
    ['targets that are no list', { targets: {} }, "at 'targets' ([object Object]): a list of { to, … } was expected"],
    ['a target in one word', { targets: [URL_] }, `at 'targets.0' ('${URL_}'): { to: a backend, an http URL or env(…)`],
    ['a target to nothing', { targets: [{ host: 'a' }] }, "at 'targets.0.to' (undefined): a backend, an http URL"],
    [
      'a target that is everybody’s',
      { targets: [{ to: crm }] },
      "at 'targets.0': one of host, path, headers, when and",
    ],
    [
      'a target with a port',
      { targets: [{ to: crm, host: 'a:80' }] },
      "at 'targets.0.host' ('a:80'): a host without its port",
    ],
    ['a target with no pattern', { targets: [{ to: crm, path: 'a' }] }, "at 'targets.0.path': the path 'a' must start"],
    ['a target with no header', { targets: [{ to: crm, headers: { 'a b': 'c' } }] }, "at 'targets.0.headers.a b'"],
    [
      'a target with more than all',
      { targets: [{ to: crm, weight: 2 }] },
      "at 'targets.0.weight' (2): a number from 0 to 1 was",
    ],
    [
      'targets that together get more than all',
      { targets: [0.5, 0.4, 0.2].map((weight) => ({ to: crm, weight })) },
      "at 'targets': the weights of those for all requests come to 1.1, which is more than 1",
    ],
    [
      'a target by nothing',
      { targets: [{ to: crm, path: '/a', by: () => '' }] },
      "at 'targets.0.by': it says nothing without 'weight'",
    ],
    ['a target with a client', { targets: [{ to: own, path: '/a' }] }, "at 'targets.0.to': backend 'own' has a client"],
    [
      'a target with more',
      { targets: [{ to: crm, hosts: 'a' }] },
      "at 'targets.0.hosts' ('a'): there is no such option",
    ],
    ['a shadow to nothing', { shadow: {} }, "at 'shadow.to' (undefined): a backend, an http URL or env(…)"],
    [
      'a shadow in one word',
      { shadow: URL_ },
      `at 'shadow' ('${URL_}'): { to: a backend, an http URL or env(…), share`,
    ],
    [
      'a shadow of less than nothing',
      { shadow: { to: crm, share: -1 } },
      "at 'shadow.share' (-1): a number from 0 to 1",
    ],
    ['a shadow of half bytes', { shadow: { to: crm, maxBytes: 0.5 } }, "at 'shadow.maxBytes' (0.5): a whole number of"],
    ['a shadow with a client', { shadow: { to: own } }, "at 'shadow.to': backend 'own' has a client of its own"],
  ])('such as %s is refused, with its value', (_, options, message) => {
    expect(said(options)).toThrow(DefinitionError)
    expect(said(options)).toThrow(`proxy 'ANY /crm/*path' `)
    expect(said(options)).toThrow(message)
  })

  test('may give targets of some requests more than all together', () => {
    const targets = [
      { to: crm, weight: 0.7, path: '/crm/a/*rest' },
      { to: URL_, weight: 0.7 },
      { to: env('B_URL'), weight: 0.3 },
    ] as const
    expect(proxy('ANY /crm/*path', crm, { targets }).targets.map(({ weight }) => weight)).toEqual([0.7, 0.7, 0.3])
  })

  test('that names backends makes them known to the registry, each by its name', () => {
    const route = proxy('ANY /a/*path', URL_, {
      targets: [
        { to: crm, path: '/a/b' },
        { to: env('B_URL'), weight: 0.1 },
      ],
      shadow: { to: URL_ },
    })
    expect(backendsOf(route).map(({ name }) => name)).toEqual(['any.a', 'crm', 'any.a:1', 'any.a:shadow'])
    const module = { file: 'routes/a.ts', name: 'a', routes: [route] }
    expect(makeRegistry([module], []).backends).toEqual(backendsOf(route))
    const other = proxy('ANY /c/*path', URL_, { shadow: { to: rest('crm', { url: 'http://127.0.0.1:10' }) } })
    expect(() => makeRegistry([module, { file: 'routes/c.ts', name: 'c', routes: [other] }], [])).toThrow(
      "routes/c.ts: two backends are named 'crm'",
    )
  })
})
