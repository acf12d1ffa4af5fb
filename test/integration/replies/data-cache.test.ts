// The data of an endpoint, kept for each source: shared by every client's representation, alone or behind a reply cache.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { client, each, endpoint, optional, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { type Clock, fakeDate } from '../support/clock.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
let clock: Clock

const thing = z.object({ id: z.string(), nth: z.number() })
const paths = ['customer', 'orders', 'rates', 'kept', 'part'] as const

beforeAll(async () => {
  backend = await scriptedBackend()
  const api = rest('api', { url: backend.url, forward: ['x-tenant'] })
  const operation = (path: string) => {
    const input = ({ id }: { id: string }) => ({ query: { id } })
    return api.get(`/${path}`, { input, output: thing, name: path })
  }
  const kept = api.get('/kept', {
    input: ({ id }: { id: string }) => ({ query: { id } }),
    output: thing,
    cache: {
      ttl: '5s',
      tags: ({ id }) => [`kept:${id}`],
      answerTags: ({ nth }, { id }) => [`answer:${id}:${nth}`],
    },
  })
  const byId = ({ params }: { params: { id: string } }) => ({ id: params.id })
  const data = {
    ttl: '1m',
    stale: '1m',
    staleIfError: '1h',
    tags: ({ params }: { params: { id: string } }) => [`c:${params.id}`],
  } as const
  const overview = endpoint('GET /overview/:id', { data: { ...data, bypass: true } })
    .source('customer', operation('customer'), byId)
    .source('orders', operation('orders'), ['customer'], ({ customer }) => ({ id: customer.id }))
    .source('rates', optional(operation('rates')), () => ({ id: 'all' }))
  const web = client('web', { default: true })
  const mobile = client('mobile')
  const none = api.get('/none', { output: thing, cache: { ttl: '1m', negative: '1m', tags: () => ['none:1'] } })
  const nothing = () => ({})
  const negative = { ttl: '1m', negative: '1m' } as const
  const one = operation('customer')
  const twins = endpoint('GET /twins', { data: { ttl: '1m' } })
    .source('a', one, () => ({ id: '1' }))
    .source('b', one, () => ({ id: '1' }))
  facet = await harness({
    routes: {
      overview,
      twins,
      noneCall: endpoint('GET /none/call').source('none', none, nothing),
      noneData: endpoint('GET /none/data', { data: negative }).source('none', none, nothing),
      noneReply: endpoint('GET /none/reply', { cache: negative }).source('none', none, nothing),
      pay: endpoint('POST /pay', { data: { ttl: '1m' } })
        .source('paid', api.post('/pay', { input: (_: object) => ({}), output: thing }), nothing)
        .source('balance', operation('rates'), ['paid'], () => ({ id: '1' })),
      both: endpoint('GET /both/:id', { data: { ttl: '5s' }, cache: { ttl: '1m' } }).source(
        'customer',
        operation('customer'),
        byId,
      ),
      kept: endpoint('GET /kept/:id', { data: { ttl: '1m' }, cache: { ttl: '1m' } }).source('kept', kept, byId),
      calls: endpoint('GET /calls/:id', { cache: { ttl: '1m' } }).source('kept', kept, byId),
      parts: endpoint('GET /parts', { data: { ttl: '1m', stale: '1m', partial: '5s' } }).source(
        'list',
        each(optional(operation('part'), { id: 'none', nth: 0 })),
        () => [{ id: '1' }, { id: '2' }],
      ),
      missing: endpoint('GET /missing/:id', { data: { ttl: '1m', negative: '5s' } }).source(
        'part',
        operation('part'),
        byId,
      ),
    },
    clients: [web, mobile],
    transforms: [
      mobile.transform(overview, ['customer'], ({ customer }) => customer.nth),
      mobile.transform(twins, ['b'], ({ b }) => b.nth),
    ],
  })
})
beforeEach(async () => {
  clock = fakeDate()
  await facet.app.runtime.cache.clear()
  for (const path of paths) {
    let count = 0
    backend.on(`GET /${path}`, ({ url }) => ({
      json: { id: new URL(url, 'http://localhost').searchParams.get('id'), nth: ++count },
    }))
  }
})
afterEach(() => clock.restore())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const asked = () => Object.fromEntries(paths.map((path) => [path, backend.received(`GET /${path}`).length]))
const since = (before: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(asked()).flatMap(([path, count]) =>
      count > (before[path] ?? 0) ? [[path, count - (before[path] ?? 0)]] : [],
    ),
  )
const status = async (path: string, headers: Record<string, string> = {}) =>
  (await facet.get(path, headers)).headers.get('cache-status')
const MOBILE = { 'x-client': 'mobile' }

