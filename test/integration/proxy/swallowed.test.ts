import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import express, { type RequestHandler } from 'express'
import { proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { type ByteBackend, byteBackend } from '../support/byte-backend.ts'
import { expectProblem } from '../support/problems.ts'

/** Bodies that a parser in front of Facet has read: what the backend gets is what the client has meant, and a head that fits it. */
let backend: ByteBackend
const harnesses: Harness[] = []
let facet: Harness
beforeAll(async () => {
  backend = await byteBackend()
  facet = await before(
    express.json({ strict: false }),
    express.urlencoded({ extended: true }),
    express.text({ type: ['text/plain', 'text/xml'] }),
    express.raw({ type: 'application/octet-stream' }),
  )
})
beforeEach(() => {
  backend.reset()
  backend.says('text/plain', 'ok')
})
afterAll(async () => {
  for (const each of harnesses) await each.close()
  await backend.close()
})

async function before(...handlers: RequestHandler[]): Promise<Harness> {
  const to = rest('main', { url: backend.url })
  const routes = {
    it: proxy('ANY /p/*path', to),
    hook: proxy('ANY /h/*path', to, { request: ({ body }) => body }),
    typed: proxy('ANY /t/*path', to, { headers: { request: { set: { 'content-type': 'application/x.own+json' } } } }),
    untyped: proxy('ANY /u/*path', to, { headers: { request: { deny: ['content-type'] } } }),
  }
  const made = await harness({ before: handlers, routes })
  harnesses.push(made)
  return made
}

const send = (path: string, body: string | Uint8Array, headers: Record<string, string>) =>
  facet.request(path, { method: 'POST', body: body as never, headers })

const DIGESTS = { 'content-md5': 'x', digest: 'sha=x', 'content-digest': 'sha-256=:x:', 'repr-digest': 'sha-256=:x:' }
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe.each(['/p/x', '/h/x'])('through %s', (path) => {
  test.each<[string, string, string | Uint8Array, string, string]>([
    ['JSON', 'application/json', '{ "a": "é" }', 'application/json', '{"a":"é"}'],
    [
      'JSON in UTF-16',
      'application/json; charset=utf-16le',
      Buffer.from('{"a":"é"}', 'utf16le'),
      'application/json',
      '{"a":"é"}',
    ],
    ['a JSON string', 'application/json', '"a"', 'application/json', '"a"'],
    ['a JSON string of a number', 'application/json', '"12"', 'application/json', '"12"'],
    [
      'a form in ISO 8859-1',
      'application/x-www-form-urlencoded; charset=iso-8859-1',
      'a=%E9',
      'application/x-www-form-urlencoded',
      'a=%C3%A9',
    ],
    [
      'a nested form',
      'application/x-www-form-urlencoded',
      'a[b]=c&a[d]=e&x=1',
      'application/x-www-form-urlencoded',
      'a[b]=c&a[d]=e&x=1',
    ],
    [
      'a form with lists',
      'application/x-www-form-urlencoded',
      'a[]=1&a[]=2',
      'application/x-www-form-urlencoded',
      'a[]=1&a[]=2',
    ],
    [
      'text',
      'text/plain; charset=iso-8859-1; format=flowed',
      latin1('é'),
      'text/plain; format=flowed; charset=utf-8',
      'é',
    ],
    ['text in UTF-8', 'text/plain;charset="UTF-8"', 'é', 'text/plain;charset="UTF-8"', 'é'],
  ])('%s comes in UTF-8, and its type says so', async (_, type, body, expected, text) => {
    const headers = { 'content-type': type, ...DIGESTS, 'if-match': '"e"' }
    expect((await send(path, body, headers)).status).toBe(200)
    const got = backend.last()
    expect(got.body.toString()).toBe(text)
    expect(got.headers).toMatchObject({
      'content-type': expected,
      'content-length': String(got.body.length),
      'if-match': '"e"',
    })
    for (const gone of [...Object.keys(DIGESTS), 'transfer-encoding']) expect(got.headers).not.toHaveProperty(gone)
  })

  test.each([
    ['JSON', 'application/json', '{"a":"é"}'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['text', 'text/plain; charset=utf-8', 'é'],
    ['bytes', 'application/octet-stream', 'a\0b'],
  ])('%s whose coding the parser has undone is in none', async (_, type, text) => {
    await send(path, gzipSync(text), { 'content-type': type, 'content-encoding': 'gzip', ...DIGESTS })
    const got = backend.last()
    expect(got.body.toString()).toBe(text)
    expect(got.headers).toMatchObject({ 'content-type': type, 'content-length': String(got.body.length) })
    for (const gone of [...Object.keys(DIGESTS), 'content-encoding']) expect(got.headers).not.toHaveProperty(gone)
  })
})

test('a list of a form that may have been written in two ways is refused, and not guessed', async () => {
  const seen = timeline()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }
  expectProblem(await send('/p/x', gzipSync('a=1&a=2'), headers), 'internal')
  await seen.ended(1)
  seen.close()
  expect(String(seen.requests[0]?.error)).toMatch(
    /x-www-form-urlencoded.*was read by a middleware.*cannot be passed on/,
  )
  expect(backend.got).toEqual([])
})

test('XML that was read as text is changed as the text that it is', async () => {
  const body = latin1('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>')
  await send('/h/x', body, { 'content-type': 'text/xml; charset=iso-8859-1' })
  expect(backend.last().headers['content-type']).toBe('text/xml; charset=utf-8')
  expect(backend.last().body.toString()).toContain('>é</a>')
})

test('bytes that are as they came keep all that is said of them, their coding too', async () => {
  const collecting = await before(async (request, _, next) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    request.body = Buffer.concat(chunks)
    next()
  })
  const body = gzipSync('{"a":1}')
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip', ...DIGESTS }
  expect((await collecting.request('/p/x', { method: 'POST', body, headers })).status).toBe(200)
  expect(backend.last().headers).toMatchObject({ ...headers, 'content-length': String(body.length) })
  expect(backend.last().body.equals(body)).toBe(true)
  expect((await collecting.request('/h/x', { method: 'POST', body, headers })).status).toBe(200)
  expect(backend.last().headers['content-encoding']).toBe('gzip')
})

test.each([
  ['its own', '/t/x', 'application/x.own+json'],
  ['none', '/u/x', undefined],
])('a route that says %s as the media type is obeyed', async (_, path, expected) => {
  const body = Buffer.from('{"a":1}', 'utf16le')
  expect((await send(path, body, { 'content-type': 'application/json; charset=utf-16le' })).status).toBe(200)
  expect(backend.last().headers['content-type']).toBe(expected)
})
