// Several Facets that share a real Redis: what one has loaded the others have, and what one purges is gone for all.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { clientOf, describeRedis, type RedisServer, startRedis } from '../../support/redis.ts'
import { until } from '../support/until.ts'
import { instance } from './instances.ts'

type Held = string | Record<string, string>
const dump = async (client: Awaited<ReturnType<typeof clientOf>>, name: string): Promise<Held> =>
  name.includes('purged') ? await client.hGetAll(name) : ((await client.get(name)) ?? '')
const restore = async (client: Awaited<ReturnType<typeof clientOf>>, name: string, held: Held) => {
  await client.del(name)
  if (typeof held === 'string') await client.set(name, held)
  else await client.hSet(name, held)
}

describeRedis('Facets that share a Redis', () => {
  let redis: RedisServer
  let backend: ScriptedBackend
  let facets: Harness[]
  let id = ''
  let last = 0
  const [first, second] = [() => facets[0] as Harness, () => facets[1] as Harness]

  beforeAll(async () => {
    redis = await startRedis()
    backend = await scriptedBackend()
    // The last one has no memory of its own.
    const stores = ['tiered', 'tiered', 'tiered', 'redis']
    facets = await Promise.all(
      stores.map((store) => instance(backend, { REDIS_URL: redis.url, REDIS_WAIT_MS: '1000', CACHE_STORE: store })),
    )
  })
  afterAll(async () => {
    await Promise.all(facets.map((facet) => facet.close()))
    await backend.close()
    await redis.kill()
  })

  const fresh = (path = 'plain', delay = 0, status = 200) => {
    id = String(++last)
    let count = 0
    backend.on(`GET /${path}`, ({ url }) => {
      const asked = new URL(url, 'http://localhost').searchParams.get('id') as string
      return { status, json: { id: asked, nth: ++count }, delay }
    })
    return () => count
  }
  const told = async (facet: Harness, path: string) => {
    const reply = await facet.get(`${path}/${id}`)
    return [reply.status, reply.json().thing?.nth, reply.headers.get('cache-status')]
  }

  /** Asks as clients do who know all of them by one name: how they have reached Facet tells proxied responses apart. */
  const page = (facet: Harness, path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const asked = request(
        `${facet.url}/proxied/${path}`,
        { headers: { host: 'shop.example', ...headers } },
        (reply) => {
          let text = ''
          reply.on('data', (part) => {
            text += part
          })
          reply.on('end', () => resolve({ status: reply.statusCode, text }))
        },
      )
      asked.on('error', reject).end()
    })

  test('a reply that one has made is a hit for the others', async () => {
    const asked = fresh()
    expect(await told(first(), '/reply')).toEqual([200, 1, 'Facet; fwd=uri-miss; stored'])
    for (const facet of facets.slice(1))
      expect(await told(facet, '/reply')).toEqual([200, 1, expect.stringMatching(/^Facet; hit; ttl=5\d$/)])
    expect(asked()).toBe(1)
  })

  test('a call’s answer that one has got is a hit for the others', async () => {
    const asked = fresh('kept')
    for (const facet of facets) expect((await told(facet, '/call'))[1]).toBe(1)
    expect(asked()).toBe(1)
  })

  test('that there is nothing is known to the others', async () => {
    const asked = fresh('failing', 0, 404)
    for (const facet of facets) expect((await facet.get(`/failing/${id}`)).status).toBe(404)
    expect(asked()).toBe(1)
  })

  test('a proxied response that one has got is a hit for the others', async () => {
    backend.on('GET /page', { body: 'page', headers: { 'cache-control': 'max-age=60', etag: '"1"' } })
    await page(first(), 'page')
    const replies = await Promise.all(facets.map((facet) => page(facet, 'page')))
    expect(replies.map(({ text }) => text)).toEqual(facets.map(() => 'page'))
    expect(backend.received('GET /page')).toHaveLength(1)
    expect((await page(second(), 'page', { 'if-none-match': '"1"' })).status).toBe(304)
  })

  test.each(['/reply', '/call', '/both'])('a purge by one is seen by all within a second: %s', async (path) => {
    const asked = fresh(path === '/reply' ? 'plain' : 'kept')
    for (const facet of facets) await told(facet, path)
    expect(asked()).toBe(1)
    await first().app.invalidate([path === '/both' ? 'route:GET /both/:id' : '', `thing:${id}`])
    const purged = Date.now()
    for (const facet of facets.slice(1)) {
      await until('a new one', async () => (await told(facet, path))[1] === 2)
      expect(Date.now() - purged).toBeLessThan(1_000)
    }
    expect(asked()).toBe(2)
  })

  test('a soft purge by one makes stale for all', async () => {
    const asked = fresh()
    for (const facet of facets) await told(facet, '/reply')
    await first().app.invalidate({ tags: [`thing:${id}`], soft: true })
    await until(
      'renewed',
      async () => String((await told(second(), '/reply'))[2]).includes('hit; ttl=5') && asked() === 2,
    )
    for (const facet of facets) await until('a new one', async () => (await told(facet, '/reply'))[1] === 2)
    expect(asked()).toBe(2)
  })

  test('an unsafe method through one makes a proxied page old for all', async () => {
    let nth = 0
    backend.on('GET /changed', () => ({ body: `${++nth}`, headers: { 'cache-control': 'max-age=60' } }))
    backend.on('POST /changed', { body: 'done' })
    for (const facet of facets) expect((await page(facet, 'changed')).text).toBe('1')
    await first().request('/proxied/changed', { method: 'POST' })
    for (const facet of facets) await until('a new one', async () => (await page(facet, 'changed')).text !== '1')
  })

  test.each([
    ['/reply', 'plain'],
    ['/call', 'kept'],
    ['/both', 'kept'],
  ])('what all want at once is loaded by one: %s', async (path, route) => {
    const asked = fresh(route, 150)
    const replies = await Promise.all(facets.flatMap((facet) => [0, 1, 2].map(() => told(facet, path))))
    expect(replies.map(([status, nth]) => [status, nth])).toEqual(replies.map(() => [200, 1]))
    expect(asked()).toBe(1)
  })

  test('a proxied page that all want at once is asked for by one', async () => {
    backend.on('GET /wanted', { body: 'page', delay: 150, headers: { 'cache-control': 'max-age=60' } })
    const replies = await Promise.all(facets.flatMap((facet) => [0, 1, 2].map(() => page(facet, 'wanted'))))
    expect(replies.map(({ text }) => text)).toEqual(replies.map(() => 'page'))
    expect(backend.received('GET /wanted')).toHaveLength(1)
  })

  test('a proxied page that nobody may keep is given by its backend to each', async () => {
    backend.on('GET /private', (_, nth) => ({ body: `${nth}`, delay: 50, headers: { 'cache-control': 'private' } }))
    const started = Date.now()
    const replies = await Promise.all(facets.map((facet) => page(facet, 'private')))
    expect(new Set(replies.map(({ text }) => text)).size).toBe(facets.length)
    expect(Date.now() - started).toBeLessThan(1_000)
  })

  test('a stale entry is renewed by one, while all are sent the old one at once', async () => {
    const asked = fresh()
    for (const facet of facets) await told(facet, '/short')
    for (let round = 2; round < 5; round++) {
      await new Promise((resolve) => setTimeout(resolve, 130))
      const delay = 50
      backend.on('GET /plain', () => ({ json: { id, nth: round }, delay }))
      const before = backend.received('GET /plain').length
      const replies = await Promise.all(facets.map((facet) => told(facet, '/short')))
      expect(replies.map(([, nth]) => nth)).toEqual(facets.map(() => round - 1))
      for (const facet of facets) await until('renewed', async () => (await told(facet, '/short'))[1] === round)
      expect(backend.received('GET /plain').length - before).toBe(1)
    }
    expect(asked()).toBe(1)
  })

  test('a load that fails is not waited for twice', async () => {
    const asked = fresh('failing', 100, 500)
    const started = Date.now()
    const statuses = await Promise.all(facets.map(async (facet) => (await facet.get(`/failing/${id}`)).status))
    expect(statuses).toEqual(facets.map(() => 502))
    // The first one's, then all others' at the same time; one after the other they would need longer.
    expect(Date.now() - started).toBeLessThan(facets.length * 100 + 200)
    expect(asked()).toBeLessThanOrEqual(facets.length)
  })

  test('a process that has died while it loaded is waited for no longer than a second', async () => {
    const asked = fresh()
    const client = await clientOf(redis)
    await told(first(), '/reply')
    const lock = (await client.keys('facet:entry:*')).find((key) => key.includes(`/reply/:id web json id=${id}`))
    await client.set(String(lock).replace(':entry:', ':lock:'), 'somebody', { PX: 1_000 })
    await client.del(String(lock))
    await second().app.runtime.cache.purge({ all: true }, true)
    const started = Date.now()
    expect((await told(second(), '/reply'))[1]).toBe(2)
    expect(Date.now() - started).toBeGreaterThan(500)
    expect(Date.now() - started).toBeLessThan(2_000)
    expect(asked()).toBe(2)
  })

  describe('a purge during a load', () => {
    test('by another process wins: the old answer is used by nobody', async () => {
      id = String(++last)
      let nth = 0
      let answer: () => void = () => {}
      backend.on('GET /kept', async () => {
        const value = ++nth
        if (value === 1)
          await new Promise<void>((resolve) => {
            answer = resolve
          })
        return { json: { id, nth: value } }
      })
      const loading = told(first(), '/call')
      await until('it loads', () => nth === 1)
      await second().app.invalidate([`thing:${id}`])
      answer()
      expect((await loading)[1]).toBe(1)
      for (const facet of facets) expect((await told(facet, '/call'))[1]).toBe(2)
    })
  })

  test('a purge that was not heard of is found out', async () => {
    fresh()
    for (const facet of facets) await told(facet, '/reply')
    const client = await clientOf(redis)
    // Nobody listens when it is told.
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await first().app.invalidate([`thing:${id}`])
    const purged = Date.now()
    for (const facet of facets) await until('a new one', async () => (await told(facet, '/reply'))[1] === 2)
    expect(Date.now() - purged).toBeLessThan(1_500)
  })

  test('a Redis that has an older state again does not bring back what was purged since', async () => {
    fresh()
    for (const facet of facets) await told(facet, '/reply')
    const client = await clientOf(redis)
    const names = (await client.keys('facet:*')).filter((key) => !key.includes('entry:'))
    const dumps = await Promise.all(names.map(async (name) => [name, await dump(client, name)] as const))
    await first().app.invalidate([`thing:${id}`])
    for (const [name, held] of dumps) await restore(client, name, held)
    for (const facet of facets) await until('a new one', async () => (await told(facet, '/reply'))[1] !== 1)
  })

  test('rubbish on the channel of purges harms nobody', async () => {
    const client = await clientOf(redis)
    for (const message of [
      '',
      'null',
      '{',
      '{"from":"x","time":1,"purge":{"tags":5}}',
      '{"from":"x","time":1,"purge":null}',
    ])
      await client.publish('facet:purges', message)
    const asked = fresh()
    for (const facet of facets) expect((await told(facet, '/reply'))[0]).toBe(200)
    expect(asked()).toBe(1)
  })

  test('what is in Redis ends there by itself, and nothing grows with what has been purged', async () => {
    const client = await clientOf(redis)
    fresh()
    await told(first(), '/reply')
    const keys = await client.keys('facet:*')
    const entries = keys.filter((key) => key.startsWith('facet:entry:'))
    expect(entries.length).toBeGreaterThan(0)
    for (const key of entries) expect(await client.pTTL(key)).toBeGreaterThan(0)
    await first().app.invalidate(Array.from({ length: 1_000 }, (_, tag) => `many ${tag}`))
    const others = (await client.keys('facet:*')).filter((key) => !/:(entry|lock):/.test(key))
    expect(others.sort()).toEqual(
      ['facet:clock', ...Array.from({ length: 16 }, (_, part) => `facet:purged:${part}`)].sort(),
    )
  })
})