describe('data that is kept', () => {
  test('is shared by the clients: one who reads fewer sources loads only those, and the others find them', async () => {
    const before = asked()
    expect((await facet.get('/overview/1', MOBILE)).json()).toBe(1)
    expect(since(before)).toEqual({ customer: 1 })
    expect((await facet.get('/overview/1')).json()).toMatchObject({ customer: { nth: 1 }, orders: { nth: 1 } })
    expect(since(before)).toEqual({ customer: 1, orders: 1, rates: 1 })
    expect((await facet.get('/overview/1', { accept: 'application/xml' })).text).toContain('<nth>1</nth>')
    expect((await facet.get('/overview/1', MOBILE)).json()).toBe(1)
    expect(since(before)).toEqual({ customer: 1, orders: 1, rates: 1 })
  })

  test('says what it did, in Cache-Status', async () => {
    expect(await status('/overview/2', MOBILE)).toBe('Facet; fwd=bypass; detail="data miss"')
    expect(await status('/overview/2')).toBe('Facet; fwd=bypass; detail="data hit, data miss 2"')
    expect(await status('/overview/2')).toBe('Facet; fwd=bypass; detail="data hit 3"')
    expect(await status('/kept/2')).toBe('Facet; fwd=uri-miss; stored; detail="data miss, call miss"')
    expect(await status('/kept/2')).toBe('Facet; hit; ttl=5')
  })

  test('is kept under keys that tell nobody’s credentials, as are calls and replies', async () => {
    const api = rest('mine', { url: backend.url, forward: ['authorization'] })
    const mine = api.get('/customer', { output: thing.omit({ id: true }), cache: { ttl: '1m' } })
    const options = {
      data: { ttl: '1m' },
      cache: { ttl: '1m' },
      headers: z.object({ 'x-secret': z.string() }),
    } as const
    const other = await harness({ routes: { mine: endpoint('GET /mine', options).source('mine', mine, () => ({})) } })
    await other.get('/mine', { authorization: 'Bearer hunter2', 'x-secret': 'hunter2' })
    const keys = other.app.cache.list(0, 10).map(({ key }) => key)
    expect(keys.map((key) => key.split(' ')[0]).sort()).toEqual(['call', 'data', 'reply'])
    expect(keys.join()).not.toContain('hunter2')
    await other.close()
  })

  test('is another for another input, and for another header that its backend is sent', async () => {
    const before = asked()
    for (const tenant of ['a', 'b', 'a']) await facet.get('/overview/3', { 'x-tenant': tenant })
    await facet.get('/overview/4', { 'x-tenant': 'a' })
    expect(since(before)).toMatchObject({ customer: 3, orders: 3 })
  })

  test('is loaded once for many at a time, of all clients', async () => {
    const before = asked()
    await Promise.all(Array.from({ length: 20 }, (_, at) => facet.get('/overview/5', at % 2 ? MOBILE : {})))
    expect(since(before)).toEqual({ customer: 1, orders: 1, rates: 1 })
  })

  test('is sent stale while it is renewed, and where its backend fails', async () => {
    await facet.get('/overview/6', MOBILE)
    clock.advance(70_000)
    expect((await facet.get('/overview/6', MOBILE)).json()).toBe(1)
    await until('renewed', async () => (await facet.get('/overview/6', MOBILE)).json() === 2)
    clock.advance(30 * 60_000)
    backend.on('GET /customer', { status: 500 })
    const reply = await facet.get('/overview/6', MOBILE)
    expect([reply.json(), reply.headers.get('cache-status')]).toEqual([
      2,
      'Facet; fwd=bypass; detail="data stale-if-error"',
    ])
  })

  test('goes with its tags, and with its route', async () => {
    for (const id of ['7', '8']) await facet.get(`/overview/${id}`, MOBILE)
    await facet.app.invalidate(['c:7'])
    expect(await status('/overview/7', MOBILE)).toContain('data miss')
    expect(await status('/overview/8', MOBILE)).toContain('data hit')
    await facet.app.invalidate(['route:GET /overview/:id'])
    expect(await status('/overview/8', MOBILE)).toContain('data miss')
  })

  test('is passed by where a client may want that and does', async () => {
    await facet.get('/overview/9', MOBILE)
    expect((await facet.get('/overview/9', { ...MOBILE, 'cache-control': 'no-cache' })).json()).toBe(2)
    expect((await facet.get('/both/9', { 'cache-control': 'no-cache' })).json().customer.nth).toBe(3)
    expect((await facet.get('/both/9', { 'cache-control': 'no-cache' })).json().customer.nth).toBe(3)
  })

  test('bounds how long the reply that it went into is fresh', async () => {
    await facet.get('/both/10')
    expect(await status('/both/10')).toBe('Facet; hit; ttl=5')
    clock.advance(5_000)
    expect(await status('/both/10')).toContain('data miss')
  })

  test('is not kept for what a fallback stands in, but for a source that is covered as a whole the others are', async () => {
    backend.on('GET /rates', { status: 500 })
    const before = asked()
    for (let round = 0; round < 2; round++) {
      const reply = await facet.get('/overview/11')
      expect(reply.headers.get('facet-partial')).toContain('rates')
    }
    expect(since(before)).toEqual({ customer: 1, orders: 1, rates: 2 })
  })

  test('in which a part is replaced is kept for a short time, and whoever gets it is told', async () => {
    backend.on('GET /part', ({ url }) => (url.includes('id=1') ? { status: 500 } : { json: { id: '2', nth: 1 } }))
    const before = asked()
    for (const [state, partial] of [
      ['miss', /^list;reason=/],
      ['hit', /^list;reason=/],
    ] as const) {
      const reply = await facet.get('/parts')
      expect(reply.headers.get('facet-partial')).toMatch(partial)
      expect(reply.headers.get('cache-status')).toContain(`data ${state}`)
    }
    expect(since(before)).toEqual({ part: 2 })
    clock.advance(5_000)
    expect(await status('/parts')).toContain('data miss')
  })

  test('keeps that there is nothing', async () => {
    backend.on('GET /part', { status: 404 })
    const before = asked()
    for (let round = 0; round < 2; round++) expect((await facet.get('/missing/1')).status).toBe(404)
    expect(since(before)).toEqual({ part: 1 })
    clock.advance(5_000)
    await facet.get('/missing/1')
    expect(since(before)).toEqual({ part: 2 })
  })
})

