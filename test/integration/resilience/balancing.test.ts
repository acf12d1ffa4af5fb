import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { each, endpoint, env, rest, soap, xml } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { nobody } from '../support/raw-backend.ts'
import {
  ask,
  backendEvents,
  controlled,
  expectNothingForgotten,
  type Gauge,
  gauge,
  nothingLeft,
  pause,
  tally,
} from '../support/resilience.ts'
import { until } from '../support/until.ts'

const output = z.object({ n: z.number() })
const idInput = ({ params }: { params: { id: string } }) => params

let instances: ScriptedBackend[]
let gauges: Gauge[]
let facet: Harness
expectNothingForgotten()

/** Three instances that answer after 10 ms with their number. */
beforeEach(async () => {
  gauges = [gauge(), gauge(), gauge()]
  instances = await Promise.all([0, 1, 2].map(() => scriptedBackend()))
  for (const n of [0, 1, 2]) heal(n)
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await Promise.all(instances.map((instance) => instance.close()))
})

function heal(n: number): void {
  const script = async () => {
    await gauges[n]?.during(10)
    return { json: { n } }
  }
  for (const path of ['/n', '/n/a', '/n/b', '/n/c', '/n/d']) instances[n]?.on(`GET ${path}`, script)
  instances[n]?.on('GET /healthz', {})
}

const urlOf = (n: number) => instances[n]?.url as string
const counts = () => gauges.map(({ total }) => total)

async function start(options: object, urls: unknown = [0, 1, 2].map(urlOf)): Promise<void> {
  const shop = rest('shop', { url: urls as string[], ...options })
  const plain = endpoint('GET /n').source('n', shop.get('/n', { output }), () => ({}))
  const byId = endpoint('GET /n/:id').source('n', shop.get('/n/:id', { output }), idInput)
  const environment = { SHOP_URLS: [0, 1].map(urlOf).join(' , ') }
  facet = await harness({ routes: { plain, byId }, environment })
}

describe('instances that all work', () => {
  test.each(['round-robin', 'least-in-flight', 'random-of-two', 'weighted'] as const)(
    'share the load: %s',
    async (balance) => {
      await start({ balance })
      expect(tally((await ask(facet, ['/n'], 300, 12)).map(({ status }) => status))).toEqual({ 200: 300 })
      for (const count of counts()) expect(Math.abs(count - 100)).toBeLessThan(balance === 'random-of-two' ? 60 : 15)
      expect(Math.max(...gauges.map(({ peak }) => peak))).toBeLessThanOrEqual(balance === 'least-in-flight' ? 8 : 12)
    },
  )

  test('have their share by weight', async () => {
    await start({ balance: 'weighted' }, [
      { url: urlOf(0), weight: 4 },
      { url: urlOf(1), weight: 1 },
    ])
    await ask(facet, ['/n'], 200, 5)
    expect(counts()).toEqual([160, 40, 0])
  })

  test('each have their own keys, which move only when their instance dies', async () => {
    await start({ balance: { hash: ({ id }: { id?: string }) => id }, retries: 1, outliers: { failures: 2 } })
    const ids = ['a', 'b', 'c', 'd']
    const where = async () => Promise.all(ids.map(async (id) => (await facet.get(`/n/${id}`)).json().n.n as number))
    const before = await where()
    for (let round = 0; round < 5; round++) expect(await where()).toEqual(before)
    const dead = before[0] as number
    await instances[dead]?.close()
    const after = await where()
    for (const [at, n] of before.entries()) if (n !== dead) expect(after[at]).toBe(n)
    expect(after).not.toContain(dead)
  })

  test('are named by a variable with commas', async () => {
    await start({ balance: 'round-robin' }, env('SHOP_URLS'))
    await ask(facet, ['/n'], 40, 4)
    expect(counts()).toEqual([20, 20, 0])
    expect((await controlled(facet, 'shop')).instances.map(({ address }) => `http://${address}`)).toEqual([
      urlOf(0),
      urlOf(1),
    ])
  })

  test('are a list for XML and SOAP as well', async () => {
    const urls = [urlOf(0), urlOf(1)]
    const envelope =
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><r:AddResponse xmlns:r="urn:r"><n>1</n></r:AddResponse></e:Body></e:Envelope>'
    for (const instance of instances) {
      instance.on('GET /x', { headers: { 'content-type': 'application/xml' }, body: '<x><n>1</n></x>' })
      instance.on('POST /', { headers: { 'content-type': 'text/xml' }, body: envelope })
    }
    const feed = xml('feed', { url: urls, balance: 'round-robin' })
    const calc = soap('calc', { url: urls, balance: 'round-robin', namespace: 'urn:r' })
    const x = feed.get('/x', { output: z.object({ n: z.number() }) })
    const add = calc.operation('Add', {
      effect: 'read',
      request: z.object({ a: z.number() }),
      input: ({ a }: { a: number }) => ({ a }),
      output: z.object({ n: z.number() }),
    })
    const both = endpoint('GET /both')
      .source('x', x, () => ({}))
      .source('sum', add, () => ({ a: 1 }))
    facet = await harness({ routes: { both } })
    const replies = await ask(facet, ['/both'], 20, 2)
    expect(tally(replies.map(({ text }) => text))).toEqual({ '{"x":{"n":1},"sum":{"n":1}}': 20 })
    for (const at of [0, 1])
      expect(['GET /x', 'POST /'].map((route) => instances[at]?.received(route).length)).toEqual([10, 10])
  })
})

