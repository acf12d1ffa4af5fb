import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { head, say, wire } from '../support/wire.ts'

const LIMIT = 10_000
let facet: Harness
beforeAll(async () => {
  const body = z.object({ text: z.string() })
  facet = await harness({
    routes: { take: endpoint('POST /take', { body, deadline: '300ms' }), hello: endpoint('GET /hello') },
    environment: { BODY_MAX_BYTES: String(LIMIT) },
  })
})
afterAll(() => facet.close())

const JSON_TYPE = { 'Content-Type': 'application/json' }
const bodyOf = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) })

describe('a body', () => {
  test('of just the limit is taken', async () => {
    const reply = await facet.request('/take', { method: 'POST', body: bodyOf(LIMIT), headers: JSON_TYPE })
    expect([reply.status, bodyOf(LIMIT).length]).toEqual([200, LIMIT])
  })

  test('of a byte more is refused', async () => {
    const reply = await facet.request('/take', { method: 'POST', body: bodyOf(LIMIT + 1), headers: JSON_TYPE })
    expectProblem(reply, 'body-too-large')
  })

  test('that is announced as too large is refused before it is sent, and the connection ends', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/take', { ...JSON_TYPE, 'Content-Length': '1000000' }, 'POST'))
    const reply = await connection.reply()
    expectProblem(reply, 'body-too-large')
    expect(reply.headers.get('connection')).toBe('close')
    expect(await connection.ended).toBe('')
  })

  test('that grows too large in chunks is refused as soon as it is, and the connection ends', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/take', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }, 'POST'))
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    connection.write(chunk + chunk + chunk)
    expectProblem(await connection.reply(), 'body-too-large')
    expect(await connection.ended).toBe('')
  })

  test('far over the limit does not keep its sender from reading why', async () => {
    const body = 'x'.repeat(8_000_000)
    for (let i = 0; i < 5; i++) {
      const reply = await facet.request('/take', { method: 'POST', body, headers: JSON_TYPE })
      expectProblem(reply, 'body-too-large')
    }
  })

  test('of a type that is not taken leaves the connection usable, whatever its size', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/take', { 'Content-Type': 'text/plain', 'Content-Length': '5000' }, 'POST'))
    connection.write('x'.repeat(5000))
    expectProblem(await connection.reply(), 'media-unsupported')
    connection.write(head('/hello'))
    expect((await connection.reply()).status).toBe(200)
    connection.hangUp()
  })
})

describe('a body that does not come', () => {
  test.each([
    ['with its length', { 'Content-Length': '20' }, '{"text":'],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }, '3\r\n{"t\r\n'],
  ])('%s is waited for no longer than the deadline', async (_, headers, part) => {
    const connection = await wire(facet.url)
    const started = performance.now()
    connection.write(head('/take', { ...JSON_TYPE, ...headers }, 'POST') + part)
    expectProblem(await connection.reply(), 'request-timeout')
    expect(performance.now() - started).toBeGreaterThan(290)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await connection.ended).toBe('')
  })

  test('since its sender has left is nobody to answer: 499 in the log, and no error of ours', async () => {
    const seen = timeline()
    const connection = await wire(facet.url)
    connection.write(`${head('/take', { ...JSON_TYPE, 'Content-Length': '20' }, 'POST')}{"text":`)
    await new Promise((resolve) => setTimeout(resolve, 30))
    connection.hangUp()
    await seen.ended(1)
    seen.close()
    expect(seen.requests.map(({ status, code }) => [status, code])).toEqual([[499, 'client-closed']])
  })
})

test('after all that, the server answers', async () => {
  expect((await say(facet.url, head('/hello'))).status).toBe(200)
  expect((await facet.request('/take', { method: 'POST', body: bodyOf(20), headers: JSON_TYPE })).status).toBe(200)
})
