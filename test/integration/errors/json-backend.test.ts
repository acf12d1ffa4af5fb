import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, type ScriptedReply, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem, SECRET } from '../support/problems.ts'
import { nobody, type RawBackend, rawBackend } from '../support/raw-backend.ts'
import { head, wire } from '../support/wire.ts'

const OK: ScriptedReply = { json: { name: 'a' } }
const output = z.object({ name: z.string() })

let backend: ScriptedBackend
let facet: Harness
const raw: RawBackend[] = []
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /thing': OK })
  raw.push(
    await rawBackend((socket) => socket.write(`220 ${SECRET} ESMTP ready\r\n`)),
    await rawBackend((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"name":"${SECRET}`)),
    await rawBackend((socket) => socket.write(`HTTP/1.1 200 OK\r\nX-Leak: ${SECRET}\r\nX-H`)),
    await rawBackend((socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"name":"${SECRET}"}`)),
    await rawBackend((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')),
    await rawBackend((socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Leak: ${SECRET.repeat(2_000)}\r\n\r\n`)),
    await rawBackend((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{"name":"a"}\r\n'),
    ),
  )
  const reach = (name: string, url: string) => {
    const call = rest(name, { url, timeout: '150ms', maxBytes: 1_000 }).get('/thing', { output })
    return endpoint(`GET /${name}`).source('thing', call, () => ({}))
  }
  facet = await harness({
    routes: {
      thing: reach('thing', backend.url),
      nobody: reach('nobody', await nobody()),
      unknownHost: reach('unknownHost', 'http://no-such-host.invalid'),
      greeting: reach('greeting', raw[0]?.url ?? ''),
      stalled: reach('stalled', raw[1]?.url ?? ''),
      halfHead: reach('halfHead', raw[2]?.url ?? ''),
      tooLong: reach('tooLong', raw[3]?.url ?? ''),
      badChunk: reach('badChunk', raw[4]?.url ?? ''),
      hugeHead: reach('hugeHead', raw[5]?.url ?? ''),
      noEnd: reach('noEnd', raw[6]?.url ?? ''),
      hello: endpoint('GET /hello'),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
  for (const one of raw) await one.close()
})

describe('a JSON backend that', () => {
  test.each([
    ['is slow', { ...OK, delay: 400 }, 'backend-timeout'],
    ['never answers', { hang: true }, 'backend-timeout'],
    ['answers 500', { status: 500, body: SECRET }, 'backend-status'],
    ['answers 503', { status: 503, json: { error: SECRET } }, 'backend-status'],
    ['answers 429', { status: 429, headers: { 'retry-after': SECRET } }, 'backend-status'],
    ['answers 400', { status: 400, json: { error: SECRET } }, 'backend-status'],
    ['answers 401', { status: 401, headers: { 'www-authenticate': SECRET } }, 'backend-status'],
    ['answers 404', { status: 404, json: { error: SECRET } }, 'resource-unknown'],
    ['sends elsewhere', { status: 302, headers: { location: `http://${SECRET}/` } }, 'backend-status'],
    ['says that nothing has changed', { status: 304, headers: { etag: `"${SECRET}"` } }, 'backend-status'],
    ['sends garbage', { body: Buffer.from([0, 255, 254, 60, 123, 128]) }, 'backend-malformed'],
    ['sends a web page', { body: `<h1>${SECRET}</h1>`, headers: { 'content-type': 'text/html' } }, 'backend-malformed'],
    ['sends a web page as JSON', { body: `<!doctype html>${SECRET}` }, 'backend-malformed'],
    ['sends half a document', { body: `{"name":"${SECRET}` }, 'backend-malformed'],
    ['sends a document and more', { body: `{"name":"a"}${SECRET}` }, 'backend-malformed'],
    ['sends more than is taken', { json: { name: SECRET.repeat(100) } }, 'backend-malformed'],
    ['sends nothing', { body: '' }, 'backend-shape'],
    ['sends nothing, with 204', { status: 204 }, 'backend-shape'],
    ['sends another shape', { json: { name: [SECRET] } }, 'backend-shape'],
    ['sends null', { json: null }, 'backend-shape'],
    ['resets the connection', { reset: true }, 'backend-unreachable'],
    ['breaks off', { json: { name: SECRET }, cutAfter: 12 }, 'backend-unreachable'],
  ] as const satisfies [string, ScriptedReply, string][])(
    '%s is a problem, and the next request none',
    async (_, reply, code) => {
      const connection = await wire(facet.url)
      backend.on('GET /thing', reply)
      connection.write(head('/thing'))
      expectProblem(await connection.reply(), code, 'thing')
      backend.on('GET /thing', OK)
      connection.write(head('/thing'))
      expect(await connection.reply()).toMatchObject({ status: 200, text: '{"thing":{"name":"a"}}' })
      connection.hangUp()
    },
  )

  test.each([
    ['is down', '/nobody', 'backend-unreachable'],
    ['has a name that nobody knows', '/unknownHost', 'backend-unreachable'],
    ['speaks another protocol', '/greeting', 'backend-malformed'],
    ['stops in the middle of its body', '/stalled', 'backend-timeout'],
    ['stops in the middle of its head', '/halfHead', 'backend-timeout'],
    ['says more than it announced', '/tooLong', 'backend-malformed'],
    ['counts its chunks wrong', '/badChunk', 'backend-malformed'],
    ['has a head without end', '/hugeHead', 'backend-malformed'],
    ['leaves before its last chunk, although what came is a document', '/noEnd', 'backend-unreachable'],
  ] as const)('%s is a problem, told in time', async (_, path, code) => {
    const started = performance.now()
    expectProblem(await facet.get(path), code, 'thing')
    expect(performance.now() - started).toBeLessThan(2_500)
    expect((await facet.get('/hello')).status).toBe(200)
  })

  test('takes too long is told when its time is over, not when it answers', async () => {
    backend.on('GET /thing', { ...OK, delay: 3_000 })
    const started = performance.now()
    expectProblem(await facet.get('/thing'), 'backend-timeout', 'thing')
    expect(performance.now() - started).toBeGreaterThan(140)
    expect(performance.now() - started).toBeLessThan(1_500)
  })
})
