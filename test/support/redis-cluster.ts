import { createClient } from '@redis/client'
import { type RedisServer, startRedis } from './redis.ts'

const SLOTS = 16_384

/** A cluster of three masters, each with a third of the slots. */
export async function startCluster(): Promise<RedisServer[]> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' }
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis(settings)))
  const clients = await Promise.all(nodes.map(({ url }) => createClient({ url }).connect()))
  const share = Math.ceil(SLOTS / nodes.length)
  for (const [at, client] of clients.entries()) {
    const last = Math.min(SLOTS, (at + 1) * share) - 1
    await client.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1)])
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(at * share), String(last)])
    await client.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port)])
  }
  for (const client of clients) {
    while (!String(await client.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok'))
      await new Promise((resolve) => setTimeout(resolve, 50))
    client.destroy()
  }
  return nodes
}
