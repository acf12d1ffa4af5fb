import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { endAll } from './child.ts'
import { makeProject, removeProjects } from './project.ts'
import { listening, requestLines, startIn } from './started.ts'

afterEach(async () => {
  await endAll()
  removeProjects()
})

const ROUTES = `import { endpoint, env, optional, rest } from 'facet'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
const api = rest('api', { url: env('API_URL') })
const never = api.get('/never', { output: z.unknown() })
const told = api.get('/told', { output: z.unknown(), input: (_: object) => { void forget(20); return {} } })
const nobody = rest('nobody', { url: 'http://127.0.0.1:1' }).get('/nobody', { output: z.unknown() })
const forget = async (ms: number) => { if (ms > 0) await sleep(ms); throw new Error('forgotten, says hunter2') }
const boom = () => { throw new RangeError('boom, says hunter2') }
export default [
  endpoint('GET /ok').merge(() => ({ ok: true })),
  endpoint('GET /input').source('slow', never, () => { void forget(20); return {} }),
  endpoint('GET /answered').merge(() => { void forget(20); return { ok: true } }),
  endpoint('GET /merge').merge(boom),
  endpoint('GET /transform').merge(() => ({})),
  endpoint('GET /async').merge(async () => { throw new Error('async, says hunter2') }),
  endpoint('GET /allow', { allow: (async () => { throw new Error('allow, says hunter2') }) as never }),
  endpoint('GET /operation').source('slow', told, () => ({})),
  endpoint('GET /tags', { cache: { ttl: '1s', tags: () => { void forget(20); return [] } } }).source('slow', never, () => ({})),
  endpoint('GET /fallback').source('part', optional(nobody).recover(() => { void forget(0); return {} }), () => ({})),
]
`
const CLIENT = `import { client } from 'facet'
export const web = client('web', { default: true })
export const odd = 1
`
const TRANSFORM = `import routes from '../../routes/all.ts'
import { web } from './_client.ts'
export default web.transform(routes[4], () => { throw new TypeError('transform, says hunter2') })
`

test('mistakes in a team’s functions, and promises that these forget, cost their request and never the process', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  try {
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const project = makeProject({
      'routes/all.ts': ROUTES,
      'transforms/web/_client.ts': CLIENT,
      'transforms/web/all.ts': TRANSFORM,
    })
    const facet = startIn(project, { API_URL: `http://127.0.0.1:${port}` })
    const url = await listening(facet)
    const statuses: Record<string, number> = {}
    for (const path of [
      'input',
      'answered',
      'merge',
      'transform',
      'async',
      'allow',
      'operation',
      'tags',
      'fallback',
      'ok',
    ]) {
      const reply = await fetch(`${url}/${path}`)
      statuses[path] = reply.status
      expect(await reply.text()).not.toContain('hunter2')
    }
    expect(statuses).toEqual({
      ...{ input: 500, answered: 200, merge: 500, transform: 500, async: 500, allow: 403, ok: 200 },
      ...{ operation: 500, tags: 500, fallback: 200 },
    })
    await facet.until(/allow, says hunter2/)
    await facet.until(/"path":"\/ok"/)
    const lines = facet
      .out()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    const forgotten = lines.filter(({ msg }) => msg === 'a promise was forgotten')
    const told = forgotten.map(({ endpoint, client, source }) => [endpoint, client, source])
    expect(told.sort(([a], [b]) => a.localeCompare(b))).toEqual([
      ['GET /allow', 'web', undefined],
      ['GET /answered', 'web', undefined],
      ['GET /fallback', 'web', 'part'],
      ['GET /input', 'web', 'slow'],
      ['GET /operation', 'web', 'slow'],
      ['GET /tags', 'web', undefined],
    ])
    const failed = requestLines(facet).filter(({ status }) => status === 500)
    expect(failed.map(({ endpoint, client, error }) => [endpoint, client, error])).toEqual([
      ['GET /input', 'web', expect.stringMatching(/a promise that nobody awaits .*forgotten, says hunter2/)],
      ['GET /merge', 'web', 'the merge failed: boom, says hunter2'],
      ['GET /transform', 'web', 'the transform failed: transform, says hunter2'],
      ['GET /async', 'web', expect.stringContaining('the merge must not be async')],
      ['GET /operation', 'web', expect.stringMatching(/a promise that nobody awaits .*forgotten, says hunter2/)],
      ['GET /tags', 'web', expect.stringMatching(/a promise that nobody awaits .*forgotten, says hunter2/)],
    ])
    expect(process.kill(facet.pid, 0)).toBe(true)
  } finally {
    silent.close()
  }
})
