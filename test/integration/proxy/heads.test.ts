// What becomes of the heads of messages on their way through a proxied route, over real sockets.
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { client, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { type SaidBackend, saidBackend } from '../support/said-backend.ts'
import { head, say } from '../support/wire.ts'

let backend: SaidBackend
let secure: Server
let facet: Harness
let hello = ''

beforeAll(async () => {
  backend = await saidBackend()
  secure = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk) => {
      hello += chunk.toString('latin1')
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => secure.listen(0, 'localhost', resolve))
  const at = (name: string, path = '') => rest(name, { url: backend.url + path })
  const root = at('root')
  // A TLS client says the name of the host that it means before anything is encrypted.
  const tls = rest('tls', { url: `https://localhost:${(secure.address() as AddressInfo).port}` })
  facet = await harness({
    routes: {
      plain: proxy('ANY /plain/*path', root),
      based: proxy('ANY /based/*path', at('based', '/app/')),
      kept: proxy('ANY /kept/*path', root, { host: 'keep' }),
      keptTls: proxy('ANY /kept-tls/*path', tls, { host: 'keep' }),
      untouched: proxy('ANY /untouched/*path', root, { location: false, cookies: false }),
      tables: proxy('ANY /tables/*path', root, {
        cookies: { domain: { 'old.example': 'new.example' }, path: { '/app': '/tables/mine' } },
      }),
    },
    clients: [client('mobile', { path: '/m' })],
    environment: { VIA_PSEUDONYM: 'facet-here' },
  })
})
beforeEach(() => backend.answer((_, response) => void response.end('ok')))
afterAll(async () => {
  await facet.close()
  await new Promise((resolve) => secure.close(resolve))
  await backend.close()
})

describe('the host', () => {
  test("is the backend's own if nothing is said", async () => {
    await say(facet.url, head('/plain/x', { Host: 'shop.example' }))
    expect(backend.last).toMatchObject({ host: `127.0.0.1:${backend.port}`, 'x-forwarded-host': 'shop.example' })
  })

  test("is the client's where it is kept", async () => {
    await say(facet.url, head('/kept/x', { Host: 'Shop.example:81' }))
    expect(backend.last).toMatchObject({ host: 'Shop.example:81', 'x-forwarded-host': 'Shop.example:81' })
  })

  test("is the backend's where an old client says none", async () => {
    await say(facet.url, 'GET /kept/x HTTP/1.0\r\n\r\n')
    expect(backend.last.host).toBe(`127.0.0.1:${backend.port}`)
  })

  test('that is kept is not the one that TLS is told', async () => {
    expectProblem(await say(facet.url, head('/kept-tls/x', { Host: 'evil.example' })), 'backend-unreachable')
    expect([hello.includes('localhost'), hello.includes('evil.example')]).toEqual([true, false])
  })
})

