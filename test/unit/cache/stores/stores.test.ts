import { afterAll } from '@jest/globals'
import { guarded } from '../../../../src/cache/guarded.ts'
import { memoryStore } from '../../../../src/cache/memory.ts'
import { redisStore } from '../../../../src/cache/redis/redis-store.ts'
import type { RemoteStore } from '../../../../src/cache/store.ts'
import { tieredStore } from '../../../../src/cache/tiered.ts'
import { describeRedis, type RedisServer, startRedis } from '../../../support/redis.ts'
import { startCluster } from '../../../support/redis-cluster.ts'
import { storeContract } from './store-suite.ts'

const memory = () => memoryStore({ maxBytes: 100_000_000, maxEntries: 10_000 })

storeContract('memory', async () => ({ store: memory(), close: async () => {} }))

describeRedis('stores over Redis', () => {
  const servers: RedisServer[] = []
  afterAll(() => Promise.all(servers.map(({ kill }) => kill())))

  const server = async () => {
    const started = await startRedis()
    servers.push(started)
    return { urls: [started.url], isCluster: false }
  }
  const cluster = async () => {
    const nodes = await startCluster()
    servers.push(...nodes)
    return { urls: nodes.slice(0, 1).map(({ url }) => url), isCluster: true }
  }

  for (const [kind, start] of [
    ['redis', server],
    ['redis cluster', cluster],
  ] as const) {
    const open = async (): Promise<RemoteStore> => {
      const store = redisStore({ ...(await start()), prefix: 'test:', compressAbove: 4_096 })
      await works(store)
      return store
    }
    storeContract(kind, async () => {
      const store = await open()
      return { store, close: async () => store.close() }
    })
    storeContract(`tiered over ${kind}, with a guard`, async () => {
      const guard = guarded(await open(), { wait: 2_000, check: 400 })
      while (!guard.isUp) await new Promise((resolve) => setTimeout(resolve, 10))
      return { store: tieredStore(memory(), guard), close: async () => guard.close() }
    })
  }
  storeContract('redis, everything compressed', async () => {
    const store = redisStore({ ...(await server()), prefix: 'test:', compressAbove: 1 })
    await works(store)
    return { store, close: async () => store.close() }
  })
})

async function works(store: RemoteStore): Promise<void> {
  for (let left = 200; ; left--) {
    try {
      return await store.check()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}
