import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { z } from 'zod'
import { type DnsServer, startDns } from '../../support/dns-server.ts'
import {
  ask,
  backendEvents,
  expectNothingForgotten,
  instanceAt,
  nothingLeft,
  type PlacedInstance,
  pause,
  tally,
} from '../support/resilience.ts'
import { until } from '../support/until.ts'

let dns: DnsServer
let facet: Harness
let instances: PlacedInstance[]
expectNothingForgotten()
beforeEach(async () => {
  dns = await startDns()
  instances = []
})
afterEach(async () => {
  for (const end of ends.splice(0)) end()
  await nothingLeft(facet)
  await facet.close()
  await Promise.all([dns.close(), ...instances.map((instance) => instance.close())])
})

async function place(address: string, port?: number): Promise<PlacedInstance> {
  const instance = await instanceAt(address, port)
  instances.push(instance)
  return instance
}

async function start(url: string, type: 'dns' | 'srv'): Promise<void> {
  const shop = rest('shop', { url, discover: { type, every: '50ms', servers: [dns.address] }, slowStart: '0s' })
  const read = endpoint('GET /read').source(
    'value',
    shop.get('/read', { output: z.object({ address: z.string() }) }),
    () => ({}),
  )
  const streamed = proxy('ANY /streamed/*path', shop)
  const kept = proxy('ANY /kept/*path', shop, { cache: { ttl: 'origin' } })
  facet = await harness({ routes: { read, streamed, kept } })
}

/** What is ended after each test. */
const ends: (() => unknown)[] = []

/** Asks every two milliseconds, until it is told to stop. */
function steady(paths: readonly string[]): { stop(): Promise<number[]> } {
  const replies: Promise<number>[] = []
  let isOver = false
  ends.push(() => {
    isOver = true
  })
  const run = (async () => {
    for (let at = 0; !isOver; at++) {
      replies.push(facet.get(paths[at % paths.length] as string).then(({ status }) => status))
      await pause(2)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await run
      return Promise.all(replies)
    },
  }
}

describe('addresses that DNS gives', () => {
  test('are replaced one after the other under load, and no request is dropped', async () => {
    const first = await place('127.0.0.1')
    const second = await place('127.0.0.2', first.port)
    const third = await place('127.0.0.3', first.port)
    dns.set('shop.test', { a: ['127.0.0.1', '127.0.0.2'] })
    await start(`http://shop.test:${first.port}`, 'dns')
    const events = backendEvents()
    ends.push(events.close)
    const load = steady(['/read', '/streamed/read', '/kept/read'])
    await until('both are asked', () => first.hosts.length > 10 && second.hosts.length > 10)
    dns.set('shop.test', { a: ['127.0.0.2', '127.0.0.3'] })
    await until('the new one is asked', () => third.hosts.length > 10)
    await until('the old one is gone', () => facet.app.backends()[0]?.instances.length === 2)
    await until('its connections are closed', () => first.connections === 0)
    const before = first.hosts.length
    dns.set('shop.test', { a: ['127.0.0.3'] })
    await until('the second one is gone', () => facet.app.backends()[0]?.instances.length === 1)
    await until('its connections are closed', () => second.connections === 0)
    await pause(50)
    const statuses = await load.stop()
    expect(tally(statuses)).toEqual({ 200: statuses.length })
    expect(first.hosts.length).toBe(before)
    for (const { hosts } of instances) expect(new Set(hosts)).toEqual(new Set([`shop.test:${first.port}`]))
    expect(events.records.map(({ event, instance }) => [event, instance?.split(' ')[1]])).toEqual([
      ['added', `127.0.0.1:${first.port}`],
      ['added', `127.0.0.2:${first.port}`],
      ['added', `127.0.0.3:${first.port}`],
      ['removed', `127.0.0.1:${first.port}`],
      ['removed', `127.0.0.2:${first.port}`],
    ])
    expect(facet.app.backends()[0]?.instances).toHaveLength(1)
  })

  test('have the ports of a service', async () => {
    const [first, second] = [await place('127.0.0.1'), await place('127.0.0.1')]
    const target = { priority: 1, target: 'node.shop.test' }
    dns.set('node.shop.test', { a: ['127.0.0.1'] })
    dns.set('_http._tcp.shop.test', {
      srv: [
        { ...target, weight: 3, port: first.port },
        { ...target, weight: 1, port: second.port },
      ],
    })
    await start('http://_http._tcp.shop.test', 'srv')
    expect(tally((await ask(facet, ['/read', '/streamed/read'], 200, 6)).map(({ status }) => status))).toEqual({
      200: 200,
    })
    expect(first.hosts.length).toBeGreaterThan(second.hosts.length)
    expect(second.hosts.length).toBeGreaterThan(20)
    for (const { hosts } of instances) expect(new Set(hosts)).toEqual(new Set(['shop.test']))
  })

  test('are asked no more by an app that does not start', async () => {
    await start('http://shop.test', 'dns')
    const said = { discover: { type: 'srv', every: '50ms', servers: [dns.address] } } as const
    const shop = rest('other', { url: 'http://_http._tcp.other.test', ...said })
    const streamed = proxy('ANY /streamed/*path', shop)
    await expect(harness({ routes: { streamed, same: streamed } })).rejects.toThrow(/it is the same as/)
    // But for what was on its way.
    await pause(50)
    const services = () => dns.queries.filter((query) => query.startsWith('SRV')).length
    const before = services()
    await pause(1_200)
    expect(services()).toBe(before)
  })

  test('are waited for at the start, and stay where DNS fails later', async () => {
    const only = await place('127.0.0.1')
    dns.set('shop.test', 'silence')
    await start(`http://shop.test:${only.port}`, 'dns')
    const early = facet.get('/read')
    await pause(100)
    dns.set('shop.test', { a: ['127.0.0.1'] })
    expect((await early).status).toBe(200)
    dns.set('shop.test', 'servfail')
    await pause(150)
    expect((await facet.get('/read')).status).toBe(200)
    expect((await facet.get('/streamed/read')).status).toBe(200)
  })

  test('that nobody knows are a backend that cannot be reached', async () => {
    const only = await place('127.0.0.1')
    await start(`http://shop.test:${only.port}`, 'dns')
    for (const path of ['/read', '/streamed/read', '/kept/read'])
      expect((await facet.get(path)).json()).toMatchObject({ status: 502, code: 'backend-unreachable' })
    dns.set('shop.test', { a: ['127.0.0.1'] })
    await until('it is known', () => facet.app.backends()[0]?.instances.length === 1)
    expect((await facet.get('/read')).status).toBe(200)
  })
})
