import { expect, test } from '@jest/globals'
import { nobody } from '../../../integration/support/raw-backend.ts'
import { until } from '../../../integration/support/until.ts'
import { rejectionOf } from '../../support/failure.ts'
import { bench, type Way } from './bench.ts'
import { selfSigned } from './certificate.ts'
import { httpServer, httpsServer, settled, tcpServer } from './servers.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const certificate = selfSigned()

/** What can go wrong with a backend. */
export function failures(way: Way): void {
  const { serve, ask, open, send, failing, saying } = bench(way)

  test.each([
    ['greets in another protocol', '220 ready\r\n', 'backend-malformed'],
    ['sends noise', '\0\x01\x02\xff\xfe\r\n\r\n', 'backend-malformed'],
    ['has a header without a colon', `${HEAD}X-A\r\n\r\n`, 'backend-malformed'],
    ['has a head without end', `${HEAD}X-A: ${'a'.repeat(100_000)}`, 'backend-malformed'],
    ['announces two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`, 'backend-malformed'],
    ['announces a length that is none', `${HEAD}Content-Length: x\r\n\r\nabc`, 'backend-malformed'],
    ['counts its chunks wrong', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 'backend-malformed'],
    ['hangs up at once', '', 'backend-unreachable'],
    ['hangs up in the head', `${HEAD}X-A: a\r\n`, 'backend-unreachable'],
    ['says less than it announced', `${HEAD}Content-Length: 9\r\n\r\nabc`, 'backend-unreachable'],
    ['hangs up between chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, 'backend-unreachable'],
  ])('%s', async (_, text, code) => {
    const error = await rejectionOf(ask(await saying(text)))
    expect(error.code).toBe(code)
    // The log has what the library said.
    expect(error.cause).toMatchObject({ message: expect.stringMatching(/./) })
  })

  test('says more than it announced is not believed, and what is too much answers nobody', async () => {
    const transport = open(await saying(`${HEAD}Content-Length: 2\r\n\r\nab${HEAD}Content-Length: 4\r\n\r\nevil`))
    const heard = async () =>
      send(transport).then(
        ({ body }) => body.toString(),
        ({ code }) => code,
      )
    for (let nth = 0; nth < 3; nth++) {
      expect(['ab', 'backend-malformed', 'backend-unreachable']).toContain(await heard())
      await settled()
    }
  })

  test('resets the connection before the head is unreachable', async () => {
    const { url } = await serve(tcpServer((socket) => socket.resetAndDestroy()))
    expect(await failing(url)).toBe('backend-unreachable')
  })

  test('resets the connection in the body is unreachable', async () => {
    const answer = `${HEAD}Content-Length: 9\r\n\r\nabc`
    const { url } = await serve(tcpServer((socket) => socket.write(answer, () => socket.resetAndDestroy())))
    expect(await rejectionOf(ask(url))).toMatchObject({ code: 'backend-unreachable', isUnsent: false })
  })

  test('is not there is unreachable, and has been sent nothing', async () => {
    const unsent = { code: 'backend-unreachable', isUnsent: true }
    expect(await rejectionOf(ask(await nobody()))).toMatchObject(unsent)
    expect(await rejectionOf(ask('http://no-such-host.invalid'))).toMatchObject(unsent)
  })

  test('speaks no TLS is unreachable', async () => {
    const { url } = await serve(tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'https'))
    expect(await failing(url)).toBe('backend-unreachable')
  })

  const withOpenssl = certificate ? test : test.skip
  withOpenssl('has a certificate that nobody knows is unreachable, and is told nothing', async () => {
    let asked = 0
    const { url } = await serve(
      httpsServer(certificate ?? { key: '', cert: '' }, (_, response) => {
        asked++
        response.end()
      }),
    )
    const error = await rejectionOf(ask(url))
    expect([error.code, asked]).toEqual(['backend-unreachable', 0])
    expect(error.message).toMatch(/^self-signed certificate/)
  })

  test.each([
    ['announced', { 'content-length': '100000' }],
    ['in chunks', {}],
  ])('says more than is taken, %s, is cut off', async (_, headers) => {
    const server = await serve(
      httpServer((_, response) => {
        response.writeHead(200, headers).write('x'.repeat(1_001))
      }),
    )
    const error = await rejectionOf(ask(server.url, { options: { maxBytes: 1_000 } }))
    expect([error.code, error.message]).toEqual(['backend-malformed', 'the answer is larger than 1000 bytes'])
    await until('the connection is closed', () => server.connections.open === 0)
  })

  test('has closed the connection since is asked over another one', async () => {
    const server = await serve(
      tcpServer((socket) => socket.end(`${HEAD}Content-Length: 4\r\nConnection: keep-alive\r\n\r\nsaid`)),
    )
    const transport = open(server.url)
    expect((await send(transport)).status).toBe(200)
    await until('the connection is closed', () => server.connections.open === 0)
    expect((await send(transport)).status).toBe(200)
    expect(server.connections.made).toBe(2)
  })

  test('closes the connection as the next request arrives is unreachable, and can be asked again', async () => {
    const server = await serve(
      tcpServer((socket, piece) => {
        if (piece === 1) socket.write(`${HEAD}Content-Length: 4\r\n\r\nsaid`)
        else socket.destroy()
      }),
    )
    const transport = open(server.url)
    expect((await send(transport)).status).toBe(200)
    await settled()
    const write = { method: 'POST', body: 'a', headers: ['content-type', 'text/plain'] }
    expect((await rejectionOf(send(transport, write))).code).toBe('backend-unreachable')
    expect(server.connections.made).toBe(1)
    expect((await send(transport)).status).toBe(200)
  })

  test('has failed once can be asked again', async () => {
    let isDown = true
    const { url } = await serve(
      httpServer(({ socket }, response) => (isDown ? socket.destroy() : response.end('said'))),
    )
    const transport = open(url)
    expect((await rejectionOf(send(transport))).code).toBe('backend-unreachable')
    isDown = false
    expect((await send(transport)).body.toString()).toBe('said')
  })
}
