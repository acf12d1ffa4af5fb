import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CrmUser, type MockBackend, startCrm } from './index.ts'

const original = JSON.parse(readFileSync(new URL('data/users.json', import.meta.url), 'utf8')) as { id: number }[]

let crm: MockBackend
beforeAll(async () => {
  crm = await startCrm()
})
afterAll(() => crm.close())

async function get(path: string): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await fetch(crm.url + path)
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

test('GET /users gives all of them, each with a customer number', async () => {
  const { status, type, body } = await get('/users')
  expect([status, type]).toEqual([200, 'application/json; charset=utf-8'])
  const users = body as CrmUser[]
  expect(users.map(({ number }) => number)).toEqual(original.map(({ id }) => String(id).padStart(5, '0')))
  expect(users.map(({ number, ...rest }) => rest)).toEqual(original)
  expect([users[0]?.number, users[9]?.number]).toEqual(['00001', '00010'])
})

test('GET /users/:id gives one', async () => {
  const { status, body } = await get('/users/7')
  expect(status).toBe(200)
  expect(body).toEqual({ ...original[6], number: '00007' })
})

test('a filter gives an array of one, or of none', async () => {
  expect((await get('/users?id=3')).body).toEqual([{ ...original[2], number: '00003' }])
  expect(await get('/users?id=99')).toMatchObject({ status: 200, body: [] })
  expect((await get('/users?id=2&id=1')).body).toMatchObject([{ id: 1 }, { id: 2 }])
})

test.each(['/users/99', '/users/01', '/users/', '/users/1/posts', '/users/%', '/'])('GET %s is a 404', async (path) => {
  expect(await get(path)).toEqual({
    status: 404,
    type: 'application/json; charset=utf-8',
    body: { error: expect.any(String) },
  })
})

test('HEAD has the head of GET only; other methods are refused', async () => {
  const head = await fetch(`${crm.url}/users/1`, { method: 'HEAD' })
  const got = await (await fetch(`${crm.url}/users/1`)).arrayBuffer()
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, `${got.byteLength}`, ''])
  const posted = await fetch(`${crm.url}/users`, { method: 'POST', body: '{}' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('more URLs than are remembered are all answered', async () => {
  for (let from = 0; from < 1100; from += 50) {
    const paths = Array.from({ length: 50 }, (_, nth) => `/users/1?n=${from + nth}`)
    const answers = await Promise.all(paths.map(get))
    expect(answers.every(({ body }) => (body as CrmUser).id === 1)).toBe(true)
  }
  expect((await get('/users/2')).body).toMatchObject({ id: 2 })
})