describe('one instance that is dead', () => {
  test('costs no client an answer where a call may be asked once more: it is asked elsewhere', async () => {
    await start({ retries: 1 }, [urlOf(0), await nobody()])
    expect(tally((await ask(facet, ['/n'], 200, 8)).map(({ status }) => status))).toEqual({ 200: 200 })
    expect(facet.app.backends()[0]?.instances.map(({ state }) => state)).toEqual(['in service', 'ejected'])
  })

  test('costs a burst nothing either, although its failures are quicker than all answers', async () => {
    for (let id = 0; id < 48; id++) instances[0]?.on(`GET /n/${id}`, { json: { n: 0 }, delay: 100 })
    const shop = rest('shop', { url: [urlOf(0), await nobody()], retries: 1 })
    const byId = shop.get('/n/:id', { output })
    const all = endpoint('GET /all').source('all', each(byId, { concurrency: 48 }), () =>
      Array.from({ length: 48 }, (_, id) => ({ id: String(id) })),
    )
    facet = await harness({ routes: { all } })
    expect((await facet.get('/all')).json().all).toHaveLength(48)
    expect((await facet.get('/all')).status).toBe(200)
  })

  test('is out after some failures, and comes back slowly when its time is over', async () => {
    await start({
      outliers: { failures: 3, ejection: '1s' },
      slowStart: '2s',
      breaker: false,
      balance: 'round-robin',
    })
    for (const path of ['/n']) instances[2]?.on(`GET ${path}`, { status: 500 })
    const events = backendEvents()
    const statuses = (await ask(facet, ['/n'], 60, 3)).map(({ status }) => status)
    expect(tally(statuses)[502]).toBeLessThanOrEqual(5)
    expect(await controlled(facet, 'shop')).toMatchObject({
      instances: [{ state: 'in service' }, { state: 'in service' }, { state: 'ejected' }],
    })
    heal(2)
    await until('it is back', () => events.records.some(({ event }) => event === 'returned'))
    events.close()
    const report = (await controlled(facet, 'shop')).instances[2]
    expect(report?.state).toBe('slow')
    expect(report?.ramp).toBeLessThan(0.6)
    const before = counts()
    await ask(facet, ['/n'], 60, 3)
    const share = counts().map((count, at) => count - (before[at] as number))
    expect(share[2]).toBeLessThan(18)
    expect(share[2]).toBeGreaterThan(0)
    const address = urlOf(2).slice('http://'.length)
    expect(events.records.map(({ event, instance, reason }) => [event, instance, reason])).toEqual([
      ['ejected', `${urlOf(2)} ${address}`, 'failures'],
      ['returned', `${urlOf(2)} ${address}`, undefined],
    ])
  })

  test('is found by its checks, before any client meets it, and found again', async () => {
    instances[1]?.on('GET /healthz', { status: 503 })
    const health = { path: '/healthz', interval: '50ms', timeout: '50ms', unhealthy: 2, healthy: 2 }
    await start({ health, slowStart: '0s' })
    await until('it is out', () => facet.app.backends()[0]?.instances[1]?.state === 'unhealthy')
    await ask(facet, ['/n'], 60, 4)
    expect(counts()[1]).toBe(0)
    expect(instances[1]?.received('GET /healthz')[0]?.headers).toMatchObject({ 'user-agent': 'Facet health check' })
    instances[1]?.on('GET /healthz', {})
    await until('it is back', () => facet.app.backends()[0]?.instances[1]?.state === 'in service')
    await ask(facet, ['/n'], 60, 4)
    expect(counts()[1]).toBeGreaterThan(5)
  })
})

describe('instances that are all dead', () => {
  test('make the backend rest, and the client is told for how long', async () => {
    const urls = await Promise.all([nobody(), nobody()])
    await start({ breaker: { minimum: 10, open: '5s' } }, urls)
    const replies = await ask(facet, ['/n'], 100, 4)
    const resting = replies.filter(({ status }) => status === 503)
    expect(resting.length).toBeGreaterThan(60)
    for (const reply of resting) {
      expect(reply.json().code).toBe('backend-open')
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(4)
    }
  })
})

describe('two apps in one process', () => {
  test('know nothing of what each other’s instances do', async () => {
    const urls = [urlOf(0), await nobody()]
    await start({ retries: 1, balance: 'round-robin' }, urls)
    const first = facet
    await start({ retries: 1, balance: 'round-robin' }, urls)
    await ask(facet, ['/n'], 40, 2)
    expect(facet.app.backends()[0]?.instances[1]?.state).toBe('ejected')
    expect(first.app.backends()[0]?.instances[1]?.state).toBe('in service')
    await first.close()
    await pause(20)
    expect((await facet.get('/n')).status).toBe(200)
  })
})
