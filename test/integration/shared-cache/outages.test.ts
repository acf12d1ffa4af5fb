// Redis goes away, hangs, is full or returns rubbish, in the middle of load: no request fails, and none waits for it.
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { channels, type StoreRecord } from '../../../src/channels.ts'
import { clientOf, describeRedis, type RedisServer, startRedis } from '../../support/redis.ts'
import { until } from '../support/until.ts'
import { instance } from './instances.ts'

describeRedis('while Redis', () => {
  let redis: RedisServer
  let backend: ScriptedBackend
  let facets: Harness[]
  let id = 0

  beforeAll(async () => {
    backend = await scriptedBackend()
    let nth = 0
    for (const path of ['plain', 'kept'])
      backend.on(`GET /${path}`, ({ url }) => ({
        json: { id: new URL(url, 'http://localhost').searchParams.get('id'), nth: ++nth },
      }))
  })
  beforeEach(async () => {
    redis = await startRedis()
    // Without memory of its own every request has to do with Redis.
    facets = await Promise.all(
      ['redis', 'tiered'].map((store) => instance(backend, { REDIS_URL: redis.url, CACHE_STORE: store })),
    )
  })
  afterEach(async () => {
    await Promise.all(facets.map((facet) => facet.close()))
    redis.resume()
    await redis.kill()
  })
  afterAll(() => backend.close())

  /** Asks all the time, several at once, until `run` is over. */
  async function underLoad(
    run: () => Promise<void>,
  ): Promise<{ statuses: Set<number>; count: number; slowest: number }> {
    const statuses = new Set<number>()
    let [isOver, count, slowest] = [false, 0, 0]
    const ask = async () => {
      while (!isOver) {
        for (const facet of facets)
          for (const path of ['reply', 'call', 'both']) {
            const started = performance.now()
            statuses.add((await facet.get(`/${path}/${++id % 50}`)).status)
            slowest = Math.max(slowest, performance.now() - started)
            count++
          }
      }
    }
    const asking = [ask(), ask(), ask(), ask()]
    await run()
    isOver = true
    await Promise.all(asking)
    return { statuses, count, slowest }
  }
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

  test('is killed and comes back, every request is answered', async () => {
    const { statuses, count } = await underLoad(async () => {
      await pause(300)
      await redis.kill()
      await pause(700)
      redis = await startRedis({}, redis.port)
      await pause(700)
    })
    expect([...statuses]).toEqual([200])
    expect(count).toBeGreaterThan(100)
    // It is used again, and what one has made the other has.
    await until('used again', async () => {
      const path = `/reply/back${++id}`
      const first = (await (facets[0] as Harness).get(path)).json()
      return (await (facets[1] as Harness).get(path)).json().thing.nth === first.thing.nth
    })
  })

  test('hangs, nobody waits for it for long', async () => {
    const { statuses, count, slowest } = await underLoad(async () => {
      await pause(200)
      redis.suspend()
      await pause(300)
      redis.resume()
      await pause(300)
      redis.suspend()
      await pause(1_000)
    })
    // No lock is left behind by who has given up on it: that would hold everybody up for seconds.
    expect(slowest).toBeLessThan(2_000)
    expect([...statuses]).toEqual([200])
    expect(count).toBeGreaterThan(100)
    // Alone, once it is known: nothing is asked of it at all.
    const started = performance.now()
    expect((await (facets[0] as Harness).get(`/both/alone${++id}`)).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(50)
    redis.resume()
  })

  test('hangs, the first request to find that out is held up for its bound and no longer', async () => {
    const [facet] = facets as [Harness]
    await facet.get('/both/warm')
    redis.suspend()
    const started = performance.now()
    expect((await facet.get(`/both/held${++id}`)).status).toBe(200)
    // Three look-ups one after the other, each of which would wait for 50 ms.
    expect(performance.now() - started).toBeLessThan(120)
    redis.resume()
  })

  test('is full, every request is answered, and what it has is still used', async () => {
    const client = await clientOf(redis)
    const first = (await (facets[0] as Harness).get('/reply/full')).json()
    await client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '1mb' })
    const { statuses } = await underLoad(async () => {
      await pause(300)
    })
    expect([...statuses]).toEqual([200])
    expect((await (facets[1] as Harness).get('/reply/full')).json()).toEqual(first)
  })

  test('has lost everything, every request is answered, and it is used again', async () => {
    const client = await clientOf(redis)
    const { statuses } = await underLoad(async () => {
      await pause(200)
      await client.flushAll()
      await pause(300)
    })
    expect([...statuses]).toEqual([200])
    await (facets[0] as Harness).app.invalidate(['after it'])
    const path = `/reply/lost${++id}`
    await until('used again', async () => {
      const replies = [await (facets[0] as Harness).get(path), await (facets[1] as Harness).get(path)]
      return replies[0]?.json().thing.nth === replies[1]?.json().thing.nth
    })
  })

  test.each([
    ['no entries at all', () => 'rubbish'],
    ['nothing', () => ''],
    ['cut off entries', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ['damaged entries', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)))],
    ['entries of a version to come', (bytes: Buffer) => Buffer.concat([Buffer.from('FCT9'), bytes.subarray(4)])],
    ['something else', undefined],
  ])('returns rubbish, every request is answered with what is right: %s', async (_, made) => {
    const [facet] = facets as [Harness]
    const client = await clientOf(redis)
    const { RESP_TYPES } = await import('@redis/client')
    const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    const before = (await facet.get('/both/1')).json()
    await until('kept', async () => (await client.keys('facet:entry:*')).length > 0)
    for (const key of await client.keys('facet:entry:*')) {
      const held = (await bytes.get(key)) as unknown as Buffer
      await client.del(key)
      if (made) await client.set(key, made(held))
      else await client.lPush(key, 'a list')
    }
    const after = await facet.get('/both/1')
    expect([after.status, after.json().thing.id]).toEqual([200, '1'])
    expect(after.json().thing.nth).toBeGreaterThan(before.thing.nth)
  })

  test('is away, what is purged is purged when it is back', async () => {
    const [facet, other] = facets as [Harness, Harness]
    const before = (await facet.get('/reply/7')).json()
    redis.suspend()
    await facet.app.invalidate(['thing:7'])
    await until('found out', async () => (await facet.get('/reply/7')).json().thing.nth !== before.thing.nth)
    redis.resume()
    await until('purged', async () => (await other.get('/reply/7')).json().thing.nth !== before.thing.nth)
    const again = (await facet.get('/reply/7')).json()
    expect(again.thing.nth).not.toBe(before.thing.nth)
  })

  test('is not there at the start, everything works, and it is taken when it comes', async () => {
    await redis.kill()
    const told: StoreRecord[] = []
    const hear = (record: unknown) => void told.push(record as StoreRecord)
    channels.store.subscribe(hear)
    const facet = await instance(backend, { REDIS_URL: redis.url })
    channels.store.unsubscribe(hear)
    facets.push(facet)
    // With the reason, for the log.
    expect(told.map(({ event, error }) => `${event} ${inspect(error)}`).join()).toMatch(/down .*ECONNREFUSED/s)
    expect((await facet.get(`/both/start${++id}`)).status).toBe(200)
    redis = await startRedis({}, redis.port)
    const client = await clientOf(redis)
    await until('used', async () => {
      await facet.get(`/both/start${++id}`)
      return (await client.keys('facet:entry:*')).length > 0
    })
  })
})
