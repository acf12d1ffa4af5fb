import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, env, FacetError, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import fc from 'fast-check'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { controlled, expectNothingForgotten } from '../support/resilience.ts'
import { head, say } from '../support/wire.ts'
import { type Echo, echo } from './echo.ts'

let server: Echo
const open: Harness[] = []
beforeAll(async () => {
  server = await echo('here')
})
afterAll(async () => {
  for (const facet of open) await facet.close()
  await server.close()
})
// Last, so that what is closed is heard as well.
expectNothingForgotten()

async function serve(...options: Parameters<typeof harness>): Promise<Harness> {
  const facet = await harness(...options)
  open.push(facet)
  return facet
}

/** What arrives of a target that no HTTP client would send, or the status where nothing does. */
async function arrived(facet: Harness, target: string, headers = {}, method = 'GET'): Promise<string | number> {
  const before = server.requests.length
  const reply = await say(facet.url, head(target, { Connection: 'close', ...headers }, method))
  return server.requests[before]?.url ?? reply.status
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((others) => [item, ...others]))

test('the most exact route wins, whatever the order of files, among proxies and endpoints', async () => {
  const api = rest('api', { url: server.url })
  server.behave((response, { url }) =>
    url.startsWith('/json')
      ? response.setHeader('content-type', 'application/json').end('"endpoint"')
      : response.end(url),
  )
  const call = api.get('/json', { output: z.string() })
  const routes = [
    ['user', () => endpoint('GET /api/users/me').source('who', call, () => ({}))],
    ['users', () => proxy('GET,POST /api/users/*rest', `${server.url}/users`)],
    ['api', () => proxy('ANY /api/{proxy+}', `${server.url}/api`)],
    ['heads', () => proxy('GET,HEAD,DELETE /*all', `${server.url}/all`)],
  ] as const
  const orders = permutations(routes)
  expect(orders).toHaveLength(24)
  for (const order of orders) {
    const facet = await harness({ routes: Object.fromEntries(order.map(([name, make]) => [name, make()])) })
    const ask = async (method: string, path: string) => {
      const before = server.requests.length
      const { status } = await facet.request(path, { method })
      return server.requests[before]?.url ?? status
    }
    const found = {
      'GET /api/users/me': await ask('GET', '/api/users/me'),
      'HEAD /api/users/me': await ask('HEAD', '/api/users/me'),
      'POST /api/users/me': await ask('POST', '/api/users/me'),
      'PUT /api/users/me': await ask('PUT', '/api/users/me'),
      'GET /api/users/7': await ask('GET', '/api/users/7'),
      'HEAD /api/users/7': await ask('HEAD', '/api/users/7'),
      'GET /api/users': await ask('GET', '/api/users'),
      'GET /api/x': await ask('GET', '/api/x'),
      'HEAD /x': await ask('HEAD', '/x'),
      'DELETE /x': await ask('DELETE', '/x'),
      'POST /x': await ask('POST', '/x'),
    }
    await facet.close()
    expect({ order: order.map(([name]) => name), ...found }).toEqual({
      order: order.map(([name]) => name),
      'GET /api/users/me': '/json',
      'HEAD /api/users/me': '/json',
      'POST /api/users/me': '/users/me',
      'PUT /api/users/me': '/api/users/me',
      'GET /api/users/7': '/users/7',
      'HEAD /api/users/7': '/users/7',
      'GET /api/users': '/users/',
      'GET /api/x': '/api/x',
      'HEAD /x': '/all/x',
      'DELETE /x': '/all/x',
      'POST /x': 405,
    })
  }
  server.behave((response, { method, url }) => void response.end(`here ${method} ${url}`))
})

