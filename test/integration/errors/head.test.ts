import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { head, say, wire } from '../support/wire.ts'

let facet: Harness
beforeAll(async () => {
  facet = await harness({ routes: { hello: endpoint('GET /hello/*rest') }, environment: { URL_MAX_BYTES: '2000' } })
})
afterAll(() => facet.close())

describe('a target', () => {
  const target = (length: number) => `/hello/${'x'.repeat(length - '/hello/'.length)}`

  test('of just the limit is taken, and one of a byte more is 414', async () => {
    expect((await facet.get(target(2000))).status).toBe(200)
    expectProblem(await facet.get(target(2001)), 'uri-too-long')
  })

  test('is measured with its query, and also where no route has it', async () => {
    expectProblem(await facet.get(`/hello?${'x'.repeat(2000)}`), 'uri-too-long')
    expectProblem(await facet.get(`/nothing?${'x'.repeat(2000)}`), 'uri-too-long')
  })

  test('that no head has room for is 431', async () => {
    expectProblem(await say(facet.url, head(target(40_000))), 'headers-too-large')
  })
})

describe('headers', () => {
  test('that are too large are 431, and the connection ends', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/hello', { Cookie: 'x'.repeat(40_000) }))
    const reply = await connection.reply()
    expectProblem(reply, 'headers-too-large')
    expect(reply.headers.get('connection')).toBe('close')
    expect(await connection.ended).toBe('')
  })
})

describe('what is no HTTP', () => {
  test.each([
    ['words', 'hello there\r\n\r\n'],
    ['an unknown method', head('/hello', {}, 'BREW')],
    ['an unknown version', 'GET /hello HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['a blank in the target', head('/hello world')],
    ['a NUL in a header', head('/hello', { A: 'b\0c' })],
    ['a line feed alone in a header', head('/hello', { A: 'b\nX-Client: desktop' }).replace(/\r\n\r\n$/, '\r\r\n\n')],
    ['a field without a name', `GET /hello HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n`],
    ['a blank before a colon', `GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello`],
    ['two lengths', `POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['a length and chunks', head('/hello', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }, 'POST')],
    ['a length that is none', head('/hello', { 'Content-Length': '-1' }, 'POST')],
    ['the greeting of another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s is 400, and the connection ends', async (_, text) => {
    const connection = await wire(facet.url)
    connection.write(text)
    expectProblem(await connection.reply(), 'input-invalid')
    expect(await connection.ended).toBe('')
  })

  test('stands in the log as well, by the id that was told', async () => {
    const seen = timeline()
    const { requestId } = expectProblem(await say(facet.url, 'nonsense\r\n\r\n'), 'input-invalid')
    await seen.ended(1)
    seen.close()
    expect(seen.requests).toMatchObject([{ id: requestId, status: 400, code: 'input-invalid' }])
  })
})

test('a request of HTTP/1.1 without a Host is 400, and one of HTTP/1.0 needs none', async () => {
  expectProblem(await say(facet.url, 'GET /hello HTTP/1.1\r\n\r\n'), 'input-invalid')
  expect((await say(facet.url, 'GET /hello HTTP/1.0\r\n\r\n')).status).toBe(200)
})

test('after all that, the server answers', async () => {
  expect((await facet.get('/hello')).status).toBe(200)
})
