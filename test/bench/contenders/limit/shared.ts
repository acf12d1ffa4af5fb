import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESP_TYPES } from '@redis/client'
import { openRedis } from '../../support/redis.ts'
import { type Prepared, send } from './reply.ts'

/**
 * Answers by id in Redis, each fresh for so many seconds: one value each, `<stored> <entity tag>`, a line break and the
 * bytes as they are sent.
 */
export async function openShared(seconds: number) {
  const client = await openRedis()
  // Without the client's timer for each command.
  const redis = client?.withCommandOptions({ timeout: 0 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  return {
    /** Answers a request if there is something to answer it with; says whether there was. */
    async send(id: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
      const value = await redis?.get(`limit:${id}`)
      if (!value) return false
      const blank = value.indexOf(32)
      const end = value.indexOf(10, blank)
      const etag = value.toString('latin1', blank + 1, end)
      const age = Math.floor((Date.now() - Number(value.toString('latin1', 0, blank))) / 1000)
      const text = value.toString('latin1', end + 1)
      const prepared: Prepared = { text, encoding: 'latin1', length: String(text.length), etag }
      send(req, res, prepared, ['cache-status', `Facet; hit; ttl=${seconds - age}`, 'age', String(age)])
      return true
    },

    /** @param prepared as `toLatin1` gives it */
    async set(id: string, { etag, text }: Prepared): Promise<void> {
      const value = Buffer.from(`${Date.now()} ${etag}\n${text}`, 'latin1')
      await redis?.set(`limit:${id}`, value, { expiration: { type: 'EX', value: seconds } })
    },
  }
}
