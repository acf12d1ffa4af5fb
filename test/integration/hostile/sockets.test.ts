import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import express from 'express'
import { client, endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { type RawBackend, rawBackend } from '../support/raw-backend.ts'
import { head, say, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let dripping: RawBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /slow': { json: 'slow', delay: 80 }, 'GET /fast': { json: 'fast' } })
  dripping = await rawBackend((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst '))
  const api = rest('api', { url: backend.url })
  const call = (path: `/${string}`) => api.get(path, { output: z.string() })
  facet = await harness({
    clients: [client('web', { default: true }), client('tablet', { host: 'tablet.test', format: 'xml' })],
    routes: {
      slow: endpoint('GET /slow').source('said', call('/slow'), () => ({})),
      fast: endpoint('GET /fast').source('said', call('/fast'), () => ({})),
      post: endpoint('POST /post', { body: z.object({}) }),
      proxied: proxy('ANY /proxied/*path', api),
      dripping: proxy('GET /dripping/*path', rest('dripping', { url: dripping.url })),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await dripping.close()
  await backend.close()
})

describe('on one connection', () => {
  test('requests that do not wait for each other are answered in their order', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/slow') + head('/fast') + head('/nothing') + head('/fast', { 'X-Client': 'tablet' }))
    expect((await connection.reply()).text).toBe('{"said":"slow"}')
    expect((await connection.reply()).text).toBe('{"said":"fast"}')
    expectProblem(await connection.reply(), 'route-unknown')
    expect((await connection.reply()).text).toContain('<said>fast</said>')
    connection.hangUp()
  })

  test('a body that nobody reads is not the next request', async () => {
    const connection = await wire(facet.url)
    const hidden = head('/nothing')
    connection.write(head('/fast', { 'Content-Length': String(hidden.length) }) + hidden + head('/slow'))
    expect((await connection.reply()).text).toBe('{"said":"fast"}')
    expect((await connection.reply()).text).toBe('{"said":"slow"}')
    connection.hangUp()
  })

  test('a request that comes a byte at a time is a request', async () => {
    const connection = await wire(facet.url)
    for (const byte of head('/fast')) {
      connection.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await connection.reply()).text).toBe('{"said":"fast"}')
    connection.hangUp()
  })

  test('nonsense behind half an answer does not become a part of it', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/dripping/x'))
    while (dripping.asked === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 30))
    connection.write('nonsense\r\n\r\n')
    const received = await connection.ended
    expect(received).toMatch(/\r\n\r\nfirst $/)
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })
})

describe('a target', () => {
  test.each([
    ['http://facet.test/fast', '{"said":"fast"}'],
    ['HTTP://FACET.TEST:80/fast?a=b', '{"said":"fast"}'],
    ['http://user@other.test/fast', '{"said":"fast"}'],
  ])('in absolute form is a target: %s', async (target, text) => {
    expect(await say(facet.url, head(target))).toMatchObject({ status: 200, text })
  })

  test('in absolute form is passed on as a path', async () => {
    await say(facet.url, head('http://evil.test/proxied/a/b?c'))
    expect(backend.requests.at(-1)?.url).toBe('/a/b?c')
    expect(backend.requests.at(-1)?.headers.host).toBe(new URL(backend.url).host)
  })

  test.each([
    ['http://facet.test/proxied/../fast', 400],
    ['http://facet.test', 404],
    ['http://facet.test?x', 404],
    ['ftp://facet.test/fast', 404],
    ['//facet.test/fast', 404],
    ['/fast/', 200],
    ['//fast', 404],
    ['/proxied/http://evil.test/', 404],
  ])('%s is %i', async (target, status) => {
    expect((await say(facet.url, head(target))).status).toBe(status)
  })

  test('* of OPTIONS asks of the whole server', async () => {
    const reply = await say(facet.url, head('*', {}, 'OPTIONS'))
    expect([reply.status, reply.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'])
  })

  test.each(['GET', 'POST'])('* of %s is nothing that is here', async (method) => {
    expectProblem(await say(facet.url, head('*', {}, method)), 'route-unknown')
  })

  test.each(['evil.test:443', '/fast'])('of CONNECT is refused, and ends the connection: %s', async (target) => {
    const connection = await wire(facet.url)
    connection.write(head(target, {}, 'CONNECT'))
    const reply = await connection.reply()
    expectProblem(reply, 'method-unknown')
    expect(reply.headers.get('allow')).toContain('GET')
    expect(await connection.ended).toBe('')
  })

  test('of CONNECT behind a request that is not answered yet ends them both', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/slow') + head('evil.test:443', {}, 'CONNECT'))
    expect(await connection.ended).toBe('')
  })
})

describe('a request', () => {
  test('of HTTP/1.0 is answered, and the connection ends', async () => {
    const connection = await wire(facet.url)
    connection.write('GET /fast HTTP/1.0\r\n\r\n')
    expect((await connection.reply()).text).toBe('{"said":"fast"}')
    expect(await connection.ended).toBe('')
  })

  test('of HTTP/1.0 through a proxy route gets no chunks', async () => {
    const reply = await say(facet.url, 'GET /proxied/fast HTTP/1.0\r\nConnection: close\r\n\r\n')
    expect([reply.status, reply.text, reply.headers.get('transfer-encoding')]).toEqual([200, '"fast"', null])
  })

  test.each(['', ' ', 'tablet.test.evil', 'a,tablet.test', '[::1]', 'x'.repeat(5_000)])(
    'for the host %j is for no client in particular',
    async (host) => {
      const reply = await say(facet.url, head('/fast', { Host: host }))
      expect(reply).toMatchObject({ status: 200, text: '{"said":"fast"}' })
    },
  )

  test('that would like another protocol is answered in this one; for a WebSocket an endpoint has no answer', async () => {
    const upgrade = { Connection: 'Upgrade', 'Sec-WebSocket-Key': 'x', 'Sec-WebSocket-Version': '13' }
    for (const protocol of ['h2c', 'TLS/1.0', 'chess/1']) {
      for (const target of ['/fast', '/proxied/fast'])
        expect((await say(facet.url, head(target, { ...upgrade, Upgrade: protocol }))).status).toBe(200)
    }
    // What is passed on is answered by the backend, as it likes.
    expect((await say(facet.url, head('/proxied/fast', { ...upgrade, Upgrade: 'websocket' }))).status).toBe(200)
    expectProblem(await say(facet.url, head('/fast', { ...upgrade, Upgrade: 'websocket' })), 'input-invalid')
  })

  test('that wants to be told to go on is told', async () => {
    const connection = await wire(facet.url)
    const headers = { Expect: '100-continue', 'Content-Type': 'application/json', 'Content-Length': '2' }
    connection.write(head('/post', headers, 'POST'))
    expect((await connection.reply()).status).toBe(100)
    connection.write('{}')
    expect((await connection.reply()).status).toBe(200)
    connection.hangUp()
  })

  test('that wants to be told to go on is told so too where a route was added to the app itself', async () => {
    const more = await harness({ routes: {} })
    more.app.post('/own', express.json(), (request, response) => void response.json(request.body))
    const connection = await wire(more.url)
    const headers = { Expect: '100-continue', 'Content-Type': 'application/json', 'Content-Length': '2' }
    connection.write(head('/own', headers, 'POST'))
    expect((await connection.reply()).status).toBe(100)
    connection.write('{}')
    expect((await connection.reply()).text).toBe('{}')
    connection.hangUp()
    await more.close()
  })

  test.each([
    ['the middle of its line', 'GET /fa'],
    ['the middle of its head', 'GET /fast HTTP/1.1\r\nHost: a\r\nX-'],
    ['nothing', ''],
  ])('that ends in %s leaves nothing behind', async (_, text) => {
    const seen = timeline()
    const connection = await wire(facet.url)
    if (text !== '') connection.write(text)
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.hangUp()
    expect((await facet.get('/fast')).status).toBe(200)
    await seen.ended(1)
    seen.close()
    expect(seen.requests.filter(({ status }) => status >= 500)).toEqual([])
  })
})
