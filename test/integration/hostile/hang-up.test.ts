import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { each, endpoint, optional, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { z } from 'zod'
import { until } from '../support/until.ts'
import { head, type Wire, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /one': { hang: true },
    'GET /two': { hang: true },
    'POST /write': { hang: true },
    'GET /never': { json: 1 },
    'GET /reply': { json: 1, delay: 250 },
    'GET /call': { json: 1, delay: 250 },
    'GET /proxied': { hang: true },
  })
  const api = rest('api', { url: backend.url, timeout: '10s' })
  const output = z.number()
  const call = (path: `/${string}`) => api.get(path, { output })
  const write = api.post('/write', { input: () => ({}), output })
  const kept = api.get('/call', { output, cache: { ttl: '1m' } })
  const nothing = () => ({})
  facet = await harness({
    routes: {
      many: endpoint('GET /many')
        .source('one', call('/one'), nothing)
        .source('two', optional(call('/two'), 2), nothing)
        .source('never', optional(call('/never'), 3), ['two'], nothing),
      each: endpoint('GET /each').source('all', each(api.get('/items/:id', { output })), () =>
        Array.from({ length: 20 }, (_, id) => ({ id })),
      ),
      write: endpoint('POST /write').source('done', write, nothing),
      reply: endpoint('GET /reply', { cache: { ttl: '1m' } }).source('it', call('/reply'), nothing),
      callA: endpoint('GET /call/a').source('it', kept, nothing),
      callB: endpoint('GET /call/b').source('it', kept, nothing),
      proxied: proxy('ANY /through/*path', api),
    },
  })
  for (let id = 0; id < 20; id++) backend.on(`GET /items/${id}`, { hang: true })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

async function ask(target: string, method = 'GET'): Promise<Wire> {
  const connection = await wire(facet.url)
  connection.write(head(target, method === 'POST' ? { 'Content-Length': '0' } : {}, method))
  return connection
}
const arrived = (route: string, count = 1) =>
  until(`${count} of ${route} have arrived`, () => backend.received(route).length === count)
const aborted = (route: string) =>
  until(`${route} is given up`, () => backend.received(route).every((request) => request.aborted))

describe('a client that hangs up', () => {
  test('gives up every call of its request, gets no fallbacks and starts nothing more', async () => {
    const seen = timeline()
    const connection = await ask('/many')
    await arrived('GET /one')
    await arrived('GET /two')
    connection.hangUp()
    await aborted('GET /one')
    await aborted('GET /two')
    await seen.ended(1)
    seen.close()
    expect(seen.requests).toMatchObject([{ status: 499, code: 'client-closed' }])
    expect(seen.requests[0]?.sources.map(({ name, outcome }) => [name, outcome])).not.toContainEqual([
      'two',
      'fallback',
    ])
    expect(backend.received('GET /never')).toEqual([])
  })

  test('gives up what each has begun, and each begins no more', async () => {
    const connection = await ask('/each')
    await until('as many as may run at once have arrived', () => items() === 8)
    connection.hangUp()
    await until('all are given up', () =>
      backend.requests.filter(({ url }) => url.startsWith('/items')).every(({ aborted }) => aborted),
    )
    expect(items()).toBe(8)
  })

  test('gives up a write as well: what became of it nobody knows, and nobody does it again', async () => {
    const connection = await ask('/write', 'POST')
    await arrived('POST /write')
    connection.hangUp()
    await aborted('POST /write')
    expect(backend.received('POST /write')).toHaveLength(1)
  })

  test('gives up what a proxy route passed on', async () => {
    const connection = await ask('/through/proxied')
    await arrived('GET /proxied')
    connection.hangUp()
    await aborted('GET /proxied')
  })

  const items = () => backend.requests.filter(({ url }) => url.startsWith('/items')).length
})

describe('a client that hangs up while others wait for the same', () => {
  test('reply, takes nothing from them', async () => {
    const [first, second, third] = [await ask('/reply'), await ask('/reply'), await ask('/reply')]
    await arrived('GET /reply')
    first.hangUp()
    expect(await second.reply()).toMatchObject({ status: 200, text: '{"it":1}' })
    const reply = await third.reply()
    expect(reply.headers.get('cache-status')).toBe('Facet; fwd=uri-miss; collapsed')
    expect(backend.received('GET /reply').map(({ aborted }) => aborted)).toEqual([false])
    for (const connection of [second, third]) connection.hangUp()
    expect((await facet.get('/reply')).headers.get('cache-status')).toMatch(/^Facet; hit/)
  })

  test('call of another endpoint, takes nothing from it', async () => {
    const [first, second] = [await ask('/call/a'), await ask('/call/b')]
    await arrived('GET /call')
    first.hangUp()
    expect(await second.reply()).toMatchObject({ status: 200, text: '{"it":1}' })
    second.hangUp()
    expect(backend.received('GET /call').map(({ aborted }) => aborted)).toEqual([false])
  })

  test('and is the last of them gives it up, and the next one starts anew', async () => {
    await facet.app.runtime.cache.clear()
    const before = backend.received('GET /reply').length
    const waiting = [await ask('/reply'), await ask('/reply')]
    await arrived('GET /reply', before + 1)
    for (const connection of waiting) connection.hangUp()
    await until('it is given up', () => backend.received('GET /reply').at(-1)?.aborted === true)
    expect((await facet.get('/reply')).json()).toEqual({ it: 1 })
    expect(backend.received('GET /reply')).toHaveLength(before + 2)
  })
})

test('after all that nothing is left: no load, no timer', async () => {
  await until('no load is under way', () => facet.app.runtime.cache.loading === 0)
  await until('no timer is set', () => (facet.app.runtime.timers as unknown as { size: number }).size === 0)
})
