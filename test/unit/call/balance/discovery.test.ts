// With a real DNS server on loopback, and so in real time.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Discovery, type DiscoveryOptions } from '../../../../src/call/balance/discovery.ts'
import type { InstanceAddress } from '../../../../src/call/balance/instance.ts'
import { type DnsServer, startDns } from '../../../support/dns-server.ts'
import { testSet } from '../../support/instances.ts'

let dns: DnsServer
let open: Discovery[] = []

beforeEach(async () => {
  dns = await startDns()
})
afterEach(async () => {
  for (const discovery of open) discovery.close()
  open = []
  await dns.close()
})

/** What has been found and told by a discovery that is closed with the test. */
const discovering = (urls: readonly (string | InstanceAddress)[], options: Partial<DiscoveryOptions> = {}) => {
  const found: string[][] = []
  const told: string[] = []
  let last: readonly InstanceAddress[] = []
  const discovery = new Discovery(
    urls.map((url) => (typeof url === 'string' ? { url } : url)),
    { type: 'dns', every: 20, servers: [dns.address], ...options },
    {
      onFound: (addresses) => {
        last = addresses
        found.push(addresses.map(({ address = '' }) => address))
      },
      onFailed: (url, error) => void told.push(`failed ${url} ${(error as { code: string }).code}`),
      onRecovered: (url) => void told.push(`recovered ${url}`),
    },
  )
  open.push(discovery)
  return { discovery, found, told, last: () => last }
}

/** Waits until it holds; the test's own timeout is the bound. */
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Waits for so many more queries: each resolution of a name asks for both families. */
const queries = (count: number) => {
  const before = dns.queries.length
  return until(() => dns.queries.length >= before + count)
}

describe('addresses of a host', () => {
  test('are sorted, each once, of both families, with the port of the URL', async () => {
    dns.set('crm.test', { a: ['10.0.0.2', '10.0.0.1', '10.0.0.2'], aaaa: ['fd00::1'] })
    const { discovery, last } = discovering(['http://crm.test:8080/base'])
    await discovery.ready
    const url = 'http://crm.test:8080/base'
    expect(last()).toMatchObject(
      ['10.0.0.1:8080', '10.0.0.2:8080', '[fd00::1]:8080'].map((address) => ({ url, address })),
    )
    expect(dns.queries.slice(0, 2).toSorted()).toEqual(['A crm.test', 'AAAA crm.test'])
  })

  test.each([
    [4, ['10.0.0.1:443']],
    [6, ['[fd00::1]:443']],
  ] as const)('of family %d only', async (family, expected) => {
    dns.set('crm.test', { a: ['10.0.0.1'], aaaa: ['fd00::1'] })
    const { discovery, found } = discovering(['https://crm.test'], { family })
    await discovery.ready
    expect(found).toEqual([expected])
    expect(dns.queries).toHaveLength(1)
  })

  test('are told when they change, and only then', async () => {
    dns.set('crm.test', { a: ['10.0.0.1', '10.0.0.2'] })
    const { discovery, found } = discovering(['http://crm.test'])
    await discovery.ready
    dns.set('crm.test', { a: ['10.0.0.2', '10.0.0.1'] })
    await queries(8)
    expect(found).toHaveLength(1)
    // The answers may be kept for five minutes, they say; who re-resolves wants to know now.
    dns.set('crm.test', { a: ['10.0.0.2', '10.0.0.3'] })
    await until(() => found.length > 1)
    expect(found).toEqual([
      ['10.0.0.1:80', '10.0.0.2:80'],
      ['10.0.0.2:80', '10.0.0.3:80'],
    ])
  })

  test('of an address are itself, and nobody is asked', async () => {
    const { discovery, found } = discovering(['http://127.0.0.1:81', 'http://[::1]:82'])
    await discovery.ready
    expect([found, dns.queries]).toEqual([[['127.0.0.1:81', '[::1]:82']], []])
  })

  test('of several URLs are all that are known, with the weights of their URLs', async () => {
    dns.set('a.test', { a: ['10.0.0.1', '10.0.0.2'] })
    dns.set('b.test', { a: ['10.0.1.1'] })
    const { discovery, last, told } = discovering([
      { url: 'http://a.test', weight: 4 },
      'http://b.test',
      'http://c.test',
    ])
    await discovery.ready
    expect(last()).toEqual([
      { url: 'http://a.test', address: '10.0.0.1:80', weight: 2 },
      { url: 'http://a.test', address: '10.0.0.2:80', weight: 2 },
      { url: 'http://b.test', address: '10.0.1.1:80', weight: 1 },
    ])
    expect(told).toEqual(['failed http://c.test ENODATA'])
  })
})

