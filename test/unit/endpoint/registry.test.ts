import { describe, expect, test } from '@jest/globals'
import { rest } from '../../../src/backend/rest.ts'
import { type Client, client, type Transform } from '../../../src/endpoint/client.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { proxy } from '../../../src/endpoint/proxy.ts'
import { makeRegistry, type RouteModule } from '../../../src/endpoint/registry.ts'
import { DefinitionError } from '../../../src/errors.ts'
import { backendInfo, testCall } from '../support/calls.ts'

const callOf = (backend = backendInfo()) => testCall<unknown, string>(async () => 'v', { backend })
const nothing = () => ({})
const page = endpoint('GET /x').source('a', callOf(), nothing)
const other = endpoint('GET /y').source('b', callOf(backendInfo('shop')), nothing)
const route = (name: string, ...routes: RouteModule['routes']): RouteModule => ({
  file: `routes/${name}.ts`,
  name,
  routes,
})
const folder = (made: Client, ...transforms: Transform<never, unknown>[]) => ({
  file: `transforms/${made.name}/_client.ts`,
  client: made,
  transforms: transforms.map((transform, index) => ({
    file: `transforms/${made.name}/${index}.ts`,
    transform: transform as never,
  })),
})
const web = client('web', { default: true })
const mobile = client('mobile')

/** The lines of what is wrong. */
function mistakes(...registry: Parameters<typeof makeRegistry>): string[] {
  try {
    makeRegistry(...registry)
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError)
    return (error as Error).message.split('\n')
  }
  return []
}

describe('a registry', () => {
  test('puts every endpoint together with the transforms of its clients', () => {
    const webPage = web.transform(page, ({ a }) => a)
    const mobilePage = mobile.transform(page, ['a'], ({ a }) => a)
    const registry = makeRegistry(
      [route('x', page), route('y', other)],
      [folder(web, webPage), folder(mobile, mobilePage)],
    )
    expect(registry.endpoints.map(({ file, name, endpoint }) => [file, name, endpoint])).toEqual([
      ['routes/x.ts', 'x', page],
      ['routes/y.ts', 'y', other],
    ])
    expect(registry.endpoints.map(({ transforms }) => [...transforms])).toEqual([
      [
        ['web', webPage],
        ['mobile', mobilePage],
      ],
      [],
    ])
    expect(registry.clients).toEqual([web, mobile])
    expect(registry.backends.map(({ name }) => name)).toEqual(['crm', 'shop'])
  })

  test('of proxies alone is one too, with a client named web where there is none', () => {
    const crm = rest('crm', { url: 'http://127.0.0.1:9' })
    const all = proxy('ANY /crm/*path', crm)
    const registry = makeRegistry([route('crm', all)], [])
    expect(registry.proxies).toEqual([{ file: 'routes/crm.ts', proxy: all }])
    expect(registry.clients.map(({ name, options }) => [name, options])).toEqual([['web', { default: true }]])
    expect(registry.backends.map(({ name }) => name)).toEqual(['crm'])
  })

  test('of nothing is empty', () => {
    expect(makeRegistry([], [])).toMatchObject({ endpoints: [], proxies: [], backends: [] })
  })
})

