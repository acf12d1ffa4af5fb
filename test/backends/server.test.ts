import { execFile } from 'node:child_process'
import { createConnection } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, expect, test } from '@jest/globals'
import { json, type MockBackend, type MockOptions, startMock } from './index.ts'
import { rawRequest } from './raw-request.ts'

const execute = promisify(execFile)
const running: MockBackend[] = []
afterEach(() => Promise.all(running.splice(0).map((mock) => mock.close())))

async function start(options: Partial<MockOptions> = {}): Promise<MockBackend> {
  const handler: MockOptions['handler'] = ({ method }, body) => json(200, { method, body })
  const mock = await startMock({ name: 'echo', handler, ...options })
  running.push(mock)
  return mock
}

test('listens on a free port, and says where', async () => {
  const mock = await start()
  expect(mock.name).toBe('echo')
  expect(mock.port).toBeGreaterThan(0)
  expect(mock.url).toBe(`http://127.0.0.1:${mock.port}`)
  const response = await fetch(mock.url, { method: 'POST', body: 'Ł' })
  expect(response.headers.get('keep-alive')).toBe('timeout=60')
  expect(await response.json()).toEqual({ method: 'POST', body: 'Ł' })
})

test('a backend on all addresses is reached at 127.0.0.1', async () => {
  const mock = await start({ host: '0.0.0.0' })
  expect(mock.url).toBe(`http://127.0.0.1:${mock.port}`)
  expect((await fetch(mock.url)).status).toBe(200)
})

test('a taken port rejects with a clear message', async () => {
  const { port } = await start()
  await expect(start({ name: 'crm', port })).rejects.toThrow(`crm: port ${port} is already in use`)
})

test('an address that is not ours rejects, too', async () => {
  await expect(start({ name: 'crm', host: '192.0.2.1' })).rejects.toThrow(/^crm: .*EADDRNOTAVAIL/)
})

test('close cuts open connections, frees the port, and may be called twice', async () => {
  const mock = await start({ faults: { latencyMs: 60_000 } })
  const pending = expect(fetch(mock.url)).rejects.toThrow()
  while (mock.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await Promise.all([mock.close(), mock.close()])
  await pending
  await expect(start({ port: mock.port })).resolves.toMatchObject({ port: mock.port })
})

test('an answer that nobody waits for any more keeps no process alive', async () => {
  const script = `
    const { startMock, json } = await import(${JSON.stringify(new URL('index.ts', import.meta.url))})
    const mock = await startMock({ name: 'late', handler: () => json(200, 1), faults: { latencyMs: 60_000 } })
    await fetch(mock.url, { signal: AbortSignal.timeout(100) }).catch(() => console.log('left'))
    await mock.close()`
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 })
  expect(stdout).toBe('left\n')
})

test('health answers', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/_health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'ok' })
  const posted = await fetch(`${url}/_health`, { method: 'POST' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('the log keeps what came, in order, without the routes of the mock itself', async () => {
  const mock = await start()
  await fetch(`${mock.url}/a?b=c`, { headers: { 'x-trace': '7' } })
  await fetch(`${mock.url}/d`, { method: 'PUT', body: 'text' })
  await fetch(`${mock.url}/_health`)
  expect(mock.requests).toHaveLength(2)
  expect(mock.requests[0]).toMatchObject({ method: 'GET', url: '/a?b=c', headers: { 'x-trace': '7' }, body: '' })
  expect(mock.requests[1]).toMatchObject({ method: 'PUT', url: '/d', body: 'text' })
  expect(await (await fetch(`${mock.url}/_requests`)).json()).toEqual(mock.requests)
})

test('the log holds the newest 1000', async () => {
  const mock = await start()
  for (let batch = 0; batch < 1010; batch += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, nth) => fetch(`${mock.url}/${batch + nth}`)))
  }
  expect(mock.requests).toHaveLength(1000)
  expect(mock.requests.some(({ url }) => url === '/0')).toBe(false)
  expect(mock.requests.some(({ url }) => url === '/1009')).toBe(true)
})

test('a body of 1 MB is read, a larger one gets 413 and is not logged', async () => {
  const mock = await start({ handler: (_, body) => json(200, body.length) })
  const largest = await fetch(mock.url, { method: 'POST', body: 'x'.repeat(1_048_576) })
  expect(await largest.json()).toBe(1_048_576)
  const larger = await fetch(mock.url, { method: 'POST', body: 'x'.repeat(1_048_577) })
  expect(larger.status).toBe(413)
  const stream = new Blob(['x'.repeat(3_000_000)]).stream()
  const chunked = await fetch(mock.url, { method: 'POST', body: stream, duplex: 'half' })
  expect(chunked.status).toBe(413)
  expect(mock.requests).toHaveLength(1)
})

test('a body is decoded as its media type says, or else as its XML declaration says', async () => {
  const mock = await start()
  const declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>'
  const sent: [string, string, Buffer<ArrayBuffer>][] = [
    ['text/xml; charset="ISO-8859-1"', 'ü', Buffer.from('ü', 'latin1')],
    ['text/xml', `${declaration}ü`, Buffer.from(`${declaration}ü`, 'latin1')],
    ['text/xml; charset=utf-8', `${declaration}ü`, Buffer.from(`${declaration}ü`)],
    ['text/xml', 'ü', Buffer.from('ü')],
  ]
  for (const [type, text, body] of sent) {
    await fetch(mock.url, { method: 'POST', headers: { 'content-type': type }, body })
    expect([type, mock.requests.at(-1)?.body]).toEqual([type, text])
  }
})

test('a handler that throws is answered with 500, and the backend lives on', async () => {
  const mock = await start({
    handler: () => {
      throw new Error('a bug')
    },
  })
  for (const _ of [1, 2]) {
    const response = await fetch(mock.url)
    expect([response.status, await response.json()]).toEqual([500, { error: 'echo: a bug' }])
  }
})

test('a client that leaves in the middle of its body does no harm', async () => {
  const mock = await start()
  const socket = createConnection(mock.port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc', () => socket.resetAndDestroy())
  })
  await new Promise((resolve) => socket.on('close', resolve))
  expect((await fetch(mock.url)).status).toBe(200)
  expect(mock.requests.map(({ method }) => method)).toEqual(['GET'])
})

test('what is answered is one plain HTTP message', async () => {
  const mock = await start({ handler: () => json(200, 'ü') })
  const { head, body } = await rawRequest(mock.port)
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(head).toContain('\r\ncontent-length: 4\r\n')
  expect(body).toEqual(Buffer.from('"ü"'))
})