describe('a service', () => {
  const srv = (target: string, port: number, weight = 10, priority = 1) => ({ target, port, weight, priority })

  test('has targets of the lowest priority, with their ports and weights', async () => {
    dns.set('_http._tcp.shop.test', {
      srv: [
        srv('n1.test', 8001, 30),
        srv('n2.test', 8002, 10),
        srv('n3.test', 8003, 0),
        srv('spare.test', 8004, 10, 2),
      ],
    })
    dns.set('n1.test', { a: ['10.0.0.1'], aaaa: ['fd00::1'] })
    dns.set('n2.test', { a: ['10.0.0.2'] })
    dns.set('n3.test', { a: ['10.0.0.3'] })
    dns.set('spare.test', { a: ['10.0.0.4'] })
    const { discovery, last } = discovering(['http://shop.test'], { type: 'srv' })
    await discovery.ready
    const url = 'http://shop.test'
    expect(last()).toEqual([
      { url, address: '10.0.0.1:8001', weight: 15 },
      { url, address: '10.0.0.2:8002', weight: 10 },
      { url, address: '10.0.0.3:8003', weight: 0.1 },
      { url, address: '[fd00::1]:8001', weight: 15 },
    ])
  })

  test('may be named whole', async () => {
    dns.set('_crm._tcp.shop.test', { srv: [srv('n1.test', 8001)] })
    dns.set('n1.test', { a: ['10.0.0.1'] })
    const { discovery, found } = discovering(['https://_crm._tcp.shop.test'], { type: 'srv' })
    await discovery.ready
    expect(found).toEqual([['10.0.0.1:8001']])
  })

  test('goes on with the targets that there are', async () => {
    dns.set('_http._tcp.shop.test', { srv: [srv('n1.test', 8001), srv('gone.test', 8002)] })
    dns.set('n1.test', { a: ['10.0.0.1'] })
    const { discovery, found, told } = discovering(['http://shop.test'], { type: 'srv' })
    await discovery.ready
    expect([found, told]).toEqual([[['10.0.0.1:8001']], []])
  })

  test('that says that it is not there has no target', async () => {
    dns.set('_http._tcp.shop.test', { srv: [srv('', 0)] })
    const { discovery, found, told } = discovering(['http://shop.test'], { type: 'srv' })
    await discovery.ready
    expect([found, told]).toEqual([[], ['failed http://shop.test ENODATA']])
    expect(dns.queries).toEqual(['SRV _http._tcp.shop.test'])
  })

  test('keeps its instances while the address of a target cannot be found out', async () => {
    dns.set('_http._tcp.shop.test', { srv: [srv('n1.test', 8001), srv('n2.test', 8002)] })
    dns.set('n1.test', { a: ['10.0.0.1'] })
    dns.set('n2.test', { a: ['10.0.0.2'] })
    const { discovery, found, told } = discovering(['http://shop.test'], { type: 'srv' })
    await discovery.ready
    dns.set('n2.test', 'servfail')
    await until(() => told.length > 0)
    expect([found, told]).toEqual([[['10.0.0.1:8001', '10.0.0.2:8002']], ['failed http://shop.test ESERVFAIL']])
  })
})

