import { expect, test } from '@jest/globals'
import { bench, type Way } from './bench.ts'
import { httpServer, settled, tcpServer } from './servers.ts'

/** Answers that are whole. */
export function answers(way: Way): void {
  const { serve, ask, open, send, saying } = bench(way)

  test('has its status, its type, its headers in lower case and its bytes', async () => {
    const body = Buffer.from([0, 255, 0xef, 0xbb, 0xbf, 13, 10, 128])
    const { url } = await serve(
      httpServer((_, response) => response.writeHead(201, { 'Content-Type': 'a/b;c=d', 'X-Thing': 'One' }).end(body)),
    )
    const answer = await ask(url)
    expect(answer).toMatchObject({ status: 201, contentType: 'a/b;c=d', headers: { 'x-thing': 'One' } })
    expect(Object.keys(answer.headers ?? {}).filter((name) => name !== name.toLowerCase())).toEqual([])
    expect(Buffer.isBuffer(answer.body)).toBe(true)
    expect([...answer.body]).toEqual([...body])
  })

  test('that is JSON with a byte order mark and space around it is left as it is', async () => {
    const text = '\ufeff {"a":1}\n '
    const { url } = await serve(
      httpServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text)),
    )
    expect((await ask(url)).body.toString()).toBe(text)
  })

  test.each([200, 202, 299, 301, 302, 307, 400, 401, 404, 429, 500, 503, 599])(
    'of status %i is one',
    async (status) => {
      let asked = 0
      const { url } = await serve(
        httpServer((_, response) => {
          asked++
          response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end('said')
        }),
      )
      const answer = await ask(url)
      expect([answer.status, answer.headers?.['retry-after'], answer.body.toString()]).toEqual([status, '7', 'said'])
      expect(asked).toBe(1)
    },
  )

  test.each([
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: "a"\r\n\r\n'],
    ['200 to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['200 of no length', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('without a body has an empty one: %s', async (status, method, text) => {
    const answer = await ask(await saying(text), { method })
    expect([answer.status, answer.body.length]).toEqual([Number.parseInt(status, 10), 0])
    expect(answer.contentType).toBeUndefined()
  })

  test.each([
    ['HTTP/1.0, up to the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nsaid'],
    ['of no announced length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsaid'],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nsa\r\n2;x=y\r\nid\r\n0\r\nX-Trailer: a\r\n\r\n',
    ],
    [
      'after 103 Early Hints',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsaid',
    ],
    [
      'after two 102 Processing',
      `${'HTTP/1.1 102 Processing\r\nX-Early: 1\r\n\r\n'.repeat(2)}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsaid`,
    ],
  ])('is whole: %s', async (_, text) => {
    const answer = await ask(await saying(text))
    expect([answer.status, answer.body.toString()]).toEqual([200, 'said'])
    expect(answer.headers).not.toHaveProperty('link')
    expect(answer.headers).not.toHaveProperty('x-early')
  })

  test('that comes byte by byte is whole', async () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsaid'
    const { url } = await serve(
      tcpServer(async (socket) => {
        socket.setNoDelay(true)
        for (const byte of text) {
          socket.write(byte)
          await new Promise((resolve) => setImmediate(resolve))
        }
      }),
    )
    expect((await ask(url)).body.toString()).toBe('said')
  })

  test('has every cookie, and every value of a header that comes more than once', async () => {
    const fields = 'Set-Cookie: a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT\r\nX-List: a\r\nset-cookie: b=2\r\nx-list: b'
    const { headers = {} } = await ask(await saying(`HTTP/1.1 200 OK\r\n${fields}\r\nContent-Length: 0\r\n\r\n`))
    expect(headers['set-cookie']).toEqual(['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT', 'b=2'])
    // As a list or as one value, which mean the same (RFC 9110, section 5.3).
    expect([headers['x-list']].flat().join(', ')).toBe('a, b')
  })

  test('may have values of all that a header can carry', async () => {
    const text = Buffer.from('HTTP/1.1 200 OK\r\nX-A:  caf\xe9\t"b"\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n', 'latin1')
    expect((await ask(await saying(text))).headers).toMatchObject({ 'x-a': 'caf\xe9\t"b"', 'x-empty': '' })
  })

  test('may have headers with the names of what objects have', async () => {
    const text = 'HTTP/1.1 200 OK\r\n__proto__: a\r\nConstructor: b\r\nhasOwnProperty: c\r\nContent-Length: 1\r\n\r\nx'
    const { headers = {}, body } = await ask(await saying(text))
    expect([headers.constructor, headers.hasownproperty, body.toString()]).toEqual(['b', 'c', 'x'])
    expect(Object.prototype).not.toHaveProperty('hasownproperty')
  })

  test('that is large is whole', async () => {
    const large = Buffer.alloc(5_000_000, 'facet-')
    const { url } = await serve(httpServer((_, response) => response.end(large)))
    expect((await ask(url)).body.equals(large)).toBe(true)
  })

  test('may be just as large as is taken', async () => {
    const { url } = await serve(httpServer((_, response) => response.end('x'.repeat(1_000))))
    expect((await ask(url, { options: { maxBytes: 1_000 } })).body).toHaveLength(1_000)
  })

  test('goes to whom it is for, of many at once', async () => {
    const { url } = await serve(
      httpServer(({ url }, response) => setTimeout(() => response.end(url), Number(url?.slice(1)) % 7)),
    )
    const transport = open(url)
    const paths = Array.from({ length: 60 }, (_, at) => `/${at}`)
    const said = await Promise.all(paths.map((path) => send(transport, { path })))
    expect(said.map(({ body }) => body.toString())).toEqual(paths)
  })

  test('leaves the connection for the next request', async () => {
    const { url, connections } = await serve(httpServer((_, response) => response.end('said')))
    const transport = open(url)
    for (let nth = 0; nth < 5; nth++) {
      expect((await send(transport)).status).toBe(200)
      await settled()
    }
    expect(connections.made).toBe(1)
  })
}
