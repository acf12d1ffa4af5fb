import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { parseStringPromise } from 'xml2js'
import { z } from 'zod'
import type { AnyReply } from '../support/problems.ts'
import { expectNoLeak, SECRET } from '../support/problems.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /broken': { status: 500, body: SECRET } })
  const broken = rest('api', { url: backend.url }).get('/broken', { output: z.unknown() })
  const query = z.object({ a: z.enum(['x', 'y']), 'b<c>': z.coerce.number() })
  facet = await harness({
    clients: [client('web', { default: true }), client('desktop', { format: 'xml' })],
    routes: {
      broken: endpoint('GET /broken').source('thing', broken, () => ({})),
      query: endpoint('GET /query', { query }),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

async function readProblem(reply: AnyReply): Promise<Record<string, unknown>> {
  expect(reply.headers.get('content-type')).toBe('application/problem+xml; charset=utf-8')
  expect(reply.headers.get('content-length')).toBe(String(Buffer.byteLength(reply.text)))
  expectNoLeak(reply)
  const { problem } = await parseStringPromise(reply.text, { explicitArray: false })
  return problem
}

describe('a problem', () => {
  test.each(['application/xml', 'text/xml', 'application/json;q=0.5, application/xml'])(
    'is XML, as RFC 9457 writes it, for who accepts %s',
    async (accept) => {
      const reply = await facet.get('/broken', { Accept: accept })
      expect(reply.status).toBe(502)
      expect(await readProblem(reply)).toEqual({
        $: { xmlns: 'urn:ietf:rfc:7807' },
        type: '/problems/backend-status',
        title: 'A backend answered with an error',
        status: '502',
        code: 'backend-status',
        requestId: reply.headers.get('x-request-id'),
        source: 'thing',
      })
    },
  )

  test.each(['application/problem+xml', 'application/problem+xml, application/problem+json;q=0.1'])(
    'is XML as well for who asks for a problem in so many words: %s',
    async (accept) => {
      expect(await readProblem(await facet.get('/nothing', { Accept: accept }))).toMatchObject({
        code: 'route-unknown',
      })
    },
  )

  test('lists issues and known names as items', async () => {
    const invalid = await readProblem(await facet.get('/query?a=1', { Accept: 'application/xml' }))
    const { i } = invalid.issues as { i: { path: string; message: string }[] }
    expect(i.map(({ path }) => path)).toEqual(['query.a', 'query.b<c>'])
    const unknown = await readProblem(await facet.get('/query', { Accept: 'application/xml', 'X-Client': 'tv' }))
    expect(unknown.known).toEqual({ i: ['web', 'desktop'] })
  })

  test('is JSON for an XML client that does not say what it accepts', async () => {
    const reply = await facet.get('/broken', { 'X-Client': 'desktop' })
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
  })

  test.each(['application/problem+json', 'application/json', '*/*', 'text/html'])(
    'of a route that is not there is JSON for who accepts %s',
    async (accept) => {
      const reply = await facet.get('/nothing', { Accept: accept })
      expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    },
  )
})
