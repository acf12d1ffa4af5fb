import { createClient } from '@redis/client'
import { REDIS_URL } from './child.ts'

/** A client of the Redis of `redisHit`; undefined in all other scenarios, which have none. */
export async function openRedis() {
  const url = process.env[REDIS_URL]
  if (url === undefined) return undefined
  // Its server is stopped before its own process knows of it.
  return await createClient({ url })
    .on('error', () => {})
    .connect()
}

/** What a team keeps of an answer: the serialised text with its entity tag. */
export interface Kept {
  text: string
  etag: string
}

/** Answers in Redis as most teams have them: one string of JSON each, with an expiry. */
export async function keptInRedis(prefix: string, seconds: number) {
  const redis = await openRedis()
  return {
    async get(id: string): Promise<Kept | undefined> {
      const json = await redis?.get(prefix + id)
      return json ? (JSON.parse(json) as Kept) : undefined
    },
    async set(id: string, kept: Kept): Promise<void> {
      await redis?.set(prefix + id, JSON.stringify(kept), { expiration: { type: 'EX', value: seconds } })
    },
  }
}
