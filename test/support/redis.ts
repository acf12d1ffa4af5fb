import { describe } from '@jest/globals'
import { createClient } from '@redis/client'
import { hasRedis, NO_REDIS, type RedisServer } from './redis-server.ts'

export { type RedisServer, startRedis } from './redis-server.ts'

const isThere = hasRedis()

/** Tests that need a real Redis: skipped with a word where the machine has none, and failed where it must have one. */
export function describeRedis(name: string, tests: () => void): void {
  if (isThere) return describe(name, tests)
  if (process.env.REDIS_TESTS === 'required')
    throw new Error('redis-server is not installed, and its tests must run here')
  console.warn(`${NO_REDIS}: ${name}`)
  describe.skip(name, tests)
}

/** A client of a test's own; it ends with its server. */
export async function clientOf({ url }: RedisServer): Promise<RedisClient> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  return client.connect() as Promise<RedisClient>
}

type RedisClient = ReturnType<typeof createClient>