describe('a failure keeps what was known, and is told once', () => {
  test.each([
    ['the name is gone', undefined, 'ENODATA'],
    ['the name has no address', {}, 'ENODATA'],
    ['the server fails', 'servfail', 'ESERVFAIL'],
  ] as const)('%s', async (_, instead, code) => {
    dns.set('crm.test', { a: ['10.0.0.1'] })
    const { discovery, found, told } = discovering(['http://crm.test'])
    await discovery.ready
    dns.set('crm.test', instead)
    await until(() => told.length > 0)
    await queries(8)
    expect([found, told]).toEqual([[['10.0.0.1:80']], [`failed http://crm.test ${code}`]])
    dns.set('crm.test', { a: ['10.0.0.1'] })
    await until(() => told.length > 1)
    await queries(4)
    expect([found.length, told.slice(1)]).toEqual([1, ['recovered http://crm.test']])
  })

  test('and told again where it has another reason', async () => {
    const { discovery, told } = discovering(['http://crm.test'])
    await discovery.ready
    dns.set('crm.test', 'servfail')
    await until(() => told.length > 1)
    expect(told).toEqual(['failed http://crm.test ENODATA', 'failed http://crm.test ESERVFAIL'])
  })
})

describe('a server that says nothing', () => {
  test('is not waited for long, and nobody else asks in the meantime', async () => {
    dns.set('crm.test', 'silence')
    const { discovery, told } = discovering(['http://crm.test'])
    const from = performance.now()
    await discovery.ready
    expect(performance.now() - from).toBeLessThan(8_000)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^failed http:\/\/crm\.test (ETIMEOUT|ECANCELLED)$/)
    // Each of the two queries, and each once more.
    expect(dns.queries).toHaveLength(4)
  })

  test('is asked again, and then there are instances', async () => {
    const { discovery, found } = discovering(['http://crm.test'])
    await discovery.ready
    expect(found).toEqual([])
    dns.set('crm.test', { a: ['10.0.0.1'] })
    await until(() => found.length > 0)
    expect(found).toEqual([['10.0.0.1:80']])
  })
})

test('while nothing is known it asks every second, however long the interval', async () => {
  const { discovery, found } = discovering(['http://crm.test'], { every: 3_600_000 })
  await discovery.ready
  const from = performance.now()
  dns.set('crm.test', { a: ['10.0.0.1'] })
  await until(() => found.length > 0)
  expect(performance.now() - from).toBeLessThan(5_000)
})

test('closing cancels what is under way and tells nothing', async () => {
  dns.set('crm.test', 'silence')
  const { discovery, found, told } = discovering(['http://crm.test'])
  await queries(2)
  const from = performance.now()
  discovery.close()
  await discovery.ready
  // Sooner than the first query would be repeated.
  expect(performance.now() - from).toBeLessThan(900)
  const asked = dns.queries.length
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([found, told, dns.queries.length]).toEqual([[], [], asked])
})

test('a server that is no address is refused', () => {
  expect(() => discovering(['http://crm.test'], { servers: ['dns.test'] })).toThrow('Invalid IP address: dns.test')
})

test('a set follows: who stays keeps what is under way, and nothing is ever without an instance', async () => {
  dns.set('crm.test', { a: ['10.0.0.1', '10.0.0.2'] })
  const { set, told, removed } = testSet([])
  const discovery = new Discovery(
    [{ url: 'http://crm.test' }],
    { type: 'dns', every: 20, servers: [dns.address] },
    { onFound: (addresses) => set.set(addresses), onFailed: () => {}, onRecovered: () => {} },
  )
  open.push(discovery)
  await discovery.ready
  const [first, second] = set.all
  if (!first || !second) throw new Error('two instances were expected')
  set.started(second)
  told.length = 0
  dns.set('crm.test', { a: ['10.0.0.2', '10.0.0.3'] })
  while (told.length === 0) {
    set.choose()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(told).toEqual(['added http://crm.test', 'removed http://crm.test'])
  expect([removed, set.all[0] === second, second.inFlight]).toEqual([[first], true, 1])
  expect(set.all.map(({ address, authority }) => [address, authority])).toEqual([
    ['10.0.0.2:80', 'crm.test'],
    ['10.0.0.3:80', 'crm.test'],
  ])
})
