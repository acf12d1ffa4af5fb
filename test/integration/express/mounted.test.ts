import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import express, { type Express } from 'express'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import request from 'supertest'
import { z } from 'zod'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'POST /echo': ({ body, headers }) => ({ json: { body, headers } }),
    'GET /fine': { json: 1 },
  })
  const api = rest('api', { url: backend.url, timeout: '500ms' })
  const post = api.post('/echo', { input: (body: object) => ({ body }), output: z.unknown() })
  facet = await harness({
    routes: {
      post: endpoint('POST /post', { body: z.object({ a: z.number() }), deadline: '500ms' }).source(
        'it',
        post,
        ({ body }) => body,
      ),
      get: endpoint('GET /get/:id').source('it', api.get('/fine', { output: z.number() }), () => ({})),
      both: endpoint('GET /shared'),
      proxied: proxy('ANY /proxied/*path', api),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** Somebody's app, with parsers of their own before Facet, which is at /api. */
function theirs(): Express {
  const app = express()
  app.use(express.json(), express.urlencoded({ extended: false }), express.text())
  app.get('/api/early', (_, response) => void response.send('early'))
  app.use('/api', facet.app)
  app.get('/api/late', (_, response) => void response.send('late'))
  app.post('/api/shared', (_, response) => void response.send('theirs'))
  app.use((_request, response) => void response.status(404).send('nothing of theirs either'))
  return app
}

describe("in somebody's Express app", () => {
  test('routes are under the path where it is mounted, and what it does not have is theirs', async () => {
    await request(theirs()).get('/api/get/1').expect(200, { it: 1 })
    await request(theirs()).get('/api/early').expect(200, 'early')
    await request(theirs()).get('/api/late').expect(200, 'late')
    await request(theirs()).get('/get/1').expect(404, 'nothing of theirs either')
    await request(theirs()).get('/api/nothing').expect(404, 'nothing of theirs either')
  })

  test('a method that a path of Facet has not is Facet’s to refuse', async () => {
    const reply = await request(theirs()).post('/api/shared').expect(405)
    expect([reply.body.code, reply.headers.allow]).toEqual(['method-unknown', 'GET, HEAD, OPTIONS'])
  })

  test('a body that their parser has read is taken, and checked', async () => {
    const reply = await request(theirs()).post('/api/post').send({ a: 1 }).expect(200)
    expect(reply.body.it.body).toBe('{"a":1}')
    const invalid = await request(theirs()).post('/api/post').send({ a: 'x' }).expect(400)
    expect(invalid.body.issues).toMatchObject([{ path: 'body.a' }])
    await request(theirs()).post('/api/post').expect(415)
  })

  test('the record of a request has the path that Facet sees', async () => {
    const seen = timeline()
    await request(theirs()).get('/api/get/1').expect(200)
    await seen.ended(1)
    seen.close()
    expect(seen.requests).toMatchObject([{ path: '/get/1', route: 'GET /get/:id', status: 200 }])
  })

  test.each([
    ['JSON', 'application/json', '{"a":[1,2]}'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=x%20y'],
    ['text', 'text/plain', 'Łódź'],
    ['what they do not read', 'application/octet-stream', 'a\0b'],
  ])('%s goes through a proxy route, although their parser has been there', async (_, type, body) => {
    const reply = await request(theirs()).post('/api/proxied/echo').set('Content-Type', type).send(body).expect(200)
    expect(reply.body.body).toBe(body)
    expect(reply.body.headers['content-length']).toBe(String(Buffer.byteLength(body)))
  })

  test('JSON in chunks goes through as well, with its length and without chunks', async () => {
    const server = theirs().listen(0)
    const { port } = server.address() as { port: number }
    const body = new ReadableStream({
      start(controller) {
        for (const part of ['{"a":', '1}']) controller.enqueue(new TextEncoder().encode(part))
        controller.close()
      },
    })
    const headers = { 'Content-Type': 'application/json' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const reply = await fetch(`http://127.0.0.1:${port}/api/proxied/echo`, init)
    const seen = (await reply.json()) as { body: string; headers: Record<string, string> }
    expect([reply.status, seen.body, seen.headers['transfer-encoding']]).toEqual([200, '{"a":1}', undefined])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('a request without a body goes through a proxy route as one', async () => {
    await request(theirs()).get('/api/proxied/fine').expect(200, '1')
    expect(backend.requests.at(-1)).toMatchObject({ method: 'GET', url: '/fine', body: '' })
  })
})
