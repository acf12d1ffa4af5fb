import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import express from 'express'
import { proxy, rest } from 'facet'
import { harness, timeline } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { controlled, nothingLeft } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { head, say, wire } from '../support/wire.ts'
import { transforming } from './transforming.ts'

const { backend, facet } = await transforming(
  (legacy) => ({ json: proxy('ANY /json/*path', legacy, { as: 'json' }) }),
  {
    timeout: '400ms',
  },
)

describe('responses without a body', () => {
  test('HEAD has the fields of GET, without the length that nobody knows', async () => {
    backend.answer((_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': '500', ETag: '"s"' }).end(),
    )
    const reply = await facet.request('/json/x', { method: 'HEAD' })
    const { headers } = reply
    expect([reply.status, headers.get('content-type'), headers.get('etag')]).toEqual([200, 'application/json', 'W/"s"'])
    expect(headers.get('content-length')).toBeNull()
    backend.answer((_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': '500' }).end(),
    )
    expect((await facet.request('/json/x', { method: 'HEAD' })).headers.get('content-length')).toBe('500')
  })

  test('204 and 304 have none, and the tag of a 304 is that of what was changed', async () => {
    backend.answer((_, response) => response.writeHead(204, { 'Content-Type': 'text/xml' }).end())
    expect(await facet.get('/json/x')).toMatchObject({ status: 204, text: '' })
    backend.answer(({ headers }, response) =>
      response.writeHead(304, { ETag: '"s"', 'X-Asked': headers['if-none-match'] }).end(),
    )
    const reply = await facet.get('/json/x', { 'If-None-Match': 'W/"s"' })
    expect([reply.status, reply.headers.get('etag'), reply.headers.get('x-asked')]).toEqual([304, 'W/"s"', 'W/"s"'])
  })

  test('no piece is asked for, and one that comes is refused', async () => {
    backend.says('text/xml', '<a', { 'Content-Range': 'bytes 0-1/4' }, 206)
    expectProblem(await facet.get('/json/x', { Range: 'bytes=0-1', 'If-Range': '"s"' }), 'backend-malformed')
    expect(backend.last().headers).not.toHaveProperty('range')
    expect(backend.last().headers).not.toHaveProperty('if-range')
  })
})

describe('the exchange', () => {
  test('a client that expects to be told to go on is told', async () => {
    const connection = await wire(facet.url)
    const headers = { 'Content-Type': 'application/json', Expect: '100-continue', 'Content-Length': '7' }
    connection.write(head('/json/x', headers, 'POST'))
    expect((await connection.reply()).status).toBe(100)
    expect(backend.got).toEqual([])
    connection.write('{"a":1}')
    expect((await connection.reply()).status).toBe(200)
    expect(backend.last().headers).not.toHaveProperty('expect')
    connection.hangUp()
  })

  test('a changed response has a length, and none of the trailers of what came', async () => {
    backend.answer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/xml', Trailer: 'X-Sum' }).write('<a>')
      response.addTrailers({ 'X-Sum': '1' })
      response.end('</a>')
    })
    const reply = await say(facet.url, head('/json/x'))
    expect(reply).toMatchObject({ status: 200, text: '{"a":""}' })
    expect(reply.headers.get('content-length')).toBe('8')
    for (const gone of ['trailer', 'transfer-encoding']) expect(reply.headers.get(gone)).toBeNull()
  })

  test('a body that a parser in front of Facet has read is changed, too', async () => {
    const parsing = await harness({
      routes: { json: proxy('ANY /json/*path', rest('legacy', { url: backend.url }), { as: 'json' }) },
      before: [express.json()],
    })
    const sent = { method: 'POST', body: gzipSync('{"a":"é"}') }
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': 'gzip' }
    expect((await parsing.request('/json/x', { ...sent, headers })).status).toBe(200)
    expect(backend.last().body.toString()).toContain('>é</a>')
    expect(backend.last().headers).not.toHaveProperty('content-encoding')
    await parsing.close()
  })

  test('events are not held', async () => {
    backend.answer((_, response) => response.setHeader('Content-Type', 'text/event-stream').write('data: 1\n\n'))
    const connection = await wire(facet.url)
    connection.write(head('/json/x'))
    const seen = await fetch(`${facet.url}/json/x`)
    const reader = (seen.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 1\n\n')
    await reader.cancel()
    connection.hangUp()
    await until('the backend has heard of it', () => backend.aborted === 2)
  })

  test('a response that breaks off is a problem, and not half of it', async () => {
    backend.answer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': '100' }).write('<a>')
      setTimeout(() => response.destroy(), 10)
    })
    expectProblem(await facet.get('/json/x'), 'backend-unreachable')
  })

  test('a response that is to be held may take longer than the timeout, as long as it moves', async () => {
    backend.answer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/xml' }).write('<a>')
      let parts = 0
      const timer = setInterval(() => {
        if (++parts < 10) return void response.write('b')
        clearInterval(timer)
        response.end('</a>')
      }, 80)
    })
    expect((await facet.get('/json/x')).text).toBe(`{"a":"${'b'.repeat(9)}"}`)
  })

  test('a response that is to be held, and of which nothing more comes, is given up after the timeout', async () => {
    backend.answer((_, response) => response.writeHead(200, { 'Content-Type': 'text/xml' }).write('<a>'))
    const started = performance.now()
    expectProblem(await facet.get('/json/x'), 'backend-timeout')
    expect(performance.now() - started).toBeLessThan(2_500)
    await until('the backend has heard of it', () => backend.aborted === 1)
  })

  test.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['is too large', `<a>${'x'.repeat(2_000)}</a>`, {}, 200],
    ['is too large once its coding is undone', '', { 'Content-Encoding': 'gzip' }, 200],
    ['is not what it says', '<a', {}, 200],
    ['is a piece', '<a/>', { 'Content-Range': 'bytes 0-3/9' }, 206],
    ['is in a coding that nobody knows', '<a/>', { 'Content-Encoding': 'own' }, 200],
    ['a hook fails at', '<a>hook</a>', {}, 200],
  ])('a response that %s says nothing of its backend, whose head has come', async (_, body, more, status) => {
    const breaking = rest('breaking', { url: backend.url, breaker: { minimum: 3, open: '60s' } })
    const response = ({ body }: { body: unknown }) => {
      if (JSON.stringify(body).includes('hook')) throw new Error('a mistake')
      return body
    }
    const own = await harness({
      routes: { it: proxy('ANY /it/*path', breaking, { as: 'json', response, transformMaxBytes: 1_000 }) },
    })
    backend.says('text/xml', body === '' ? gzipSync(`<a>${'x'.repeat(2_000)}</a>`) : body, more, status)
    for (let times = 0; times < 8; times++) expect([500, 502]).toContain((await own.get('/it/x')).status)
    expect(await controlled(own, 'breaking')).toMatchObject({ breaker: 'closed' })
    backend.says('text/xml', '<a>1</a>')
    expect((await own.get('/it/x')).text).toBe('{"a":"1"}')
    // What the backend itself says of it counts as everywhere.
    backend.says('text/xml', '<a/>', {}, 500)
    for (let times = 0; times < 20; times++) await own.get('/it/x')
    expect(await controlled(own, 'breaking')).toMatchObject({ breaker: 'open' })
    await nothingLeft(own)
    await own.close()
  })

  test('a response that is held takes no place any more', async () => {
    const one = rest('one', { url: backend.url, timeout: '2s', concurrency: { limit: 1, queue: 0 } })
    const own = await harness({ routes: { it: proxy('ANY /it/*path', one, { as: 'json' }) } })
    const held: (() => void)[] = []
    backend.answer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/xml' }).write('<a>')
      held.push(() => response.end('</a>'))
    })
    const replies = [own.get('/it/x')]
    for (const count of [1, 2]) {
      await until('its head has come', async () => {
        const { calls } = own.app.backends().find(({ name }) => name === 'one') ?? {}
        return held.length === count && calls?.inFlight === 0
      })
      if (count === 1) replies.push(own.get('/it/y'))
    }
    for (const end of held) end()
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(['{"a":""}', '{"a":""}'])
    await own.close()
  })

  test.each([
    ['while it uploads', { 'Content-Length': '10' }, 0],
    ['while the response is held', {}, 1],
  ])('a client that leaves %s is gone everywhere', async (_, headers, heard) => {
    backend.answer((_, response) => response.writeHead(200, { 'Content-Type': 'text/xml' }).write('<a>'))
    const seen = timeline()
    const connection = await wire(facet.url)
    connection.write(head('/json/x', { 'Content-Type': 'application/json', ...headers }, 'POST'))
    if (heard > 0) await until('the backend was asked', () => backend.got.length === 1)
    else await new Promise((resolve) => setTimeout(resolve, 20))
    connection.hangUp()
    await seen.ended(1)
    seen.close()
    expect(seen.requests.map(({ status, code }) => [status, code])).toEqual([[499, 'client-closed']])
    await until('the backend has heard of it', () => backend.aborted === heard)
  })

  test('a connection is used again after each kind of end', async () => {
    const connection = await wire(facet.url)
    const outcomes: [string, number][] = [
      ['<a/>', 200],
      ['<a', 502],
      ['<a>2</a>', 200],
    ]
    for (const [body, status] of outcomes) {
      backend.says('text/xml', body)
      connection.write(head('/json/x'))
      expect((await connection.reply()).status).toBe(status)
    }
    connection.hangUp()
  })
})
