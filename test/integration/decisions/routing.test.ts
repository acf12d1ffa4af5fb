import { afterEach, describe, expect, test } from '@jest/globals'
import type { RequestHandler } from 'express'
import { endpoint } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'

let facet: Harness | undefined
afterEach(() => facet?.close())

describe('6. The most exact pattern that has the method wins', () => {
  const says = <const R extends `${'GET' | 'ANY' | 'DELETE' | 'POST'} /${string}`>(route: R) =>
    endpoint(route).merge(() => route)

  test.each([
    ['GET', '/x/1', 'GET /x/:id'],
    ['PUT', '/x/1', 'ANY /x/*path'],
    ['GET', '/x/special', 'GET /x/special'],
    ['PUT', '/x/special', 'ANY /x/*path'],
    ['DELETE', '/x/1', 'DELETE /x/:id'],
    ['DELETE', '/x/special', 'DELETE /x/:id'],
    ['GET', '/x/1/2', 'ANY /x/*path'],
    ['GET', '/x', 'ANY /x/*path'],
    ['GET', '/x/a-b', 'GET /x/:from-:to'],
    ['GET', '/x/special/more', 'ANY /x/*path'],
    ['HEAD', '/x/1', 'GET /x/:id'],
    ['OPTIONS', '/x/1', 'ANY /x/*path'],
  ])('%s %s goes to %s', async (method, path, route) => {
    facet = await harness({
      routes: {
        id: says('GET /x/:id'),
        any: says('ANY /x/*path'),
        special: says('GET /x/special'),
        remove: says('DELETE /x/:id'),
        range: says('GET /x/:from-:to'),
      },
    })
    const reply = await facet.request(path, { method })
    expect(reply.status).toBe(200)
    expect(Number(reply.headers.get('content-length'))).toBe(route.length + 2)
    if (method !== 'HEAD') expect(reply.json()).toBe(route)
  })

  test('405 is only where no pattern that matches has the method', async () => {
    facet = await harness({ routes: { get: says('GET /y/:id'), post: says('POST /y/*path') } })
    const refused = await facet.request('/y/1', { method: 'DELETE' })
    expectProblem(refused, 'method-unknown')
    expect(refused.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect((await facet.request('/y/1', { method: 'POST' })).json()).toBe('POST /y/*path')
    expectProblem(await facet.request('/y/1/2', { method: 'PUT' }), 'method-unknown')
    expectProblem(await facet.get('/z'), 'route-unknown')
  })

  test('two routes for the same stop the start', async () => {
    const routes = { one: says('GET /a/:x'), two: says('GET /a/:y') }
    await expect(harness({ routes })).rejects.toThrow(/routes\/two\.ts.*'GET \/a\/:y'.*the same as 'GET \/a\/:x'/)
  })
})

describe('7. app({ before, after })', () => {
  test('a non-empty before sends every request through Express first, so that nobody is skipped silently', async () => {
    const seen: string[] = []
    const guard: RequestHandler = (request, response, next) => {
      seen.push(request.path)
      if (request.get('x-key') === 'right') next()
      else response.status(401).end()
    }
    const after: RequestHandler = (_, response) => void response.status(410).end()
    const hello = endpoint('GET /hello', { cache: { ttl: '1m' } })
    facet = await harness({ routes: { hello }, before: [guard], after: [after] })
    const status = async (path: string, key: string) => (await facet?.get(path, { 'x-key': key }))?.status
    expect(await status('/hello', 'right')).toBe(200)
    expect(await status('/hello', 'wrong')).toBe(401)
    expect(await status('/nothing', 'wrong')).toBe(401)
    expect(await status('/nothing', 'right')).toBe(410)
    expect(seen).toEqual(['/hello', '/hello', '/nothing', '/nothing'])
  })
})
