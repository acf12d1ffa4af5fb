import { hasRedis, NO_REDIS, startRedis } from '../../support/redis-server.ts'
import { REDIS_URL } from '../support/child.ts'
import { endsWithUs } from '../support/processes.ts'
import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'

const IDS = 1_000

const all = Array.from({ length: IDS }, (_, index) => `/bench/shared/${index + 1}`)

const hits = loadScenario({
  name: 'redisHit',
  summary: 'a cached answer of about 2 kB that is in Redis only',
  paths: () => all,
  same: 'json',
  conditional: true,
  filled: all,
})

/** Hits of who has nothing in its own memory: each is asked of a Redis on this machine, which all contenders share. */
export const redisHit: Scenario = {
  ...hits,
  async run(bench) {
    if (!hasRedis()) {
      bench.progress(`redisHit: ${NO_REDIS}`)
      return {}
    }
    const redis = await startRedis({}, undefined, endsWithUs)
    try {
      return await hits.run({ ...bench, env: { [REDIS_URL]: redis.url } })
    } finally {
      await redis.kill()
    }
  },
}
