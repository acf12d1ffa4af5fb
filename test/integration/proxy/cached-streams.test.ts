// What a route with a cache passes on as it comes behaves as what is streamed on any other route.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, type Timeline, timeline } from 'facet/testing'
import { asks, type Line, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { expectNothingForgotten, nothingLeft, pause } from '../support/resilience.ts'
import { until } from '../support/until.ts'

expectNothingForgotten()
let backend: LineBackend
let facet: Harness
let client: Line
let seen: Timeline
beforeAll(async () => {
  backend = await lineBackend()
  const options = { url: backend.url, timeout: '5s', breaker: false } as const
  facet = await harness({
    routes: {
      kept: proxy('ANY /c/*path', rest('backend', options), { cache: { ttl: 'origin', maxBytes: 10 } }),
      listed: proxy('ANY /listed/*path', rest('listed', options), {
        cache: 'origin',
        headers: { response: { deny: ['X-Secret'] } },
      }),
    },
  })
})
beforeEach(() => {
  seen = timeline()
})
afterEach(async () => {
  seen.close()
  client.hangUp()
  for (const { socket } of backend.lines) socket.destroy()
  await nothingLeft(facet)
  await until('no connection of the backend is open', () => backend.open === 0)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** Asks with an answer that the test gives itself, or with the beginning of one. */
async function ask(request: string, answer = ''): Promise<Line> {
  backend.answer = (line) => line.say(answer)
  client = await line(facet.url)
  const before = backend.requests.length
  client.say(request)
  await backend.asked(before + 1)
  return backend.last
}

const chunks = (field: string, status = '200 OK') =>
  `HTTP/1.1 ${status}\r\n${field}\r\nTransfer-Encoding: chunked\r\n\r\n`
const UNKEPT = chunks('Cache-Control: no-store')
const HALF = '4\r\nhalf\r\n'
/** It may be kept, and is too large for it. */
const LARGE = `${chunks('Cache-Control: max-age=60')}c\r\nhalf........\r\n`

describe('is on its way at once', () => {
  test.each([
    ['a stream of events', chunks('Content-Type: text/event-stream')],
    ['what is not to be kept', UNKEPT],
  ])('the head of %s, and each piece of it', async (_, head) => {
    const upstream = await ask(asks('GET /c/events'), head)
    expect(await client.hears('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    for (const event of ['one', 'two']) {
      upstream.say(`b\r\ndata: ${event}\n\n\r\n`)
      await client.hears(`data: ${event}`)
    }
    upstream.say('0\r\n\r\n')
    await client.hears('\r\n0\r\n\r\n')
    await seen.ended(1)
    expect(seen.requests[0]).toMatchObject({ status: 200, cache: 'miss' })
  })

  test('and on a connection that is used again', async () => {
    await ask(asks('GET /c/x'), `${UNKEPT}${HALF}0\r\n\r\n`)
    await client.hears('\r\n0\r\n\r\n')
    client.say(asks('GET /c/y'))
    await until('both are answered', () => client.heard.split('\r\n0\r\n\r\n').length === 3)
  })
})

describe('a backend that leaves in the middle', () => {
  test.each([
    ['of chunks', '1.1', `${UNKEPT}${HALF}`],
    ['of a length', '1.1', 'HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 100\r\n\r\nhalf'],
    ['of what is too large to be kept', '1.1', LARGE],
    ['of chunks that become the rest of a connection', '1.0', `${UNKEPT}${HALF}`],
    ['of the same that is too large to be kept', '1.0', LARGE],
  ])('%s is told as its failure, and never as a whole answer', async (_, version, answer) => {
    const upstream = await ask(asks('GET /c/cut').replace('HTTP/1.1', `HTTP/${version}`), answer)
    await client.hears('half')
    upstream.hangUp()
    await until('the client has been left', () => client.isClosed)
    expect(client.heard).not.toContain('\r\n0\r\n')
    if (version === '1.0') expect(client.error).toBe('ECONNRESET')
    await seen.ended(1)
    expect(seen.requests[0]).toMatchObject({ status: 502, code: 'backend-unreachable' })
  })

  test('of what could be kept is a problem, and nothing is kept', async () => {
    const upstream = await ask(asks('GET /c/kept'), chunks('Cache-Control: max-age=60') + HALF)
    await pause(30)
    upstream.hangUp()
    expect(await client.hears('backend-unreachable')).toMatch(/^HTTP\/1\.1 502/)
    backend.answer = (line) => line.say(OK)
    client.say(asks('GET /c/kept'))
    expect(await client.hears(/ok$/)).toContain('fwd=uri-miss')
  })
})

describe('a client that leaves', () => {
  test.each([
    ['in the middle of what is passed on', asks('GET /c/x'), UNKEPT + HALF, true],
    ['when it has heard the head', asks('GET /c/x'), UNKEPT, true],
    ['while what could be kept is read', asks('GET /c/x'), chunks('Cache-Control: max-age=60') + HALF, false],
    ['with another request behind this one', asks('GET /c/x') + asks('GET /c/y'), UNKEPT + HALF, true],
  ])('%s leaves the backend at once', async (_, request, answer, isHeard) => {
    await ask(request, answer)
    const count = request.includes('/y') ? 2 : 1
    if (isHeard) await client.hears('\r\n\r\n')
    await until('all have been asked', () => backend.open === count)
    await pause(30)
    client.hangUp()
    const started = performance.now()
    await until('the backend has been left', () => backend.open === 0)
    expect(performance.now() - started).toBeLessThan(500)
    await seen.ended(count)
    expect(seen.requests.map(({ status }) => status)).toEqual(Array(count).fill(499))
  })

  test('while others wait for the same leaves it to them', async () => {
    const upstream = await ask(asks('GET /c/shared'), chunks('Cache-Control: max-age=60') + HALF)
    const other = await line(facet.url)
    other.say(asks('GET /c/shared'))
    await pause(50)
    client.hangUp()
    await pause(50)
    upstream.say('0\r\n\r\n')
    expect(await other.hears(/half$/)).toContain('collapsed')
    other.hangUp()
  })

  test('that does not read makes the backend wait', async () => {
    const upstream = await ask(asks('GET /c/x'), 'HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n')
    await client.hears('\r\n\r\n')
    client.socket.pause()
    for (let megabyte = 0; megabyte < 30; megabyte++) upstream.say('x'.repeat(2 ** 20))
    await pause(100)
    expect(upstream.socket.writableLength).toBeGreaterThan(0)
    const heard = client.heard.length
    client.socket.resume()
    await until('more has come', () => client.heard.length > heard + 20 * 2 ** 20)
  })
})

describe('of what is passed on and not kept', () => {
  const ending = (trailer: string) => `2\r\nhi\r\n0\r\n${trailer}\r\n\r\n`
  const told = chunks('Cache-Control: no-store\r\nTrailer: X-T', '200 So To Say')

  test('the reason phrase and the trailers are passed on', async () => {
    await ask(asks('GET /c/x'), told + ending('X-T: \xe4\r\nX-T: 2'))
    const heard = await client.hears(/\r\n0\r\n[\s\S]*\r\n\r\n$/)
    expect(heard).toMatch(/^HTTP\/1\.1 200 So To Say\r\n/)
    expect(heard).toMatch(/\r\nTrailer: X-T\r\n/)
    expect(heard).toMatch(/\r\n0\r\nx-t: \xe4\r\nx-t: 2\r\n\r\n$/)
  })

  test('the reason phrase is passed on also where there is no body', async () => {
    await ask(asks('HEAD /c/x'), 'HTTP/1.1 404 Not Any More\r\nContent-Length: 5\r\n\r\n')
    expect(await client.hears('\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 Not Any More\r\n/)
  })

  test('no trailer is passed on that is denied, or that a client of HTTP/1.0 could not read', async () => {
    await ask(asks('GET /listed/x'), told + ending('X-Secret: 1'))
    expect(await client.hears(/\r\n0\r\n([\s\S]*\r\n)?\r\n$/)).not.toMatch(/secret/i)
    client.hangUp()
    await ask(asks('GET /c/x').replace('1.1', '1.0'), told + ending('X-T: 1'))
    await until('it is over', () => client.isClosed)
    expect(client.heard).toMatch(/\r\n\r\nhi$/)
    expect(client.heard).not.toMatch(/trailer/i)
  })
})