describe("Facet's own pages", () => {
  const routes = () => ({
    all: proxy('ANY /*path', `${server.url}/all`),
    problems: proxy('ANY /problems/*path', `${server.url}/problems`),
  })

  test.each([
    ['/livez', { status: 'alive' }],
    ['/livez/', { status: 'alive' }],
    ['/LiveZ', { status: 'alive' }],
    ['/readyz', { status: 'ready' }],
    ['/problems/route-unknown', { code: 'route-unknown', status: 404 }],
  ])('%s is theirs, and no route’s that takes everything', async (path, expected) => {
    for (const facet of [await serve({ routes: routes() }), await serve({ routes: { all: routes().all } })]) {
      const before = server.requests.length
      for (const target of [path, `${path}?a=b`, `http://facet.test${path}`])
        expect(JSON.parse((await say(facet.url, head(target))).text)).toMatchObject(expected)
      expect((await facet.request(path, { method: 'HEAD' })).status).toBe(200)
      expect(server.requests).toHaveLength(before)
    }
  })

  test('are those alone: other methods and paths go where all go', async () => {
    const facet = await serve({ routes: routes() })
    expect(await arrived(facet, '/livez', {}, 'POST')).toBe('/all/livez')
    expect(await arrived(facet, '/livez', {}, 'OPTIONS')).toBe('/all/livez')
    expect(await arrived(facet, '/livez/x')).toBe('/all/livez/x')
    expect(await arrived(facet, '/x/livez')).toBe('/all/x/livez')
    expect(await arrived(facet, '/problems/of-ours')).toBe('/problems/of-ours')
    expect(await arrived(facet, '/problems')).toBe('/problems/')
  })

  test('leave a path to the route that is written for it', async () => {
    const facet = await serve({
      routes: {
        live: proxy('GET /livez/*path', `${server.url}/live`),
        internal: proxy('ANY /problems/internal/*path', `${server.url}/internal`),
        ready: endpoint('GET /readyz', {}),
        ...routes(),
      },
    })
    expect(await arrived(facet, '/livez')).toBe('/live/')
    expect(await arrived(facet, '/problems/internal')).toBe('/internal/')
    expect((await facet.get('/readyz')).json()).toEqual({})
  })
})

