import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { head, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
let value: unknown = 'Łódź'
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /value': () => ({ json: value }), 'POST /value': { json: 'made' } })
  const api = rest('api', { url: backend.url })
  const output = z.unknown()
  const get = api.get('/value', { output })
  const post = api.post('/value', { input: () => ({}), output })
  const nothing = () => ({})
  facet = await harness({
    routes: {
      value: endpoint('GET /value').source('it', get, nothing),
      cached: endpoint('GET /cached', { cache: { ttl: '1m' } }).source('it', get, nothing),
      accepted: endpoint('GET /accepted', { status: 203 }).source('it', get, nothing),
      made: endpoint('POST /made', { status: 201 }).source('it', post, nothing),
      gone: endpoint('DELETE /gone', { status: 204 }).source('it', post, nothing),
      ownHead: endpoint('HEAD /own').source('it', get, nothing),
      own: endpoint('GET /own', { status: 202 }).source('it', get, nothing),
      ownOptions: endpoint('OPTIONS /own', { status: 202 }),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const etagOf = async (path: string) => (await facet.get(path)).headers.get('etag') ?? ''

describe('an ETag', () => {
  test('is strong, the same for the same bytes, and another for others', async () => {
    const first = await etagOf('/value')
    expect(first).toMatch(/^"[\w-]{20,}"$/)
    expect(await etagOf('/value')).toBe(first)
    expect((await facet.get('/value', { Accept: 'application/xml' })).headers.get('etag')).not.toBe(first)
    value = 'Łodz'
    expect(await etagOf('/value')).not.toBe(first)
    value = 'Łódź'
  })
})

describe.each(['/value', '/cached'])('of %s, what the client has', (path) => {
  test.each([
    ['the tag', (etag: string) => etag],
    ['the tag, weak', (etag: string) => `W/${etag}`],
    ['the tag in a list', (etag: string) => `"other", ${etag}`],
    ['the tag in a list, weak, without blanks', (etag: string) => `W/"a,b",W/${etag},"c"`],
    ['anything', () => '*'],
  ])('by %s is not sent again', async (_, header) => {
    for (const method of ['GET', 'HEAD']) {
      const etag = await etagOf(path)
      const reply = await facet.request(path, { method, headers: { 'If-None-Match': header(etag) } })
      expect([reply.status, reply.text, reply.headers.get('etag')]).toEqual([304, '', etag])
      expect(reply.headers.get('cache-control')).toBe('private, no-cache')
      expect(reply.headers.get('vary')).toBe(
        path === '/cached' ? 'X-Client, Accept, Accept-Encoding' : 'X-Client, Accept',
      )
      expect(reply.headers.get('content-length')).toBeNull()
    }
  })

  test.each(['"other"', 'W/"other"', 'unquoted', '', '"a", "b"'])('by %j is sent', async (header) => {
    expect((await facet.get(path, { 'If-None-Match': header })).status).toBe(200)
  })

  test('in another format is sent', async () => {
    const headers = { 'If-None-Match': await etagOf(path), Accept: 'application/xml' }
    expect((await facet.get(path, headers)).status).toBe(200)
  })
})

describe('If-None-Match', () => {
  test.each([
    ['POST', '/made', 201],
    ['GET', '/accepted', 203],
    ['GET', '/nothing', 404],
  ])('of %s %s changes nothing', async (method, path, status) => {
    expect((await facet.request(path, { method, headers: { 'If-None-Match': '*' } })).status).toBe(status)
  })
})

describe('HEAD', () => {
  test.each(['/value', '/cached'])('%s is GET without its body, on a connection that goes on', async (path) => {
    const get = await facet.get(path)
    const connection = await wire(facet.url)
    connection.write(head(path, {}, 'HEAD'))
    const reply = await connection.reply('HEAD')
    expect(reply.status).toBe(200)
    for (const name of ['content-type', 'content-length', 'etag', 'vary', 'cache-control']) {
      expect([name, reply.headers.get(name)]).toEqual([name, get.headers.get(name)])
    }
    expect(Number(reply.headers.get('content-length'))).toBe(Buffer.byteLength(get.text))
    connection.write(head(path))
    expect((await connection.reply()).text).toBe(get.text)
    connection.hangUp()
  })

  test('of a route of its own is that route', async () => {
    expect((await facet.request('/own', { method: 'HEAD' })).status).toBe(200)
    expect((await facet.get('/own')).status).toBe(202)
  })

  test('of a route that only takes POST is 405', async () => {
    expect((await facet.request('/made', { method: 'HEAD' })).status).toBe(405)
  })
})

describe('OPTIONS', () => {
  test.each([
    ['/value', 'GET, HEAD, OPTIONS'],
    ['/made', 'POST, OPTIONS'],
  ])('of %s says what it takes', async (path, allow) => {
    const reply = await facet.request(path, { method: 'OPTIONS' })
    expect([reply.status, reply.headers.get('allow'), reply.text]).toEqual([204, allow, ''])
    expect(reply.headers.get('x-request-id')).toHaveLength(36)
  })

  test('of a route of its own is that route', async () => {
    expect((await facet.request('/own', { method: 'OPTIONS' })).status).toBe(202)
  })
})

describe('a status', () => {
  test('is the one that the endpoint says', async () => {
    const reply = await facet.request('/made', { method: 'POST' })
    expect([reply.status, reply.json()]).toEqual([201, { it: 'made' }])
  })

  test('of 204 has no body and no length, and the connection goes on', async () => {
    const connection = await wire(facet.url)
    for (let i = 0; i < 2; i++) {
      connection.write(head('/gone', {}, 'DELETE'))
      const reply = await connection.reply()
      expect([reply.status, reply.headers.get('content-length')]).toEqual([204, null])
      expect(reply.headers.get('transfer-encoding')).toBeNull()
    }
    connection.hangUp()
  })
})