describe('what points at the backend', () => {
  const own = () => `http://127.0.0.1:${backend.port}`
  test.each([
    ['Location', '/plain/x', () => '/login?next=%2Fa#b', '/plain/login?next=%2Fa#b'],
    ['Location', '/plain/x', () => `${own()}/login`, '/plain/login'],
    ['Content-Location', '/plain/x', () => `${own()}/1`, '/plain/1'],
    ['Location', '/plain/x', () => 'login', 'login'],
    ['Location', '/plain/x', () => 'https://other.example/login', 'https://other.example/login'],
    ['Location', '/plain/x', () => 'http://127.0.0.1:1/login', 'http://127.0.0.1:1/login'],
    ['Location', '/m/plain/x', () => '/login', '/m/plain/login'],
    ['Location', '/based/x', () => '/app/login', '/based/login'],
    ['Location', '/based/x', () => `${own()}/app`, '/based'],
    ['Location', '/based/x', () => '/login', '/login'],
    ['Location', '/untouched/x', () => '/login', '/login'],
    ['Location', '/kept/x', () => 'http://facet.test/login', '/kept/login'],
    ['Location', '/kept/x', () => `${own()}/login`, '/kept/login'],
    // It sends the client to where it is safe, and would else send it round in a circle.
    ['Location', '/kept/x', () => 'https://facet.test/x', 'https://facet.test/x'],
    ['Location', '/plain/x', () => 'http://facet.test/login', 'http://facet.test/login'],
    ['Link', '/plain/x', () => '</a>; rel=next', '</a>; rel=next'],
  ])('in %s of %s points at the route', async (name, path, value, expected) => {
    backend.answer((_, response) => void response.writeHead(302, { [name]: value() }).end())
    expect((await say(facet.url, head(path))).headers.get(name)).toBe(expected)
  })

  test('is where the client gets by it', async () => {
    backend.answer(({ url }, response) => {
      if (url === '/app/from') response.writeHead(302, { Location: '/app/to?x' }).end()
      else response.end(url)
    })
    const { headers } = await facet.get('/based/from')
    expect((await facet.get(headers.get('location') as string)).text).toBe('/app/to?x')
  })

  test('among several cookies is theirs, line by line', async () => {
    const cookies = ['a=1; Path=/; HttpOnly', 'b=2; Domain=127.0.0.1; Path=/x', '__Host-c=3; Secure; Path=/', 'd="4;']
    backend.answer((_, response) => void response.writeHead(200, { 'set-cookie': cookies }).end())
    const of = async (path: string) => (await say(facet.url, head(path))).headers.getSetCookie()
    expect(await of('/plain/x')).toEqual([
      'a=1; Path=/plain; HttpOnly',
      'b=2; Path=/plain/x',
      '__Host-c=3; Secure; Path=/',
      'd="4;',
    ])
    expect(await of('/m/plain/x')).toContain('a=1; Path=/m/plain; HttpOnly')
    expect(await of('/untouched/x')).toEqual(cookies)
  })

  test('in cookies is replaced by the tables first', async () => {
    const cookies = ['a=1; Domain=old.example; Path=/app/x', 'b=2; Domain=other.example; Path=/apple']
    backend.answer((_, response) => void response.writeHead(200, { 'set-cookie': cookies }).end())
    expect((await say(facet.url, head('/tables/x'))).headers.getSetCookie()).toEqual([
      'a=1; Domain=new.example; Path=/tables/mine/x',
      'b=2; Domain=other.example; Path=/tables/apple',
    ])
  })
})

describe('on its way', () => {
  test('a message names who has passed it on, behind the others', async () => {
    backend.answer((_, response) => void response.writeHead(200, { Via: '1.0 inner' }).end('ok'))
    const { headers } = await say(facet.url, head('/plain/x', { Via: '1.1 outer' }))
    expect(backend.last.via).toBe('1.1 outer, 1.1 facet-here')
    expect(headers.get('via')).toBe('1.0 inner, 1.1 facet-here')
    await say(facet.url, 'GET /plain/x HTTP/1.0\r\n\r\n')
    expect(backend.last.via).toBe('1.0 facet-here')
  })

  test.each(['1.1 facet-here', '1.1 a, 1.1 facet-here (x)', '1.1 facet-here, 1.0 b'])(
    'a request with Via: %s was here before',
    async (via) => {
      const before = backend.requests.length
      expectProblem(await say(facet.url, head('/plain/x', { Via: via })), 'loop-detected')
      expect(backend.requests).toHaveLength(before)
    },
  )

  test('a route that leads to itself ends at the first round', async () => {
    backend.answer(({ headers, url }, response) => {
      const { host: _, connection: __, ...rest } = headers
      fetch(`${facet.url}/plain${url}`, { headers: rest as Record<string, string> }).then(
        ({ status }) => response.writeHead(status).end(),
        () => response.destroy(),
      )
    })
    const before = backend.requests.length
    expect((await facet.get('/plain/round')).status).toBe(508)
    expect(backend.requests).toHaveLength(before + 1)
  })

  test.each([
    ['OPTIONS', '3', '2'],
    ['TRACE', '1', '0'],
    ['OPTIONS', 'many', 'many'],
    ['GET', '0', '0'],
    ['GET', '5', '5'],
  ])('%s with Max-Forwards: %s arrives with %s', async (method, sent, arrives) => {
    await say(facet.url, head('/plain/x', { 'Max-Forwards': sent }, method))
    expect([backend.requests.at(-1)?.method, backend.last['max-forwards']]).toEqual([method, arrives])
  })

  test('OPTIONS that goes no further is answered here, and TRACE is not sent back', async () => {
    const before = backend.requests.length
    const options = await say(facet.url, head('/plain/x', { 'Max-Forwards': '0' }, 'OPTIONS'))
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS'])
    const trace = await say(facet.url, head('/plain/x', { 'Max-Forwards': '0', Cookie: 'secret' }, 'TRACE'))
    expectProblem(trace, 'method-unknown')
    expect(trace.text).not.toContain('secret')
    expect(backend.requests).toHaveLength(before)
  })
})
