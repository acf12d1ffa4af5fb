import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, env, proxy, readConfig, rest } from 'facet'
import { type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { makeRegistry } from '../../src/endpoint/registry.ts'
import { type Serving, serve } from '../../src/serve.ts'
import { until } from './support/until.ts'

const TOKEN = 'a-token-of-24-characters'
const crm = rest('crm', { url: env('CRM_URL') })
const name = crm.get('/names/:id', { output: z.object({ name: z.string() }) })
const greeting = endpoint('GET /greetings/:id', {
  cache: { ttl: '1h', stale: '1m', tags: ({ params }) => [`name:${params.id}`] },
}).source('name', name, ({ params }) => ({ id: params.id }))

const NOBODY = 'http://127.0.0.1:9'
const plain = proxy('ANY /plain/*path', crm)
const legacy = proxy('ANY /legacy/*path', NOBODY, {
  targets: [
    { to: crm, path: '/legacy/users/*rest' },
    { to: NOBODY, weight: 0.05 },
  ],
  shadow: { to: NOBODY, share: 0.1 },
})

let backend: ScriptedBackend
let serving: Serving

beforeAll(async () => {
  backend = await scriptedBackend({ 'GET /names/1': (_, count) => ({ json: { name: `name ${count}` } }) })
  const config = readConfig({
    PORT: '0',
    CONTROL_PORT: '0',
    CONTROL_TOKEN: TOKEN,
    CRM_URL: backend.url,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
  })
  const modules = [
    { file: 'routes/greetings.ts', name: 'greetings', routes: [greeting] },
    { file: 'routes/legacy.ts', name: 'legacy', routes: [plain, legacy] },
  ]
  const registry = makeRegistry(modules, [])
  serving = await serve({ config, registry })
})

afterAll(async () => {
  await serving.stop()
  await backend.close()
})

function control(path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
  const { token = TOKEN, ...rest } = init
  return fetch(`http://127.0.0.1:${serving.controlPort}${path}`, {
    ...rest,
    headers: { authorization: `Bearer ${token}` },
  })
}

async function greet(): Promise<{ name: { name: string } }> {
  const reply = await fetch(`http://127.0.0.1:${serving.port}/greetings/1`)
  return (await reply.json()) as { name: { name: string } }
}

describe('the control API', () => {
  test('purges by tag, so that the next reply is made anew', async () => {
    expect((await greet()).name.name).toBe('name 1')
    expect((await greet()).name.name).toBe('name 1')
    const reply = await control('/purge', { method: 'POST', body: JSON.stringify({ tags: ['name:1'] }) })
    expect([reply.status, await reply.json()]).toEqual([200, { purged: { tags: ['name:1'] } }])
    expect((await greet()).name.name).toBe('name 2')
  })

  const purge = (body: object) => control('/purge', { method: 'POST', body: JSON.stringify(body) })

  test('purges by route, by key, and everything', async () => {
    const nameOf = async () => Number((await greet()).name.name.slice(5))
    const before = await nameOf()
    await purge({ routes: ['GET /greetings/:id'] })
    expect(await nameOf()).toBe(before + 1)
    const { list } = (await (await control('/cache?page=0')).json()) as {
      list: { key: string; tags: string[]; hits: number }[]
    }
    expect(list).toMatchObject([{ tags: ['route:GET /greetings/:id', 'name:1'], hits: 0 }])
    await purge({ keys: list.map(({ key }) => key) })
    expect(await nameOf()).toBe(before + 2)
    expect(await (await purge({ all: true })).json()).toEqual({ purged: { all: true } })
    expect(await nameOf()).toBe(before + 3)
    await purge({ tags: ['another'] })
    expect(await nameOf()).toBe(before + 3)
  })

  test('makes stale only, where it is asked to: the old reply once more, and a new one behind it', async () => {
    const old = await greet()
    await purge({ tags: ['name:1'], soft: true })
    expect(await greet()).toEqual(old)
    await until('a new one is made', () => backend.received('GET /names/1').length > Number(old.name.name.slice(5)))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await greet()).not.toEqual(old)
  })

  test('shows what is served and what the cache holds', async () => {
    await greet()
    const cache = (await (await control('/cache')).json()) as { entries: number; bytes: number }
    expect(cache.entries).toBe(1)
    expect(cache.bytes).toBeGreaterThan(100)
    const routes = (await (await control('/routes')).json()) as { endpoints: object[] }
    expect(routes.endpoints).toEqual([
      {
        route: 'GET /greetings/:id',
        file: 'routes/greetings.ts',
        sources: [{ name: 'name', needs: [], calls: ['crm: GET /names/:id'], optional: false }],
        transforms: [],
      },
    ])
  })

  test('shows of a proxied route every backend that it reaches, with its share', async () => {
    const routes = (await (await control('/routes')).json()) as { proxies: object[] }
    const file = 'routes/legacy.ts'
    expect(routes.proxies).toEqual([
      { route: 'ANY /plain/*path', file, backend: 'crm', targets: [] },
      {
        route: 'ANY /legacy/*path',
        file,
        backend: 'any.legacy',
        targets: [
          { backend: 'crm', weight: 1 },
          { backend: 'any.legacy:1', weight: 0.05 },
        ],
        shadow: { backend: 'any.legacy:shadow', share: 0.1 },
      },
    ])
  })

  test.each([
    ['a wrong token', '/cache', { token: 'another-token-altogether' }, 401, 'auth-required'],
    ['an unknown path', '/nothing', {}, 404, 'route-unknown'],
    ['a name of every object', '/constructor', {}, 404, 'route-unknown'],
    ['a wrong method', '/purge', {}, 405, 'method-unknown'],
    ['a purge without tags', '/purge', { method: 'POST', body: '{}' }, 400, 'input-invalid'],
    ['a purge that is soft and of nothing', '/purge', { method: 'POST', body: '{"soft":true}' }, 400, 'input-invalid'],
    ['a page that is none', '/cache?page=-1', {}, 400, 'input-invalid'],
    ['a body that is no JSON', '/purge', { method: 'POST', body: 'tags' }, 400, 'input-invalid'],
    ['a body without end', '/purge', { method: 'POST', body: 'x'.repeat(70_000) }, 413, 'body-too-large'],
  ])('refuses %s', async (_, path, init, status, code) => {
    const reply = await control(path, init)
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([status, code])
  })

  test('is refused without any token, and is not on the port of the clients', async () => {
    const bare = await fetch(`http://127.0.0.1:${serving.controlPort}/cache`)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await fetch(`http://127.0.0.1:${serving.port}/cache`)).status).toBe(404)
  })

  test('is off where there is no token', async () => {
    const config = readConfig({ PORT: '0', CRM_URL: backend.url, LOG_LEVEL: 'silent', HOST: '127.0.0.1' })
    const registry = makeRegistry([{ file: 'routes/greetings.ts', name: 'greetings', routes: [greeting] }], [])
    const without = await serve({ config, registry })
    expect(without.controlPort).toBeUndefined()
    await without.stop()
  })
})
