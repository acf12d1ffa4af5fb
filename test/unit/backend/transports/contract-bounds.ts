import { expect, test } from '@jest/globals'
import { until } from '../../../integration/support/until.ts'
import { rejectionOf } from '../../support/failure.ts'
import { bench, type Way } from './bench.ts'
import { httpServer, type Served, tcpServer } from './servers.ts'

/** Where in a call it may be that its time is over, or nobody wants the answer any more. */
const PLACES: readonly (readonly [where: string, backend: () => Promise<Served>])[] = [
  ['while it connects', () => tcpServer(() => {}, 'https')],
  ['before the head', () => httpServer(() => {})],
  ['in the head', () => tcpServer((socket) => socket.write('HTTP/1.1 200 OK\r\nX-A: '))],
  ['after an early head', () => tcpServer((socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'))],
  ['in the body', () => tcpServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'))],
  ['in a body that trickles', () => httpServer((_, response) => trickle(response))],
]

function trickle(response: { write(text: string): void; on(event: 'close', then: () => void): void }): void {
  const timer = setInterval(() => response.write('x'), 5)
  response.on('close', () => clearInterval(timer))
}

/** What ends an attempt before the backend does. */
export function bounds(way: Way): void {
  const self = bench(way)
  const { said, serve, ask, open, send } = self
  const asked = (server: Served) => until('the backend is asked', () => server.connections.made > 0)
  const left = (server: Served) => until('the connection is closed', () => server.connections.open === 0)

  test.each(PLACES)('whose timeout is over %s is a timeout, and its connection is closed', async (where, backend) => {
    const server = await serve(backend())
    const started = performance.now()
    const error = await rejectionOf(ask(server.url, { timeout: 80 }))
    expect(error.code).toBe('backend-timeout')
    expect(performance.now() - started).toBeGreaterThanOrEqual(80)
    expect(performance.now() - started).toBeLessThan(1_000)
    // While it connects, a pool lets go of the socket only when it is closed itself.
    if (where !== 'while it connects') await left(server)
  })

  test.each(PLACES)('whose deadline is over %s ends with it', async (_, backend) => {
    const server = await serve(backend())
    said({ deadline: performance.now() + 60 })
    expect((await rejectionOf(ask(server.url))).code).toBe('deadline')
  })

  test('after the deadline does not begin', async () => {
    const server = await serve(httpServer(() => {}))
    said({ deadline: performance.now() - 1 })
    expect((await rejectionOf(ask(server.url))).code).toBe('deadline')
  })

  test.each(PLACES)('that is cancelled %s ends with the reason, at once', async (where, backend) => {
    const server = await serve(backend())
    const reason = new Error('nobody is left')
    const settled = ask(server.url).catch((error: unknown) => error)
    await asked(server)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(self.context.token.waiting).toBe(1)
    self.context.token.cancel(reason)
    expect(await settled).toBe(reason)
    if (where !== 'while it connects') await left(server)
  })

  test('that was cancelled before does not begin', async () => {
    const server = await serve(httpServer((_, response) => response.end()))
    const reason = new Error('nobody is left')
    self.context.token.cancel(reason)
    expect(await ask(server.url).catch((error: unknown) => error)).toBe(reason)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.connections.made).toBe(0)
  })

  test('leaves the others alone when it ends', async () => {
    const server = await serve(httpServer(({ url }, response) => (url === '/hang' ? undefined : response.end('said'))))
    const transport = open(server.url)
    const hanging = rejectionOf(send(transport, { path: '/hang', timeout: 60 }))
    const others = await Promise.all(Array.from({ length: 10 }, () => send(transport)))
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    expect((await hanging).code).toBe('backend-timeout')
    expect((await send(transport)).status).toBe(200)
  })

  test('ends when the app does, and none begins after that', async () => {
    const server = await serve(httpServer(() => {}))
    const transport = open(server.url)
    const ended = rejectionOf(send(transport))
    await asked(server)
    await transport.close()
    expect((await ended).code).toBe('backend-unreachable')
    await left(server)
    expect((await rejectionOf(send(transport))).code).toBe('backend-unreachable')
    expect(server.connections.made).toBe(1)
  })
}
