import { describe, expect, test } from '@jest/globals'
import { FacetError, proxy } from 'facet'
import { timeline } from 'facet/testing'
import { bytesOf, post } from '../support/byte-backend.ts'
import { expectProblem, SECRET } from '../support/problems.ts'
import { forgotten } from '../support/resilience.ts'
import { transforming } from './transforming.ts'

interface Priced {
  readonly price: number
}

const mistakes: Readonly<Record<string, (body: unknown) => unknown>> = {
  none: (body) => body,
  throws: () => {
    throw new TypeError(SECRET)
  },
  async: () => Promise.reject(new Error(SECRET)),
  nothing: () => undefined,
  circle: () => {
    const circle: unknown[] = []
    circle.push(circle)
    return circle
  },
  refuses: () => {
    throw new FacetError('auth-forbidden', { detail: SECRET })
  },
}

const { backend, facet } = await transforming((legacy) => ({
  hooked: proxy('ANY /hooked/*path', legacy, {
    request: ({ body, method, path, query, header }) => ({
      ...{ body, method, path, query: query.getAll('a'), field: header('X-Field') ?? null },
    }),
    response: ({ body, status, method, path, query, header }) => ({
      ...{ body, status, method, path, query: query.getAll('a'), field: header('X-Field') ?? null },
    }),
  }),
  priced: proxy('ANY /priced/*path', legacy, {
    as: 'json',
    request: ({ body }) => body,
    response: ({ body }) => ({ cents: (body as { item: Priced }).item.price * 100 }),
  }),
  wrong: proxy('ANY /wrong/*path', legacy, {
    request: ({ query, body }) => mistakes[query.get('request') ?? 'none']?.(body),
    response: ({ query, body }) => mistakes[query.get('response') ?? 'none']?.(body),
  }),
  onlyRequest: proxy('ANY /only-request/*path', legacy, { request: ({ body }) => ({ in: body }) }),
}))

describe('hooks', () => {
  test('see the request and change its body', async () => {
    await post(facet, '/hooked/x%20y?a=1&a=2', '{"n":1}', 'application/json', { 'X-Field': 'f' })
    const seen = { body: { n: 1 }, method: 'POST', path: '/hooked/x%20y', query: ['1', '2'], field: 'f' }
    expect(JSON.parse(backend.last().body.toString())).toEqual(seen)
    expect(backend.last().headers['content-type']).toBe('application/json')
  })

  test('see the response with its status and its fields', async () => {
    backend.says('application/json;charset=utf-8;profile="a b"', '[1]', { 'X-Field': 'b' }, 418)
    const reply = await facet.get('/hooked/x?a=3')
    const seen = { body: [1], status: 418, method: 'GET', path: '/hooked/x', query: ['3'], field: 'b' }
    expect([reply.status, reply.json()]).toEqual([418, seen])
    expect(reply.headers.get('content-type')).toBe('application/json; profile="a b"')
  })

  test('see XML parsed, and what they return is written as XML', async () => {
    backend.says('application/xml', '<a>1</a>')
    const reply = await facet.get('/hooked/x')
    expect(reply.headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(reply.text).toContain('<body><a>1</a></body><status>200</status>')
  })

  test("see the backend's XML where clients get JSON", async () => {
    backend.says('application/xml', '<item><price>2.5</price></item>')
    expect((await facet.get('/priced/x')).json()).toEqual({ cents: 250 })
  })

  test('are not called for what is not parsed, nor without a body', async () => {
    backend.says('text/plain', 'as it is')
    expect((await facet.get('/wrong/x?request=throws&response=throws')).text).toBe('as it is')
    backend.says('application/json', '')
    expect(await facet.get('/wrong/x?request=throws&response=throws')).toMatchObject({ status: 200, text: '' })
    await post(facet, '/wrong/x?request=throws', 'plain', 'text/plain')
    expect(backend.last().body.toString()).toBe('plain')
  })

  test.each([
    ['request', 'nothing', 'internal'],
    ['request', 'throws', 'internal'],
    ['request', 'async', 'internal'],
    ['request', 'circle', 'internal'],
    ['request', 'refuses', 'auth-forbidden'],
    ['response', 'throws', 'internal'],
    ['response', 'async', 'internal'],
    ['response', 'nothing', 'internal'],
    ['response', 'circle', 'internal'],
    ['response', 'refuses', 'auth-forbidden'],
  ] as const)('a %s hook that %s is %s', async (which, mistake, code) => {
    const seen = timeline()
    const hanging = forgotten()
    const reply = await post(facet, `/wrong/x?${which}=${mistake}`, '{}', 'application/json')
    expectProblem(reply, code)
    expect(backend.got).toHaveLength(which === 'request' ? 0 : 1)
    await seen.ended(1)
    seen.close()
    hanging.close()
    expect(hanging.errors).toEqual([])
    if (code === 'internal') expect(String(seen.requests[0]?.error)).toContain(`the ${which} hook`)
  })

  test('are not blamed for what XML could not carry without them either', async () => {
    const reply = await post(facet, '/priced/x', '{"a":"\\u0000"}', 'application/json')
    expect(expectProblem(reply, 'input-invalid').issues?.[0]?.path).toBe('body')
  })

  test('of requests alone leave responses, ranges and codings as they are', async () => {
    backend.says('application/json', '{"a" : 1}', { ETag: '"s"' })
    const { headers, bytes } = await bytesOf(facet, '/only-request/x', { Range: 'bytes=0-1', 'Accept-Encoding': 'dcb' })
    expect([bytes.toString(), headers.get('etag')]).toEqual(['{"a" : 1}', '"s"'])
    expect(backend.last().headers).toMatchObject({ range: 'bytes=0-1', 'accept-encoding': 'dcb' })
  })
})
