import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { asks, type LineBackend, line, lineBackend, OK } from '../support/line.ts'
import { expectProblem, SECRET } from '../support/problems.ts'
import { say } from '../support/wire.ts'

let backend: LineBackend
let facet: Harness
beforeAll(async () => {
  backend = await lineBackend()
  const api = rest('backend', { url: backend.url, timeout: '2s', breaker: false })
  facet = await harness({
    clients: [client('web', { default: true }), client('tablet', { host: 'tablet.test', format: 'xml' })],
    routes: {
      through: proxy('ANY /p/*path', api),
      own: endpoint('POST /own', {}),
      said: endpoint('GET /said', {}),
    },
  })
})
afterEach(() => {
  backend.answer = (line) => line.say(OK)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const POST = (fields: readonly string[], body = '0\r\n\r\n') => asks('POST /p/x', fields, body)
const CHUNKED = 'Transfer-Encoding: chunked'
/** What must not become a request of its own. */
const HIDDEN = asks('GET /p/hidden')

describe('a request is refused, and nothing behind it is heard,', () => {
  test.each([
    ['with a length beside chunks', POST(['Content-Length: 5', CHUNKED])],
    ['with chunks beside a length', POST([CHUNKED, 'Content-Length: 5'])],
    ['with two lengths', POST(['Content-Length: 5', 'Content-Length: 0'])],
    ['with one length twice', POST(['Content-Length: 5', 'Content-Length: 5'])],
    ['with a list of lengths', POST(['Content-Length: 5, 5'])],
    ...['+5', '-5', '0x5', '5 5', '', '99999999999999999999'].map((length): [string, string] => [
      `with the length '${length}'`,
      POST([`Content-Length: ${length}`]),
    ]),
    ...[
      ...['gzip, chunked', 'chunked, gzip', 'chunked, chunked', 'identity', 'identity, chunked', 'xchunked', ''],
      ...['chunked;a=b', ', chunked', 'chunked,', '"chunked"', '\x0bchunked', 'chunked\r\nTransfer-Encoding: chunked'],
      ...['identity\r\nTransfer-Encoding: chunked', 'chunked\r\ntransfer-encoding: identity', 'gzip'],
    ].map((coding): [string, string] => [
      `in the coding ${JSON.stringify(coding)}`,
      POST([`Transfer-Encoding: ${coding}`]),
    ]),
    ['in chunks of HTTP/1.0', POST([CHUNKED]).replace('HTTP/1.1', 'HTTP/1.0')],
    ['in chunks of HTTP/1.0 that stays', POST([CHUNKED, 'Connection: keep-alive']).replace('HTTP/1.1', 'HTTP/1.0')],
    ['with a folded line', asks('GET /p/x', ['X-A: b\r\n c'])],
    ['with line feeds alone', asks('GET /p/x').replaceAll('\r\n', '\n')],
    ['with a line feed in its head', asks('GET /p/x', ['X-A: b\nX-B: c'])],
    ['with a carriage return in its head', asks('GET /p/x', ['X-A: b\rX-B: c'])],
    ['with a space before a colon', POST(['Transfer-Encoding : chunked'])],
    ['with a space before its first field', asks('GET /p/x').replace('Host', ' Host')],
    ['with a space in a name', asks('GET /p/x', ['X A: b'])],
    ['with a field without a name', asks('GET /p/x', [': b'])],
    ['with NUL in a value', asks('GET /p/x', ['X-A: b\0c'])],
    ['with NUL in a name', asks('GET /p/x', ['X\0A: b'])],
    ['with NUL in its target', asks('GET /p/x\0')],
    ['with a control character', asks('GET /p/x', ['X-A: b\x01c'])],
    ['of a method that nobody knows', asks('SMUGGLE /p/x')],
    ['of HTTP/0.9', 'GET /p/x\r\n\r\n'],
    ['of HTTP/2.0 in the words of 1.1', asks('GET /p/x').replace('HTTP/1.1', 'HTTP/2.0')],
    ['of HTTP/1.2', asks('GET /p/x').replace('HTTP/1.1', 'HTTP/1.2')],
    ['for an authority alone', asks('GET evil.test:80')],
    ...['-5', '0x5', '5 ', 'fffffffffffffffff5', 'g'].map((size): [string, string] => [
      `with a chunk of '${size}'`,
      POST([CHUNKED], `${size}\r\nhello\r\n0\r\n\r\n`),
    ]),
    ['with a line feed behind an extension', POST([CHUNKED], '5;a\nhello\r\n0\r\n\r\n')],
    ['with line feeds around a chunk', POST([CHUNKED], '5\nhello\n0\n\n')],
    ['with an extension of 20 kB', POST([CHUNKED], `5;a=${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`)],
  ])('%s', async (_, text) => {
    // A connection stands ready, over which anything would go out at once.
    await say(facet.url, asks('GET /p/x'))
    const before = backend.requests.length
    const seen = timeline()
    const connection = await line(facet.url)
    connection.say(text + HIDDEN)
    const heard = await connection.closed()
    seen.close()
    expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(heard.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(heard).toMatch(/\r\nConnection: close\r\n/)
    expect(heard).toContain('"code":"input-invalid"')
    const [first, second] = seen.requests.map(({ status, code }) => [status, code])
    expect(first).toEqual([400, 'input-invalid'])
    // A request whose head was well had begun when its body was refused.
    if (second)
      expect([second, text.startsWith('POST'), seen.requests.length]).toEqual([[499, 'client-closed'], true, 2])
    expect(backend.requests.slice(before)).toEqual([])
  })

  test('by an endpoint as well', async () => {
    const reply = await say(facet.url, asks('POST /own', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'))
    expectProblem(reply, 'input-invalid')
  })

  test('in the middle of its body: the backend gets no whole request', async () => {
    const connection = await line(facet.url)
    const before = backend.requests.length
    backend.answer = () => {}
    connection.say(POST([CHUNKED], '5\r\nhello\r\n'))
    await backend.asked(before + 1)
    connection.say(`5\r\nhello!${HIDDEN}`)
    await connection.closed()
    const got = await backend.last.closed()
    expect(got).not.toMatch(/\r\n0\r\n/)
    expect(backend.requests.slice(before)).toHaveLength(1)
  })
})

describe('a target', () => {
  test.each([
    ['http://other.test:81/p/x', 'other.test:81'],
    ['HTTP://USER:PASS@Other.test/p/x', 'Other.test'],
    ['https://[::1]:8443/p/x', '[::1]:8443'],
    ['/p/x', 'facet.test'],
  ])('%s is for %s', async (target, host) => {
    await say(facet.url, asks(`GET ${target}`))
    const got = backend.requests.at(-1) ?? ''
    expect(got).toMatch(/^GET \/x HTTP/)
    expect(/x-forwarded-host: (.*)\r\n/.exec(got)?.[1]).toBe(host)
    expect(got).toContain(`\r\nhost: ${new URL(backend.url).host}\r\n`)
    expect(got).not.toContain('PASS')
  })

  test('of HTTP/1.0 says its host also where no field does', async () => {
    await say(facet.url, 'GET http://other.test/p/x HTTP/1.0\r\n\r\n')
    expect(backend.requests.at(-1)).toContain('\r\nx-forwarded-host: other.test\r\n')
  })

  test('in absolute form says for which client it is, too', async () => {
    const reply = await say(facet.url, asks('GET http://tablet.test/said'))
    expect(reply.headers.get('content-type')).toContain('application/xml')
  })

  test.each(['http:///p/x', 'http://:80/p/x', 'http://user@/p/x'])('%s is for nobody', async (target) => {
    const before = backend.requests.length
    expect((await say(facet.url, asks(`GET ${target}`))).status).toBe(400)
    expect(backend.requests).toHaveLength(before)
  })

  test.each(['*/p/x', 'ftp://facet.test/p/x', 'p/x'])('%s is no path', async (target) => {
    const before = backend.requests.length
    expect((await say(facet.url, asks(`GET ${target}`))).status).toBeGreaterThanOrEqual(400)
    expect(backend.requests).toHaveLength(before)
  })

  test('does not take the place of a Host that is missing or there twice', async () => {
    for (const fields of ['', 'Host: a\r\nHost: b\r\n']) {
      const reply = await say(facet.url, `GET http://facet.test/p/x HTTP/1.1\r\n${fields}\r\n`)
      expectProblem(reply, 'input-invalid')
    }
  })
})

describe('an answer is not passed on, and its connection not used again,', () => {
  const says = (...fields: string[]) => `HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
  test.each([
    ['with chunks beside a length', `${says(CHUNKED, 'Content-Length: 3')}3\r\nabc\r\n0\r\n\r\n`],
    ['with a length beside chunks', `${says('Content-Length: 3', CHUNKED)}3\r\nabc\r\n0\r\n\r\n`],
    ['with two lengths', `${says('Content-Length: 3', 'Content-Length: 4')}abc`],
    ['with one length twice', `${says('Content-Length: 3', 'Content-Length: 3')}abc`],
    ['with a negative length', `${says('Content-Length: -3')}abc`],
    ['with a chunk of no size', `${says(CHUNKED)}zz\r\nabc\r\n0\r\n\r\n`],
    ['in a coding before its chunks', `${says('Transfer-Encoding: gzip, chunked')}3\r\nabc\r\n0\r\n\r\n`],
    ['in two codings', `${says('Transfer-Encoding: gzip', CHUNKED)}3\r\nabc\r\n0\r\n\r\n`],
    ['in chunks twice', `${says(CHUNKED, CHUNKED)}3\r\nabc\r\n0\r\n\r\n`],
    ['in an unknown coding', `${says('Transfer-Encoding: identity')}abc`],
    ['with a field of 20 kB', `${says(`X-Big: ${'x'.repeat(20_000)}`, 'Content-Length: 0')}`],
    ['with a folded line', says('X-A: b\r\n c', 'Content-Length: 0')],
    ['with line feeds alone', says('Content-Length: 0').replaceAll('\r\n', '\n')],
    ['with a space before a colon', says('X-A : b', 'Content-Length: 0')],
    ['with NUL', says('X-A: b\0c', 'Content-Length: 0')],
    ['with a field without a name', says(': b', 'Content-Length: 0')],
    ['of another protocol', `220 ${SECRET} ESMTP ready\r\n`],
    ...['000', '099', '42', '1000', '2OO'].map((status): [string, string] => [
      `of the status ${status}`,
      `HTTP/1.1 ${status} OK\r\nContent-Length: 0\r\n\r\n`,
    ]),
    ['of 101', `HTTP/1.1 101 Switching Protocols\r\n\r\n${OK}`],
    ['of 101 to a protocol', `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${OK}`],
  ])('%s', async (_, answer) => {
    backend.answer = (line) => line.say(answer.replace('\r\n', `\r\nX-Secret: ${SECRET}\r\n`))
    if (answer.startsWith('220') || answer.includes('OK\n')) backend.answer = (line) => line.say(answer)
    expectProblem(await say(facet.url, asks('GET /p/x')), 'backend-malformed')
    const { last } = backend
    await last.closed()
    backend.answer = (line) => line.say(OK)
    expect(await say(facet.url, asks('GET /p/x'))).toMatchObject({ status: 200, text: 'ok' })
    expect(backend.last).not.toBe(last)
  })

  test('though what was asked is: what comes behind an answer is nobody’s', async () => {
    backend.answer = (line) => line.say(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`)
    const { text } = await say(facet.url, asks('GET /p/x'))
    await backend.last.closed()
    backend.answer = (line) => line.say(OK)
    expect([text, (await say(facet.url, asks('GET /p/x'))).text]).toEqual(['ok', 'ok'])
  })
})
