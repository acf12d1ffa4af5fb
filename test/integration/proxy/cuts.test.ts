import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { asks, type Line, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'

let backend: LineBackend
/** The second one, which is sent the same and leaves without a word. */
let other: LineBackend
let facet: Harness
beforeAll(async () => {
  ;[backend, other] = [await lineBackend(), await lineBackend()]
  other.answer = (line) => line.hangUp()
  const options = { url: backend.url, timeout: '5s', breaker: false } as const
  facet = await harness({
    routes: {
      through: proxy('ANY /p/*path', rest('backend', options)),
      narrow: proxy('ANY /narrow/*path', rest('narrow', { ...options, concurrency: { limit: 1, queue: 5 } })),
      kept: proxy('ANY /kept/*path', rest('kept', options), { cache: { ttl: '1m', stale: '1m', staleIfError: '1m' } }),
      changed: proxy('ANY /changed/*path', rest('changed', options), {
        request: ({ body }) => body,
        response: ({ body }) => body,
      }),
      shadowed: proxy('ANY /shadowed/*path', rest('shadowed', options), {
        shadow: { to: rest('other', { ...options, url: other.url }), writes: true },
      }),
    },
  })
})
afterEach(() => nothingLeft(facet))
afterAll(async () => {
  await facet.close()
  await backend.close()
  await other.close()
})
// Last, so that what is closed is heard as well.
expectNothingForgotten()

/** Asks, and gives both ends when the request's head has reached the backend. */
async function ask(request: string, answer = ''): Promise<{ client: Line; upstream: Line }> {
  backend.answer = (line) => line.say(answer)
  const before = backend.requests.length
  const client = await line(facet.url)
  client.say(request)
  await backend.asked(before + 1)
  return { client, upstream: backend.last }
}

/** Milliseconds until something holds. */
async function took(what: string, holds: () => boolean): Promise<number> {
  const started = performance.now()
  await until(what, holds)
  return performance.now() - started
}

const AT_ONCE = 500
const UPLOAD = asks('POST /p/x', ['Content-Length: 100'], 'half')
const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'
const CHUNKS = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'

describe('a client that leaves', () => {
  test.each([
    ['while it waits for an answer', asks('GET /p/x'), ''],
    ['in the middle of an answer', asks('GET /p/x'), HALF],
    ['in the middle of chunks', asks('GET /p/x'), CHUNKS],
    ['in the middle of its upload', UPLOAD, ''],
    ['in the middle of both', UPLOAD, CHUNKS],
    ['with another request behind this one', asks('GET /p/x') + asks('GET /p/y'), CHUNKS],
  ])('%s leaves the backend at once', async (_, request, answer) => {
    const seen = timeline()
    const { client, upstream } = await ask(request, answer)
    if (answer) await client.hears('half')
    client.hangUp()
    expect(await took('the backend has been left', () => upstream.isClosed)).toBeLessThan(AT_ONCE)
    const count = request.includes('/y') ? 2 : 1
    await seen.ended(count)
    seen.close()
    expect(seen.requests.map(({ status }) => status)).toEqual(Array(count).fill(499))
    expect(backend.open).toBe(0)
  })

  test('without reading an answer leaves the backend at once', async () => {
    const { client, upstream } = await ask(asks('GET /p/x'), 'HTTP/1.1 200 OK\r\n\r\n')
    await client.hears('\r\n\r\n')
    client.socket.pause()
    for (let megabyte = 0; megabyte < 30; megabyte++) upstream.say('x'.repeat(2 ** 20))
    await pause(100)
    expect(upstream.socket.writableLength).toBeGreaterThan(0)
    client.hangUp()
    expect(await took('the backend has been left', () => upstream.isClosed)).toBeLessThan(AT_ONCE)
  })

  test('while it waits for a place, its upload begun, waits no more', async () => {
    const first = await ask(asks('GET /narrow/x'))
    const calls = () => facet.app.backends().find(({ name }) => name === 'narrow')?.calls
    const waiting = await line(facet.url)
    waiting.say(asks('GET /narrow/a') + asks('POST /narrow/b', ['Content-Length: 100'], 'half'))
    await until('two wait', () => calls()?.waiting === 2)
    waiting.hangUp()
    expect(await took('none waits', () => calls()?.waiting === 0)).toBeLessThan(AT_ONCE)
    first.upstream.say(OK)
    await first.client.hears(/ok$/)
    first.client.hangUp()
    first.upstream.hangUp()
  })
})

describe('a backend that leaves', () => {
  test.each([
    ['in the middle of a length', 'HTTP/1.1', HALF],
    ['in the middle of chunks', 'HTTP/1.1', CHUNKS],
    ['in the middle of a chunk', 'HTTP/1.1', CHUNKS.replace('4\r\nhalf\r\n', '10\r\nhalf')],
    ['in the middle of chunks that become the rest of a connection', 'HTTP/1.0', CHUNKS],
  ])('%s leaves the client at once, and never with a whole answer', async (_, version, answer) => {
    const { client, upstream } = await ask(asks('GET /p/x').replace('HTTP/1.1', version), answer)
    await client.hears('half')
    upstream.hangUp()
    expect(await took('the client has been left', () => client.isClosed)).toBeLessThan(AT_ONCE)
    expect(client.heard).not.toContain('\r\n0\r\n')
    // Without a length and chunks a goodbye would be the end of the body.
    if (version === 'HTTP/1.0') expect(client.error).toBe('ECONNRESET')
  })

  test('in the middle of an upload is a problem, at once, and what follows the upload is heard', async () => {
    const { client, upstream } = await ask(UPLOAD)
    upstream.hangUp()
    expect(await took('the client is told', () => client.heard.includes('backend-unreachable'))).toBeLessThan(AT_ONCE)
    backend.answer = (line) => line.say(OK)
    client.say('x'.repeat(96) + asks('GET /p/next'))
    await client.hears(/ok$/)
    client.hangUp()
    backend.last.hangUp()
  })
})

describe('an answer that is there before the upload is over', () => {
  const REFUSED = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno'

  test.each([
    ['goes', false],
    ['stays', true],
  ])('is passed on where the backend %s, and what is left of the upload is nobody’s', async (_, stays) => {
    const { client, upstream } = await ask(asks('POST /p/x', ['Content-Length: 5000000'], 'begun'))
    upstream.say(REFUSED)
    if (!stays) upstream.socket.end()
    expect(await client.hears(/no$/)).toMatch(/^HTTP\/1\.1 413/)
    // A request on this connection would be the rest of the upload.
    await upstream.closed()
    backend.answer = (line) => line.say(OK)
    client.say('x'.repeat(4_999_995) + asks('GET /p/next'))
    expect((await client.hears(/ok$/)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
    client.hangUp()
    backend.last.hangUp()
  })
})

/** Handles of the process, of the kinds that a leak would be of. */
const handles = () => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name)).length

/** Who cuts: the backend when it has said the half of it, a client when it hears that or, where it cannot, some time later. */
type Who = 'backend' | 'client' | 'client that hears nothing' | 'client that nobody else hears'

/** Asks so often, each time for something else, and asserts that each is cut and that nothing is left. */
async function cut(times: number, request: string, answer: string, who: Who): Promise<void> {
  const AT_A_TIME = 20
  await until('the last test is over', () => backend.open === 0 && other.open === 0)
  const before = handles()
  const seen = timeline()
  let sent = 0
  const arrived = backend.requests.length
  backend.answer = (line) => {
    if (answer) line.say(answer)
    if (who === 'backend') setTimeout(() => line.hangUp(), 2)
  }
  const one = async () => {
    while (sent < times) {
      const path = `/x${sent++}`
      const client = await line(facet.url)
      client.say(request.replace('/x', path))
      if (who === 'client') await client.hears('half')
      else if (who !== 'backend') await pause(Math.random() * 40)
      else await until('it is cut', () => client.isClosed || client.heard.includes('backend-unreachable'))
      client.hangUp()
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, one))
  await seen.ended(times)
  seen.close()
  const asked = backend.requests.length - arrived
  expect([asked > times / 2, asked === 0]).toEqual(
    who === 'client that nobody else hears' ? [false, true] : [true, false],
  )
  await until('no connection of a backend is open', () => backend.open === 0 && other.open === 0)
  await nothingLeft(facet)
  await until('no socket and no timer is left', () => handles() <= before)
  const statuses = [...new Set(seen.requests.map(({ status }) => status))]
  expect(statuses).toEqual([who === 'backend' ? 502 : 499])
}

describe('a thousand times in a row, nothing is left of', () => {
  test.each<[string, string, string, Who]>([
    ['a download that its client cuts', asks('GET /p/x'), HALF, 'client'],
    ['a download that its backend cuts', asks('GET /p/x'), CHUNKS, 'backend'],
    ['an upload that its client cuts', UPLOAD, '', 'client that hears nothing'],
    ['an upload that its backend cuts', UPLOAD, '', 'backend'],
  ])('%s', (_, request, answer, who) => cut(1_000, request, answer, who), 30_000)
})

describe('two hundred times in a row, nothing is left of what is more than passed on:', () => {
  const UNKEPT = CHUNKS.replace('\r\n', '\r\nCache-Control: no-store\r\n')
  const JSON_ = 'Content-Type: application/json'
  const HELD = CHUNKS.replace('\r\n', `\r\n${JSON_}\r\n`)
  const upload = (path: string, body = 'half', field = JSON_) =>
    asks(`POST ${path}`, [field, `Content-Length: ${body === 'half' ? 100 : body.length}`], body)

  test.each<[string, string, string, Who]>([
    ['what is not kept, which its client cuts', asks('GET /kept/x'), UNKEPT, 'client'],
    ['what is not kept, which its backend cuts', asks('GET /kept/x'), UNKEPT, 'backend'],
    ['what would be kept, which its client cuts', asks('GET /kept/x'), CHUNKS, 'client that hears nothing'],
    ['what would be kept, which its backend cuts', asks('GET /kept/x'), CHUNKS, 'backend'],
    ['an answer to be changed, which its client cuts', asks('GET /changed/x'), HELD, 'client that hears nothing'],
    ['an answer to be changed, which its backend cuts', asks('GET /changed/x'), HELD, 'backend'],
    ['a request that was changed, which its client cuts', upload('/changed/x', '{}'), '', 'client that hears nothing'],
    ['a request that was changed, which its backend cuts', upload('/changed/x', '{}'), '', 'backend'],
    ['a request to be changed, which its client cuts', upload('/changed/x'), '', 'client that nobody else hears'],
    ['an answer with a shadow, which its client cuts', asks('GET /shadowed/x'), HALF, 'client'],
    ['an answer with a shadow, which its backend cuts', asks('GET /shadowed/x'), CHUNKS, 'backend'],
    ['an upload with a shadow, which its client cuts', upload('/shadowed/x'), '', 'client that hears nothing'],
    ['an upload with a shadow, which its backend cuts', upload('/shadowed/x'), '', 'backend'],
  ])('%s', (_, request, answer, who) => cut(200, request, answer, who), 15_000)
})
