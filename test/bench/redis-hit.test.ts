import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { describeRedis } from '../support/redis.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** The figures of a short run, and what was said meanwhile. */
async function bench(contenders: string, env: NodeJS.ProcessEnv = process.env) {
  const options = ['--seconds=1', '--only=redisHit', '--json', `--contenders=${contenders}`]
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=facet-source', '--no-warnings', main, ...options],
    { env, timeout: 55_000 },
  )
  return { figures: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').scenarios.redisHit, said: stderr }
}

describeRedis('hits out of a Redis', () => {
  test('are measured of all, with a Redis of the bench', async () => {
    const { figures } = await bench('limit,facet,fastify,express')
    expect(Object.keys(figures).toSorted()).toEqual(['express', 'facet', 'fastify', 'limit'])
    expect(figures.facet.ratioToLimit).toBeGreaterThan(0)
  }, 60_000)
})

test('without a redis-server there are no figures, and a word about it', async () => {
  const { figures, said } = await bench('limit', { ...process.env, PATH: '/nowhere' })
  expect(figures).toEqual({})
  expect(said).toContain('redisHit: skipped, since redis-server is not installed')
}, 30_000)
