import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { head, wire } from '../support/wire.ts'

let facet: Harness
beforeAll(async () => {
  facet = await harness({
    routes: {
      read: endpoint('GET /things/:id'),
      write: endpoint('PUT /things/:id'),
      all: endpoint('ANY /all/*rest'),
      post: endpoint('POST /post'),
      options: endpoint('OPTIONS /post'),
      exact: endpoint('DELETE /things/special'),
    },
    clients: [client('web', { default: true }), client('mobile'), client('desktop')],
  })
})
afterAll(() => facet.close())

describe('a path that no route has', () => {
  test.each(['/', '/nothing', '/things', '/things/1/more', '/THINGS/1', '/thing%73x/1'])('%s is 404', async (path) => {
    expectProblem(await facet.get(path), 'route-unknown')
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('is 404 for %s too', async (method) => {
    expectProblem(await facet.request('/nothing', { method }), 'route-unknown')
  })

  test('is told to HEAD without a body', async () => {
    const reply = await facet.request('/nothing', { method: 'HEAD' })
    expect([reply.status, reply.text]).toEqual([404, ''])
    expect(Number(reply.headers.get('content-length'))).toBeGreaterThan(100)
  })
})

describe('a method that a path does not have', () => {
  test.each([
    ['DELETE', '/things/1', 'GET, PUT, HEAD, OPTIONS'],
    ['POST', '/things/special', 'GET, PUT, DELETE, HEAD, OPTIONS'],
    ['GET', '/post', 'POST, OPTIONS'],
    ['PROPFIND', '/post', 'POST, OPTIONS'],
  ])('%s %s is 405 with what it has', async (method, path, allow) => {
    const reply = await facet.request(path, { method })
    expectProblem(reply, 'method-unknown')
    expect(reply.headers.get('allow')).toBe(allow)
  })

  test('is none where a route takes any', async () => {
    expect((await facet.request('/all/1/2', { method: 'PATCH' })).status).toBe(200)
    expect((await facet.request('/all', { method: 'DELETE' })).status).toBe(200)
  })
})

describe('an X-Client that nobody knows', () => {
  test.each(['tv', 'web2', 'web, mobile', '__proto__', 'constructor', ''])(
    '%j is 400 with the known names',
    async (name) => {
      const { known } = expectProblem(await facet.get('/things/1', { 'X-Client': name }), 'client-unknown')
      expect(known).toEqual(['web', 'mobile', 'desktop'])
    },
  )

  test('does not make an unknown path a known one', async () => {
    expectProblem(await facet.get('/nothing', { 'X-Client': 'tv' }), 'route-unknown')
  })
})

describe('an Accept that cannot be met', () => {
  test.each([
    'text/html',
    'image/*',
    'application/json;q=0',
    'application/json;q=0, application/xml;q=0, */*;q=0',
    'text/csv, application/pdf;q=0.1',
  ])('%s is 406, told as JSON', async (accept) => {
    expectProblem(await facet.get('/things/1', { Accept: accept }), 'not-acceptable')
  })

  test('that is empty asks for nothing in particular', async () => {
    const connection = await wire(facet.url)
    connection.write(head('/things/1', { Accept: '' }))
    expect((await connection.reply()).headers.get('content-type')).toBe('application/json; charset=utf-8')
    connection.hangUp()
  })
})

test('a connection on which things went wrong is as good as new', async () => {
  const connection = await wire(facet.url)
  for (const [request, status] of [
    [head('/nothing'), 404],
    [head('/things/1', {}, 'DELETE'), 405],
    [head('/things/%00'), 400],
    [head('/things/1', { 'X-Client': 'tv' }), 400],
    [head('/things/1', { Accept: 'text/html' }), 406],
    [head('/things/1'), 200],
  ] as const) {
    connection.write(request)
    expect((await connection.reply()).status).toBe(status)
  }
  connection.hangUp()
})
