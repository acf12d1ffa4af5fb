import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { asks, type LineBackend, lineBackend, OK } from '../support/line.ts'
import { expectProblem } from '../support/problems.ts'
import { head, say } from '../support/wire.ts'

let backend: LineBackend
let facet: Harness
/** Behind one proxy that is believed, and a middleware that makes an odd host of the client's. */
/** Behind a proxy that is believed: in what it says with `X-Forwarded-Host`, or with `Forwarded`. */
let behind: Readonly<Record<string, Harness>>
const routes = () => {
  const api = rest('api', { url: backend.url, timeout: '2s' })
  return {
    own: endpoint('GET /own', {}),
    keep: proxy('ANY /keep/*path', api, { host: 'keep' }),
    kept: proxy('ANY /kept/*path', api, { host: 'keep', cache: { ttl: 'origin' } }),
    through: proxy('ANY /p/*path', api),
  }
}
beforeAll(async () => {
  backend = await lineBackend()
  facet = await harness({ routes: routes() })
  const believing = (header: string) =>
    harness({
      routes: routes(),
      environment: { TRUST_PROXY: '1', TRUST_PROXY_HEADERS: header.toLowerCase() },
      before: [
        (request, _response, next) => {
          if (request.headers['x-odd']) request.headers.host = '[a'
          next()
        },
      ],
    })
  behind = {
    'X-Forwarded-Host': await believing('X-Forwarded-Host'),
    Forwarded: await believing('Forwarded'),
  }
})
beforeEach(() => {
  backend.answer = (line) => line.say(OK)
})
afterAll(async () => {
  await facet.close()
  for (const each of Object.values(behind)) await each.close()
  await backend.close()
})

const ODD = [
  ...['a b', 'a/b', 'user@evil', 'good, evil', 'a"b', 'a?b', 'a\\b', 'a#b', 'a:b:c', 'a:b', ':80', '\xe4', '[a'],
  ...['[::1', '[::1]x', '::1', 'a%zz'],
]

describe('a Host', () => {
  test.each(ODD)('of %j is refused, whoever it is for', async (host) => {
    const before = backend.requests.length
    for (const target of ['/keep/x', '/p/x', '/own', '/nothing', '/livez', 'http://facet.test/p/x'])
      for (const version of ['1.1', '1.0']) {
        const problem = expectProblem(
          await say(facet.url, head(target, { Host: host }).replace('HTTP/1.1', `HTTP/${version}`)),
          'input-invalid',
        )
        expect(problem.issues?.map(({ path }) => path)).toEqual(['headers.host'])
      }
    expect(backend.requests).toHaveLength(before)
  })

  test.each(['a', 'A.example:8080', '127.0.0.1', '[::1]', '[::1]:80', 'b%C3%BCcher.example', 'a_b.example.', 'a;b'])(
    'of %s goes on as it came',
    async (host) => {
      expect((await say(facet.url, head('/keep/x', { Host: host }))).status).toBe(200)
      expect(backend.requests.at(-1)).toContain(`\r\nhost: ${host}\r\n`)
      expect(backend.requests.at(-1)).toContain(`\r\nx-forwarded-host: ${host}\r\n`)
    },
  )

  test('that is empty is nobody’s, and the backend has its own', async () => {
    expect((await say(facet.url, head('/keep/x', { Host: '' }))).status).toBe(200)
    expect(backend.requests.at(-1)).toContain(`\r\nhost: ${new URL(backend.url).host}\r\n`)
  })
})

test.each(ODD.filter((host) => !/[/?@ ]/.test(host)))('the host %j of a target is refused', async (host) => {
  const before = backend.requests.length
  expect((await say(facet.url, asks(`GET http://${host}/p/x`))).status).toBe(400)
  expect(backend.requests).toHaveLength(before)
})

test.each([
  ['X-Forwarded-Host', 'inner.test, user@evil', 'facet.test'],
  ['X-Forwarded-Host', 'a b', 'facet.test'],
  ['X-Forwarded-Host', 'shop.test:81', 'shop.test:81'],
  ['Forwarded', 'for=192.0.2.1;host="a/b"', 'facet.test'],
  ['Forwarded', 'for=192.0.2.1;host=""', 'facet.test'],
  ['Forwarded', 'for=192.0.2.1;host="[::1]:81"', '[::1]:81'],
])('%s: %s of a proxy that is believed says %s', async (name, value, host) => {
  expect((await say(behind[name]?.url ?? '', head('/keep/x', { [name]: value }))).status).toBe(200)
  expect(backend.requests.at(-1)).toContain(`\r\nhost: ${host}\r\n`)
  expect(backend.requests.at(-1)).toContain(`\r\nx-forwarded-host: ${host}\r\n`)
})

describe('what cannot be sent', () => {
  test.each(['/keep/x', '/kept/x'])('to %s says nothing of the backend, however often', async (path) => {
    const seen = timeline()
    for (let i = 0; i < 30; i++)
      expectProblem(await say(behind.Forwarded?.url ?? '', head(path, { 'X-Odd': '1' })), 'internal')
    expect((await say(behind.Forwarded?.url ?? '', head(path))).status).toBe(200)
    seen.close()
    expect(seen.requests.at(0)?.error).toMatchObject({ cause: { code: 'ERR_ASSERTION' } })
  })
})
