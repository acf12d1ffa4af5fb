import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Demo, startDemo } from '../support/demo.ts'
import { expectProblem } from '../support/problems.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
beforeEach(() => demo.reset())
afterAll(() => demo.close())

describe('the reverse proxy', () => {
  test.each([
    ['/reverseproxy/users?id=1', '/users?id=1'],
    ['/reverseproxy?id=1', '/users?id=1'],
    ['/reverseproxy/?id=1', '/users?id=1'],
    ['/reverseproxy', '/users'],
    ['/reverseproxy/users/1', '/users/1'],
    ['/reverseproxy/users?id=1&id=2', '/users?id=1&id=2'],
    ['/reverseproxy/users?q=a%20b+c%2Fd&empty=&flag', '/users?q=a%20b+c%2Fd&empty=&flag'],
    ['/reverseproxy/users/Zo%C3%AB', '/users/Zo%C3%AB'],
    ['/reverseproxy/users?a?b', '/users?a?b'],
  ])('passes %s on as %s', async (path, expected) => {
    await demo.get(path)
    expect(demo.asked('crm')).toEqual([expected])
  })

  test('gives what the backend gives', async () => {
    const [direct, proxied] = await Promise.all([
      fetch(`${demo.backends.crm.url}/users?id=1`),
      fetch(`${demo.url}/reverseproxy?id=1`),
    ])
    expect(proxied.status).toBe(200)
    expect(proxied.headers.get('content-type')).toBe(direct.headers.get('content-type'))
    expect(await proxied.text()).toBe(await direct.text())
  })

  test.each(['web', 'mobile', 'desktop'])('gives the %s client the same: nothing is cut here', async (client) => {
    const { status, text } = await demo.get('/reverseproxy/users/2', client)
    expect([status, JSON.parse(text).name]).toEqual([200, 'Ervin Howell'])
  })

  test.each([
    ['404', '/reverseproxy/users/999', {}, 404],
    ['405', '/reverseproxy/users', { method: 'DELETE' }, 405],
    ['500', '/reverseproxy/users', {}, 500],
  ] as const)("passes a backend's %s on as it is", async (_, path, init, status) => {
    if (status === 500) demo.backends.crm.control({ status })
    const reply = await fetch(demo.url + path, init)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8'])
    expect(Object.keys((await reply.json()) as object)).toContain('error')
  })

  test('asks with the method and the body that it was asked with', async () => {
    await fetch(`${demo.url}/reverseproxy/users`, { method: 'PUT', body: 'name=Łódź' })
    expect(demo.backends.crm.requests[0]).toMatchObject({ method: 'PUT', url: '/users', body: 'name=Łódź' })
  })

  test('says in its own words that there is no answer', async () => {
    demo.backends.crm.control({ reset: true })
    expectProblem(await demo.get('/reverseproxy/users'), 'backend-unreachable')
    demo.backends.crm.reset()
    expect((await demo.get('/reverseproxy/users')).status).toBe(200)
  })

  test('asks once, whatever happens', async () => {
    demo.backends.crm.control({ status: 503 })
    expect((await demo.get('/reverseproxy/users')).status).toBe(503)
    expect(demo.asked('crm')).toEqual(['/users'])
  })
})