describe('a list of methods', () => {
  test('is what is passed on, with HEAD after GET; others are told which', async () => {
    const facet = await serve({ routes: { legacy: proxy('GET,POST /legacy/*path', server.url) } })
    expect((await facet.get('/legacy/a')).text).toBe('here GET /a')
    expect((await facet.request('/legacy/a', { method: 'POST', body: 'x' })).text).toBe('here POST /a')
    expect((await facet.request('/legacy/a', { method: 'HEAD' })).status).toBe(200)
    expect(server.requests.at(-1)).toMatchObject({ method: 'HEAD', url: '/a' })
    const refused = await facet.request('/legacy/a', { method: 'DELETE' })
    expectProblem(refused, 'method-unknown')
    expect(refused.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect((await facet.get('/other')).status).toBe(404)
  })

  test('of two routes on one path is served by each for its own, and taken once', async () => {
    const facet = await serve({
      routes: {
        reads: proxy('GET /both/*path', `${server.url}/reads`),
        writes: proxy('POST,PUT /both/*path', `${server.url}/writes`),
      },
    })
    expect((await facet.get('/both/a')).text).toBe('here GET /reads/a')
    expect((await facet.request('/both/a', { method: 'PUT' })).text).toBe('here PUT /writes/a')
    const twice = { a: proxy('GET,POST /x/*path', server.url), b: proxy('POST,PUT /x/*path', server.url) }
    await expect(harness({ routes: twice })).rejects.toThrow(
      "routes/b.ts: the route 'POST,PUT /x/*path': it is the same as 'POST /x/*path' in routes/a.ts",
    )
  })
})

describe('a URL for a backend', () => {
  test('is one with the defaults of a backend, named after the route, its base path before what is passed on', async () => {
    const facet = await serve({
      routes: {
        plain: proxy('ANY /plain/*path', `${server.url}/app`),
        named: proxy('GET /named/*path', env('LEGACY_URL')),
      },
      environment: { LEGACY_URL: `${server.url}/other/` },
    })
    expect((await facet.get('/plain/a%2Fb?c=d')).text).toBe('here GET /app/a%2Fb?c=d')
    expect((await facet.get('/named/a')).text).toBe('here GET /other/a')
    expect(server.requests.at(-1)?.headers.host).toBe(new URL(server.url).host)
    expect(await controlled(facet, 'any.plain')).toMatchObject({
      breaker: 'closed',
      calls: { inFlight: 0, limit: 256 },
      instances: [{ address: new URL(server.url).host }],
    })
    expect(await controlled(facet, 'get.named')).toMatchObject({ breaker: 'closed' })
  })

  test('is checked when the app starts', async () => {
    const start = (url: string) =>
      harness({ routes: { a: proxy('ANY /a/*path', env('A_URL')), b: proxy('ANY /b/*path', url) } })
    await expect(start('http://127.0.0.1:9')).rejects.toThrow(
      "A_URL is not set: expected the http or https URL of backend 'any.a'",
    )
    await expect(start('http://me:secret@127.0.0.1:9')).rejects.toThrow(
      "the url of backend 'any.b' carries credentials",
    )
  })
})

describe('the prefix', () => {
  test.each([
    ['strip', '/deep/er/a%2Fb/', '/app/a%2Fb/'],
    ['strip', '/deep/er', '/app/'],
    ['strip', '/deep/er/', '/app/'],
    ['strip', '/%64eep/er//x', '/app//x'],
    ['keep', '/deep/er/a%2Fb/', '/app/deep/er/a%2Fb/'],
    ['keep', '/deep/er', '/app/deep/er'],
    ['/new/one', '/deep/er/a', '/app/new/one/a'],
    ['/new/one', '/deep/er', '/app/new/one'],
    ['/new/one/', '/deep/er/', '/app/new/one/'],
    ['/', '/deep/er/a', '/app/a'],
    ['/größe', '/deep/er/a', '/app/gr%C3%B6%C3%9Fe/a'],
  ] as const)('%s makes %s to %s', async (prefix, path, expected) => {
    const facet = await harness({ routes: { it: proxy('ANY /deep/er/*path', `${server.url}/app`, { prefix }) } })
    expect(await arrived(facet, path)).toBe(expected)
    await facet.close()
  })

  test('of a client comes off first', async () => {
    const facet = await serve({
      routes: { it: proxy('ANY /a/*path', server.url, { prefix: 'keep' }) },
      clients: [client('web', { default: true }), client('mobile', { path: '/m' })],
    })
    expect(await arrived(facet, '/m/a/b')).toBe('/a/b')
  })
})

describe('a rewrite', () => {
  test('by a table puts raw text in, the most exact row first', async () => {
    const rewrite = {
      '/*rest': '/others/*rest',
      '/old/:id': '/new/:id',
      '/old/special': '/special',
      '/:year-:month.json': '/archive/:month/:year',
      '/v1/*rest': '/v2/*rest',
      '/': '/users',
    } as const
    const facet = await serve({ routes: { it: proxy('ANY /t/*path', `${server.url}/app`, { rewrite }) } })
    for (const [path, expected] of [
      ['/t', '/app/users'],
      ['/t/old/a%2Fb%20c', '/app/new/a%2Fb%20c'],
      ['/t/%6Fld/1', '/app/new/1'],
      ['/t/old/special', '/app/special'],
      ['/t/2024-05.json', '/app/archive/05/2024'],
      ['/t/v1', '/app/v2'],
      ['/t/v1/', '/app/v2/'],
      ['/t/v1/a%2fb//c', '/app/v2/a%2fb//c'],
      ['/t/v1/a?x=%41', '/app/v2/a?x=%41'],
      ['/t/x/y', '/app/others/x/y'],
      // A part of a segment must not become one that climbs.
      ['/t/..a-...json', '/app/archive/../..a'],
    ] as const)
      expect([path, await arrived(facet, path)]).toEqual([path, expected.includes('/../') ? 400 : expected])
  })

  test('by a function sees the request and gives a path', async () => {
    const rewrite = (path: string, request: { header(name: string): string | undefined; method: string }) =>
      `/${request.header('x-tenant') ?? 'none'}/${request.method.toLowerCase()}${path}`
    const facet = await serve({ routes: { it: proxy('ANY /f/*path', server.url, { rewrite }) } })
    expect(await arrived(facet, '/f/a%2Fb?c', { 'X-Tenant': 'acme' })).toBe('/acme/get/a%2Fb?c')
    expect(await arrived(facet, '/f/a')).toBe('/none/get/a')
  })

  test.each<[string, () => unknown]>([
    ['no path', () => 'users'],
    ['another host', () => 'http://evil.test/'],
    ['a query', () => '/a?b'],
    ['a fragment', () => '/a#b'],
    ['a line', () => '/a\r\nX-Evil: 1'],
    ['white space', () => '/a b'],
    ['dot segments', () => '/a/../b'],
    ['encoded dot segments', () => '/%2e%2e/b'],
    ['nothing', () => undefined],
    ['a promise', async () => '/late'],
    ['a mistake', () => (undefined as unknown as string).length],
  ])('by a function that gives %s is a mistake of the server', async (_, rewrite) => {
    const facet = await harness({
      routes: { it: proxy('ANY /f/*path', server.url, { rewrite: rewrite as () => string }) },
    })
    const before = server.requests.length
    expectProblem(await facet.get('/f/a'), 'internal')
    expect(server.requests).toHaveLength(before)
    await facet.close()
  })

  test('by a function can refuse', async () => {
    const rewrite = () => {
      throw new FacetError('resource-unknown')
    }
    const facet = await serve({ routes: { it: proxy('ANY /f/*path', server.url, { rewrite }) } })
    expectProblem(await facet.get('/f/a'), 'resource-unknown')
  })
})

test('a query stays as it came, but for what is added, dropped and not named', async () => {
  const facet = await serve({
    routes: {
      all: proxy('ANY /all/*path', server.url),
      edited: proxy('ANY /edited/*path', server.url, { query: { add: { key: env('LEGACY_KEY') }, drop: ['debug'] } }),
      only: proxy('ANY /only/*path', server.url, { query: { only: ['id', 'a b'] } }),
    },
    environment: { LEGACY_KEY: 'geheim&=ü' },
  })
  expect(await arrived(facet, '/all/?a=%41&&b=+&c')).toBe('/?a=%41&&b=+&c')
  expect(await arrived(facet, '/edited/')).toBe('/?key=geheim%26%3D%C3%BC')
  expect(await arrived(facet, '/edited/?q=%41+b&debug=1&%64ebug&key=mine&k%65y=mine')).toBe(
    '/?q=%41+b&key=geheim%26%3D%C3%BC',
  )
  expect(await arrived(facet, '/only/?id=%31&x=2&a+b=3&a%20b=4&id')).toBe('/?id=%31&a+b=3&a%20b=4&id')
  expect(await arrived(facet, '/only/?x=2')).toBe('/')
})

test.each([{}, { cache: { ttl: 'origin' } }] as const)(
  'a path is a path, whatever host it looks like, with %j',
  async (options) => {
    const facet = await serve({ routes: { it: proxy('ANY /p/*path', server.url, options) } })
    for (const path of [
      '//evil.test/a',
      '//evil.test:80@b',
      '/\\evil.test',
      '/@evil.test',
      '/%2f%2fevil.test',
      '///',
      '/http://evil.test/',
    ]) {
      expect(await arrived(facet, `/p${path}?//evil.test`)).toBe(`${path}?//evil.test`)
      expect(server.requests.at(-1)?.headers.host).toBe(new URL(server.url).host)
    }
    const all = await serve({ routes: { all: proxy('ANY /*path', `${server.url}/base`, options) } })
    for (const [target, status] of [
      ['*/a', 404],
      ['ftp://evil.test/a', 404],
      ['/a#b', 400],
    ] as const)
      expect(await arrived(all, target, {}, 'OPTIONS')).toBe(status)
    // That asks of the whole server, which answers itself.
    expect(await arrived(all, '*', {}, 'OPTIONS')).toBe(204)
  },
)

test('nothing that a client puts into the target changes where it goes, or climbs out of the base path', async () => {
  const facet = await serve({
    routes: {
      strip: proxy('ANY /strip/*path', `${server.url}/base`),
      keep: proxy('ANY /keep/*path', `${server.url}/base`, { prefix: 'keep' }),
      other: proxy('ANY /other/*path', `${server.url}/base`, { prefix: '/x', query: { drop: ['a'] } }),
      table: proxy('ANY /table/*path', `${server.url}/base`, {
        rewrite: { '/:a-:b/*rest': '/:b/:a/*rest', '/a/*rest': '/*rest' },
      }),
      all: proxy('ANY /*path', `${server.url}/base`),
    },
  })
  const pieces = fc.constantFrom(
    ...[
      '/',
      '//',
      '\\',
      '@',
      ':80',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '%00',
      '%0d%0a',
      ';',
      '-',
      'a',
      'evil.test',
    ],
    ...['http:', 'http://evil.test', '?', '&', '=', '#', '*', '%', '%25', 'ftp://evil.test/'],
  )
  const starts = fc.constantFrom(
    '/strip',
    '/keep',
    '/other',
    '/table',
    '/',
    '',
    '//',
    '*',
    'http://evil.test',
    'ftp://evil.test',
  )
  const first = server.requests.length
  await fc.assert(
    fc.asyncProperty(starts, fc.array(pieces, { maxLength: 8 }), async (start, parts) => {
      const before = server.requests.length
      const target = start + parts.join('')
      if (target === '') return
      const reply = await say(facet.url, head(target, { Connection: 'close' }))
      const [request] = server.requests.slice(before)
      if (!request) {
        expect([400, 404]).toContain(reply.status)
        return
      }
      expect(request.headers.host).toBe(new URL(server.url).host)
      expect(request.url).toMatch(/^\/base\//)
      const path = request.url.split('?', 1)[0] as string
      const decoded = path
        .replace(/%2e/gi, '.')
        .replace(/%2f/gi, '/')
        .replace(/%5c|\\/gi, '/')
      expect(decoded.split('/').filter((segment) => /^\.{1,2}(;|$)/.test(segment))).toEqual([])
    }),
    { numRuns: 400 },
  )
  // It says nothing where nothing arrives.
  expect(server.requests.length - first).toBeGreaterThan(50)
})