describe('a mistake', () => {
  test.each<[string, Client[], string]>([
    ['no default client', [mobile], 'clients: exactly one must say default: true; none does'],
    [
      'two default clients',
      [web, client('tv', { default: true })],
      'clients: exactly one must say default: true; web, tv do',
    ],
    [
      'two clients of one name',
      [web, mobile, client('mobile')],
      "clients: 'mobile' and 'mobile' have the same name 'mobile'",
    ],
    [
      'two clients of one path',
      [web, client('a', { path: '/m' }), client('b', { path: '/m' })],
      "clients: 'b' and 'a' have the same path '/m'",
    ],
    [
      'two clients of one host',
      [web, client('a', { host: 'm.de' }), client('b', { host: 'm.de' })],
      "clients: 'b' and 'a' have the same host 'm.de'",
    ],
    [
      'two clients of one host, in other letters',
      [web, client('a', { host: 'm.de' }), client('b', { host: 'M.DE' })],
      "clients: 'b' and 'a' have the same host 'm.de'",
    ],
  ])('%s', (_, clients, message) => {
    expect(
      mistakes(
        [],
        clients.map((made) => folder(made)),
      ),
    ).toEqual([message])
  })

  test('a transform in the folder of another client', () => {
    expect(mistakes([route('x', page)], [folder(web, mobile.transform(page, nothing)), folder(mobile)])).toEqual([
      "transforms/web/0.ts: the transform is client 'mobile''s, but stands in the folder of 'web'",
    ])
  })

  test('a transform of an endpoint that no route module exports, though it has the same route', () => {
    const copy = endpoint('GET /x').source('a', callOf(), nothing)
    expect(mistakes([route('x', page)], [folder(web, web.transform(copy, nothing))])).toEqual([
      "transforms/web/0.ts: the endpoint 'GET /x' is not what any route module exports",
    ])
  })

  test('a second transform of one endpoint for one client', () => {
    expect(
      mistakes([route('x', page)], [folder(web, web.transform(page, nothing), web.transform(page, nothing))]),
    ).toEqual(["transforms/web/1.ts: client 'web' has another transform of 'GET /x'"])
  })

  test('two backends of one name', () => {
    const second = endpoint('GET /z').source('a', callOf({ name: 'crm', url: 'http://other', forward: [] }), nothing)
    expect(mistakes([route('x', page), route('z', second)], [])).toEqual(["routes/z.ts: two backends are named 'crm'"])
    const sameUrl = rest('crm', { url: 'http://third', forward: ['authorization'] })
    const both = [proxy('ANY /a/*path', sameUrl), proxy('ANY /b/*path', rest('crm', { url: 'http://third' }))]
    expect(mistakes([route('a', both[0] as never), route('b', both[1] as never)], [])).toEqual([
      "routes/b.ts: two backends are named 'crm'",
    ])
    const third = proxy('ANY /crm/*path', rest('crm', { url: 'http://third' }))
    expect(mistakes([route('x', page), route('p', third)], [])).toEqual(["routes/p.ts: two backends are named 'crm'"])
  })

  test('two proxied routes that are the same, whatever their backends', () => {
    const same = ['http://one', 'http://one', 'http://two'].map((url, at) =>
      proxy(at === 1 ? 'ANY /p/{rest+}' : 'ANY /p/*path', url, { shadow: { to: 'http://three' } }),
    )
    const [one, two, three] = same as [RouteModule['routes'][0], RouteModule['routes'][0], RouteModule['routes'][0]]
    expect(mistakes([route('a', one, two), route('b', three)], [])).toEqual([
      "routes/a.ts: the route 'ANY /p/{rest+}': it is the same as 'ANY /p/*path' in routes/a.ts",
      "routes/b.ts: the route 'ANY /p/*path': it is the same as 'ANY /p/*path' in routes/a.ts",
    ])
  })

  test.each(['authorization', 'cookie'])(
    'replies that everyone shares though a source is sent the caller’s %s',
    (header) => {
      const personal = endpoint('GET /me', { cache: { ttl: '1s', share: 'everyone' } })
        .source('open', callOf(), nothing)
        .source('mine', callOf(backendInfo('me', ['accept-language', header])), nothing)
      expect(mistakes([route('me', personal)], [])).toEqual([
        `routes/me.ts: the replies of 'GET /me' are shared by everyone, but its source 'mine' is sent the caller's '${header}'`,
      ])
      const own = endpoint('GET /me', { cache: { ttl: '1s' } }).source(
        'mine',
        callOf(backendInfo('me', [header])),
        nothing,
      )
      expect(mistakes([route('me', own)], [])).toEqual([])
    },
  )

  test('is told together with all others, one a line', () => {
    const second = endpoint('GET /z').source('a', callOf({ name: 'crm', url: 'http://other', forward: [] }), nothing)
    const lines = mistakes(
      [route('x', page), route('z', second)],
      [folder(mobile, web.transform(page, nothing)), folder(client('tv'))],
    )
    expect(lines).toEqual([
      'clients: exactly one must say default: true; none does',
      "transforms/mobile/0.ts: the transform is client 'web''s, but stands in the folder of 'mobile'",
      "routes/z.ts: two backends are named 'crm'",
    ])
  })
})