describe('a tag of a call’s answer', () => {
  test.each(['/calls', '/kept'])('is one of what is made of it: %s', async (path) => {
    for (const tag of ['kept:12', 'answer:12:2']) {
      await facet.get(`${path}/12`)
      expect(await status(`${path}/12`)).toContain('hit')
      await facet.app.invalidate([tag])
      expect(await status(`${path}/12`)).toContain('call miss')
    }
  })

  test('that its backend has sent with it counts as well', async () => {
    const headers = { 'surrogate-key': 'red blue', 'cache-tag': 'green' }
    backend.on('GET /kept', (_, nth) => ({ json: { id: '13', nth }, headers }))
    for (const tag of ['blue', 'green']) {
      await facet.get('/kept/13')
      expect(await status('/kept/13')).toContain('hit')
      await facet.app.invalidate([tag])
      expect(await status('/kept/13')).toContain('call miss')
    }
  })

  test('purged while a reply was being made of the old answer: neither is kept', async () => {
    let release: () => void = () => {}
    let count = 0
    backend.on('GET /kept', async () => {
      const nth = ++count
      if (nth === 1)
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return { json: { id: '14', nth } }
    })
    const old = facet.get('/kept/14')
    await until('it is loading', () => count === 1)
    await facet.app.invalidate(['answer:14:1'])
    // Who comes after the purge is not given what was loaded before it.
    const after = facet.get('/kept/14')
    release()
    expect((await old).json().kept.nth).toBe(1)
    expect((await after).json().kept.nth).toBe(2)
    expect((await facet.get('/kept/14')).json().kept.nth).toBe(2)
  })
})

describe('that there is nothing', () => {
  test.each(['/none/call', '/none/data', '/none/reply'])(
    'goes with the tags of the call that said it: %s',
    async (path) => {
      backend.on('GET /none', { status: 404 })
      expect((await facet.get(path)).status).toBe(404)
      backend.on('GET /none', { json: { id: '1', nth: 1 } })
      expect((await facet.get(path)).status).toBe(404)
      await facet.app.invalidate(['none:1'])
      expect((await facet.get(path)).status).toBe(200)
    },
  )
})

describe('sources that ask the same', () => {
  test('are not ended by a client that leaves, where another one waits for one of them', async () => {
    let release: () => void = () => {}
    let count = 0
    backend.on('GET /customer', async () => {
      count++
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return { json: { id: '1', nth: 1 } }
    })
    const leaving = new AbortController()
    const first = facet.request('/twins', { signal: leaving.signal }).catch(() => undefined)
    await until('it is loading', () => count > 0)
    const second = facet.get('/twins', MOBILE)
    await new Promise((resolve) => setTimeout(resolve, 50))
    leaving.abort()
    await first
    release()
    await until('it is over', () => {
      release()
      return facet.app.runtime.cache.loading === 0
    })
    expect((await second).status).toBe(200)
  })
})

test('what is read after a write in the same endpoint is not taken from what was kept before it', async () => {
  backend.on('POST /pay', { json: { id: '1', nth: 1 } })
  const balances = []
  for (let nth = 0; nth < 2; nth++) balances.push((await facet.request('/pay', { method: 'POST' })).json().balance.nth)
  expect(balances).toEqual([1, 2])
})

test('a refresh behind the scenes that is partial does not make the reply that set it off a partial one', async () => {
  await facet.get('/parts')
  clock.advance(61_000)
  backend.on('GET /part', { status: 500 })
  const reply = await facet.get('/parts')
  expect([reply.headers.get('facet-partial'), reply.headers.get('cache-status')]).toEqual([
    null,
    'Facet; fwd=bypass; detail="data stale"',
  ])
})

test('data cannot be everyone’s where a backend is sent who asks', async () => {
  const api = rest('personal', { url: backend.url, forward: ['authorization'] })
  const mine = api.get('/mine', { output: thing })
  const data = { ttl: '1m', share: 'everyone' } as const
  await expect(
    harness({ routes: { mine: endpoint('GET /mine', { data }).source('mine', mine, () => ({})) } }),
  ).rejects.toThrow(
    "the data of 'GET /mine' are shared by everyone, but its source 'mine' is sent the caller's 'authorization'",
  )
})
