// What goes through a proxied route, byte by byte, as RFC 9110 and 9112 want it: one row a behaviour. Behaviours that take more than a
// request and its answer have tables of their own beside this one: routing and targets, heads and fields, framing (what is refused),
// streaming and stalls, cuts and races, upgrades, transforms, shadow, cached streams; paths and hosts that are meant ill are in
// ../hostile.
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { asks, type Line, type LineBackend, line, lineBackend, OK } from '../support/line.ts'

let backend: LineBackend
let facet: Harness
let client: Line
beforeAll(async () => {
  backend = await lineBackend()
  facet = await harness({
    routes: { through: proxy('ANY /p/*path', rest('backend', { url: backend.url, timeout: '2s', breaker: false })) },
  })
})
beforeEach(async () => {
  backend.answer = (line) => line.say(OK)
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const chunked = (...parts: string[]) =>
  [...parts, ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')
/** What a client is told beside what the backend has said. */
const added = /^(?:via|x-request-id|Date|Connection|Keep-Alive): .*\r\n/gim

/** Asks, and says what the backend has got and what the client, the former after its whole head. */
async function exchange(
  request: string,
  answer: string,
  end: string | RegExp,
  close = false,
): Promise<[string, string]> {
  backend.answer = (line) => {
    line.say(answer)
    if (close) line.socket.end()
  }
  client = await line(facet.url)
  const before = backend.requests.length
  client.say(request)
  await backend.asked(before + 1)
  const heard = await client.hears(end)
  return [backend.last.heard, heard.replace(added, '')]
}

/** The connection to the client takes another request, or it has ended. */
async function isReusable(): Promise<boolean> {
  const from = client.heard.length
  backend.answer = (line) => line.say(OK.replace('ok', 'ko'))
  client.say(asks('GET /p/again'))
  const answered = await client.hears(/ko$/).then(
    (heard) => heard.slice(from).startsWith('HTTP/1.1 200'),
    () => false,
  )
  client.hangUp()
  return answered
}

describe('a request', () => {
  test.each(
    'GET POST PUT PATCH DELETE OPTIONS TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY PURGE M-SEARCH'.split(
      ' ',
    ),
  )('of %s goes through by its name', async (method) => {
    const [got, heard] = await exchange(asks(`${method} /p/x`), OK, /ok$/)
    expect(backend.requests.at(-1)).toMatch(new RegExp(`^${method} /x HTTP/1\\.1\r\n`))
    expect(got).toContain('\r\n\r\n')
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(await isReusable()).toBe(true)
  })

  test.each([
    ['POST with a length', 'POST', ['Content-Length: 5'], 'hello', 'content-length: 5\r\n\r\nhello'],
    ['GET with a body', 'GET', ['Content-Length: 5'], 'hello', 'content-length: 5\r\n\r\nhello'],
    ['DELETE with a body', 'DELETE', ['Content-Length: 5'], 'hello', 'content-length: 5\r\n\r\nhello'],
    ['an empty POST', 'POST', ['Content-Length: 0'], '', 'content-length: 0\r\n\r\n'],
    ['POST that says nothing of a body', 'POST', [], '', 'content-length: 0\r\n\r\n'],
    ['an empty POST in chunks', 'POST', ['Transfer-Encoding: chunked'], chunked(), 'content-length: 0\r\n\r\n'],
    ['extensions of chunks', 'POST', ['Transfer-Encoding: chunked'], '2;a=b\r\nhi\r\n0\r\n\r\n', 'hi'],
  ])('%s arrives with its framing', async (_, method, fields, body, framing) => {
    const [got] = await exchange(asks(`${method} /p/x`, fields, body), OK, /ok$/)
    expect(got.slice(got.lastIndexOf(`${method} /x`))).toContain(framing)
    expect(got).not.toContain('a=b')
    expect(await isReusable()).toBe(true)
  })

  test('in chunks goes on in chunks, as they come, and its trailers are dropped', async () => {
    client = await line(facet.url)
    backend.answer = () => {}
    const before = backend.requests.length
    client.say(asks('POST /p/x', ['Transfer-Encoding: chunked', 'Trailer: X-T'], '3\r\nabc\r\n'))
    await backend.asked(before + 1)
    expect(backend.requests.at(-1)).toMatch(/\r\ntransfer-encoding: chunked\r\n/)
    await backend.last.hears('3\r\nabc')
    client.say('2\r\nde\r\n0\r\nX-T: secret\r\n\r\n')
    const got = await backend.last.hears(/2\r\nde\r\n0\r\n\r\n$/)
    expect(got).not.toMatch(/X-T/i)
    backend.last.say(OK)
    await client.hears(/ok$/)
    expect(await isReusable()).toBe(true)
  })

  test('has its fields passed on as they are written, several of a name included, and none of its connection', async () => {
    const fields = ['X-CaSe: \xe4 b', 'Cookie: a=1', 'Cookie: b=2', 'X-Two: 1', 'x-two: 2', 'Range: bytes=0-1']
    const hops = ['Connection: keep-alive, X-Hop', 'X-Hop: 1', 'Keep-Alive: 9', 'TE: trailers', 'Proxy-Connection: x']
    await exchange(asks('GET /p/x', [...fields, 'If-Range: "e"', ...hops]), OK, /ok$/)
    const got = backend.requests.at(-1) ?? ''
    for (const field of [...fields, 'If-Range: "e"']) expect(got).toContain(`\r\n${field}\r\n`)
    expect(got).not.toMatch(/\r\n(x-hop|keep-alive|te|proxy-connection):/i)
    expect(got.match(/\r\nhost: /gi)).toHaveLength(1)
  })

  test('that comes with others of its connection is answered in its turn', async () => {
    client = await line(facet.url)
    const held: Line[] = []
    backend.answer = (line, head) => (head.startsWith('GET /first') ? void held.push(line) : line.say(OK))
    const before = backend.requests.length
    client.say(asks('GET /p/first') + asks('POST /p/second', ['Content-Length: 2'], 'hi') + asks('GET /p/third'))
    await backend.asked(before + 3)
    expect(client.heard).toBe('')
    held[0]?.say(OK.replace('ok', '1.'))
    const heard = await client.hears(/1\.HTTP\/1\.1 200[\s\S]*okHTTP\/1\.1 200[\s\S]*ok$/)
    expect(heard.match(/HTTP\/1\.1/g)).toHaveLength(3)
    client.hangUp()
  })
})

describe('an answer', () => {
  test.each([
    ['with a length', OK, OK],
    ['of 206', 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nok', 'same'],
    ['of 204', 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n', 'same'],
    ['of 204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['of 304', 'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n', 'same'],
    ['of 304 with a length', 'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\nContent-Length: 9\r\n\r\n', 'same'],
    ['with its own words', 'HTTP/1.1 299 So To Say\r\nContent-Length: 0\r\n\r\n', 'same'],
    ['without words', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['of an unknown status', 'HTTP/1.1 799 X\r\nContent-Length: 0\r\n\r\n', 'same'],
    [
      'with odd fields',
      'HTTP/1.1 200 OK\r\nX-oDD: \xe4\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n',
      'same',
    ],
    [
      'with fields of its connection',
      'HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=7\r\nProxy-Authenticate: x\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'in chunks',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked('abc')}`,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked('abc')}`,
    ],
  ])('%s is passed on', async (_, answer, expected) => {
    const text = expected === 'same' ? answer : expected
    const [, heard] = await exchange(asks('GET /p/x'), answer, text.slice(-4))
    expect(heard).toBe(text)
    expect(await isReusable()).toBe(true)
  })

  test.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: "e"\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\nETag: "e"\r\n\r\n'],
  ])('to HEAD is passed on with %s, and without a body', async (_, answer) => {
    const [, heard] = await exchange(asks('HEAD /p/x'), answer, '\r\n\r\n')
    expect(heard).toBe(answer)
    expect(await isReusable()).toBe(true)
  })

  test('that ends with its connection ends', async () => {
    const [, heard] = await exchange(asks('GET /p/x'), 'HTTP/1.0 200 OK\r\n\r\nabc', '0\r\n\r\n', true)
    expect(heard).toBe(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked('abc')}`)
    expect(await isReusable()).toBe(true)
  })

  test.each([
    ['br', latin1(brotliCompressSync('text'))],
    ['gzip', latin1(gzipSync('text'))],
    ['zstd', latin1(zstdCompressSync('text'))],
    ['gzip', 'this is no gzip'],
    ['x-own', '\0\xff\r\n\r\n'],
  ])('in the coding %s is nobody to undo: %j', async (coding, body) => {
    const answer = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const request = asks(
      'POST /p/x',
      ['Accept-Encoding: gzip, br', `Content-Encoding: ${coding}`, `Content-Length: ${body.length}`],
      body,
    )
    backend.answer = () => {}
    client = await line(facet.url)
    const before = backend.requests.length
    client.say(request)
    await backend.asked(before + 1)
    await backend.last.hears(body)
    backend.last.say(answer)
    await client.hears(body)
    expect(client.heard.replace(added, '')).toBe(answer)
    client.hangUp()
  })

  test('has trailers, but none that its body must be known by', async () => {
    const trailers =
      'X-Sum: 1\r\nX-Obs: \xe4\r\nContent-Type: text/evil\r\nSet-Cookie: a\r\nTrailer: x\r\nX-Request-Id: evil\r\n'
    const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\n${trailers}\r\n`
    const [, heard] = await exchange(asks('GET /p/x'), answer, /\r\n0\r\n(.+\r\n)*\r\n$/)
    expect(heard).toContain('\r\ntrailer: X-Sum\r\n')
    expect(heard.slice(heard.indexOf('\r\n0\r\n') + 5)).toBe('X-Sum: 1\r\nX-Obs: \xe4\r\n\r\n')
    expect(await isReusable()).toBe(true)
  })

  test('has no trailers that a recipient would take for more than they are, also where they are not rewritten', async () => {
    const forbidden = [
      ...['Set-Cookie', 'Location', 'Content-Location', 'Cache-Control', 'Authorization', 'WWW-Authenticate', 'Cookie'],
      ...[
        'Age',
        'Date',
        'Expires',
        'Vary',
        'Retry-After',
        'Range',
        'If-Match',
        'If-None-Match',
        'Max-Forwards',
        'Expect',
      ],
      ...['Content-Encoding', 'Content-Range', 'Content-Type', 'Host', 'Transfer-Encoding', 'Pragma'],
    ]
    const options = { cookies: false, location: false } as const
    const route = proxy('ANY /p/*path', rest('open', { url: backend.url, breaker: false }), options)
    const open = await harness({ routes: { route } })
    backend.answer = (line) =>
      line.say(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${forbidden
          .map((name) => `${name}: 1\r\n`)
          .join('')}ETag: "e"\r\nContent-Digest: x\r\nServer-Timing: x\r\n\r\n`,
      )
    const asking = await line(open.url)
    asking.say(asks('GET /p/x'))
    const heard = await asking.hears(/\r\n0\r\n(.+\r\n)*\r\n$/)
    asking.hangUp()
    expect(heard.slice(heard.indexOf('\r\n0\r\n') + 5)).toBe(
      'ETag: "e"\r\nContent-Digest: x\r\nServer-Timing: x\r\n\r\n',
    )
    await open.close()
  })

  test('that announces trailers which cannot come does not', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: X-Sum\r\n\r\nok'
    const [, heard] = await exchange(asks('GET /p/x'), answer, /ok$/)
    expect(heard).toBe(OK)
  })

  test('comes after others that only inform, of which a client of HTTP/1.0 hears nothing', async () => {
    const hints =
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nContent-Length: 5\r\n\r\n'
    const [, heard] = await exchange(asks('GET /p/x'), hints + OK, /ok$/)
    expect(heard).toBe(hints.replace('Content-Length: 5\r\n', '') + OK)
    expect(await isReusable()).toBe(true)
    const [, old] = await exchange(asks('GET /p/x').replace('HTTP/1.1', 'HTTP/1.0'), hints + OK, /ok$/)
    expect(old).toBe(OK)
  })

  test('to a client of HTTP/1.0 has no chunks, and ends with its connection', async () => {
    const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n`
    const [, heard] = await exchange(asks('GET /p/x').replace('HTTP/1.1', 'HTTP/1.0'), answer, /abc$/)
    expect(heard).toBe('HTTP/1.1 200 OK\r\n\r\nabc')
    expect((await client.closed()).endsWith('abc')).toBe(true)
    expect(client.error).toBeUndefined()
  })
})
