import { createHook } from 'node:async_hooks'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { Variants } from '../../../src/http/variants.ts'
import { type Clock, fakeDate } from '../support/clock.ts'
import { type RawReply, rawGet } from '../support/raw-get.ts'
import { until } from '../support/until.ts'

let backend: ScriptedBackend
let facet: Harness
let clock: Clock
const list = Array.from({ length: 200 }, (_, id) => ({ id, name: `Łódź ${id}`, note: 'kept and sent' }))
beforeAll(async () => {
  backend = await scriptedBackend()
  const api = rest('api', { url: backend.url })
  const get = api.get('/list', { output: z.unknown() })
  const nothing = () => ({})
  const ttl = '1m'
  facet = await harness({
    routes: {
      list: endpoint('GET /list', { cache: { ttl, stale: '5m', tags: () => ['lists'] } }).source('it', get, nothing),
      bypass: endpoint('GET /bypass', { cache: { ttl, bypass: true } }).source('it', get, nothing),
      declared: endpoint('GET /declared', {
        headers: z.object({ 'accept-encoding': z.string().optional() }),
        cache: { ttl },
      }).source('it', get, nothing),
      off: endpoint('GET /off', { cache: { ttl, compress: false } }).source('it', get, nothing),
      fixed: endpoint('GET /fixed', { cache: { ttl, control: 'public, No-Transform' } }).source('it', get, nothing),
      accepted: endpoint('GET /accepted', { status: 203, cache: { ttl } }).source('it', get, nothing),
      empty: endpoint('GET /empty', { status: 204, cache: { ttl } }).source('it', get, nothing),
      uncached: endpoint('GET /uncached').source('it', get, nothing),
    },
  })
})
beforeEach(async () => {
  clock = fakeDate()
  await facet.app.runtime.cache.clear()
  backend.on('GET /list', { json: list })
})
afterEach(() => clock.restore())
afterAll(async () => {
  await facet.close()
  await backend.close()
})

const ask = (path: string, coding?: string, more: Record<string, string> = {}, method = 'GET') =>
  rawGet(facet.url + path, { ...(coding !== undefined && { 'Accept-Encoding': coding }), ...more }, method)
const variants = () => facet.app.runtime.single(Variants, () => new Variants(facet.app.runtime.store))
const idle = () => until('nothing is being compressed', () => variants().underway === 0)
/** The reply as it is sent once there has been time to compress it. */
const kept = async (path: string, coding: string, more: Record<string, string> = {}) => {
  for (let round = 0; round < 2; round++) {
    await ask(path, coding, more)
    await idle()
  }
  return ask(path, coding, more)
}
const tagOf = ({ headers }: RawReply) => headers.etag as string
const plain = ({ headers, body }: RawReply) =>
  headers['content-encoding'] === 'br' ? brotliDecompressSync(body) : gunzipSync(body)

describe('a kept reply', () => {
  test.each([
    ['br', 'gzip, deflate, br'],
    ['gzip', 'gzip, deflate'],
    ['gzip', 'br;q=0.5, gzip;q=0.6'],
    ['br', '*'],
    ['gzip', '*, br;q=0'],
  ])('is sent as it is at first, then in %s to who says %j', async (coding, header) => {
    const made = await ask('/list', header)
    const first = await ask('/list', header)
    for (const { headers, body } of [made, first]) {
      expect(headers['content-encoding']).toBeUndefined()
      expect(JSON.parse(String(body))).toEqual({ it: list })
      expect(headers.vary).toBe('X-Client, Accept, Accept-Encoding')
    }
    await idle()
    const second = await ask('/list', header)
    expect([second.status, second.headers['content-encoding']]).toEqual([200, coding])
    expect(second.headers['content-length']).toBe(String(second.body.length))
    expect(second.body.length).toBeLessThan(first.body.length / 4)
    expect(plain(second)).toEqual(first.body)
    expect(second.headers.vary).toBe('X-Client, Accept, Accept-Encoding')
    expect(second.headers['cache-status']).toMatch(/^Facet; hit; ttl=\d+$/)
    expect(tagOf(second)).toBe(tagOf(first).replace(/"$/, `-${coding}"`))
  })

  test.each([undefined, '', 'identity', 'deflate, zstd', 'br;q=0, gzip;q=0', 'identity, br;q=0.9', '*;q=0'])(
    'stays as it is for who says %j, also where there are variants',
    async (header) => {
      await kept('/list', 'br')
      const { bytes } = facet.app.cache
      for (let round = 0; round < 2; round++) {
        const { headers, body } = await ask('/list', header)
        expect([headers['content-encoding'], headers['content-length']]).toEqual([undefined, String(body.length)])
        expect(headers.vary).toBe('X-Client, Accept, Accept-Encoding')
        expect(JSON.parse(String(body))).toEqual({ it: list })
        await idle()
      }
      expect(facet.app.cache.bytes).toBe(bytes)
    },
  )

  test('is sent in the other coding where only that one is there', async () => {
    await kept('/list', 'gzip')
    expect((await ask('/list', 'br, gzip')).headers['content-encoding']).toBe('gzip')
    await idle()
    expect((await ask('/list', 'br, gzip')).headers['content-encoding']).toBe('br')
    expect((await ask('/list', 'gzip')).headers['content-encoding']).toBe('gzip')
  })

  test('is compressed as XML too, each format for itself', async () => {
    const xml = await kept('/list', 'br', { Accept: 'application/xml' })
    expect(xml.headers).toMatchObject({ 'content-encoding': 'br', 'content-type': 'application/xml; charset=utf-8' })
    expect(String(plain(xml))).toContain('<name>Łódź 7</name>')
    expect((await ask('/list', 'br')).headers['content-encoding']).toBeUndefined()
  })

  test('has the same head for HEAD as for GET, and is compressed for that too', async () => {
    await ask('/list')
    await ask('/list', 'br', {}, 'HEAD')
    await idle()
    const get = await ask('/list', 'br')
    const head = await ask('/list', 'br', {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-encoding']]).toEqual([200, 0, 'br'])
    for (const name of ['etag', 'content-length', 'content-encoding', 'content-type', 'vary'])
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]])
  })

  test('is compressed with whatever status it has', async () => {
    const { status, headers } = await kept('/accepted', 'br')
    expect([status, headers['content-encoding']]).toEqual([203, 'br'])
    const empty = await kept('/empty', 'br')
    expect([empty.status, empty.headers['content-encoding'], empty.headers.vary]).toEqual([
      204,
      undefined,
      'X-Client, Accept',
    ])
  })

  test('of an endpoint that reads Accept-Encoding itself names it once', async () => {
    expect((await ask('/declared', 'br')).headers.vary).toBe('X-Client, Accept, accept-encoding')
  })

  test('goes out stale in its variant', async () => {
    await kept('/list', 'br')
    clock.advance(61_000)
    const { headers } = await ask('/list', 'br')
    expect([headers['content-encoding'], headers['cache-status']]).toEqual(['br', 'Facet; hit; ttl=-1'])
    await until('it is made anew', () => facet.app.runtime.cache.loading === 0)
  })
})

describe('what a client has', () => {
  test('is confirmed by the tag of any coding that it takes', async () => {
    const plain = tagOf(await ask('/list'))
    const br = tagOf(await kept('/list', 'br'))
    const gzip = tagOf(await kept('/list', 'gzip'))
    expect(new Set([plain, br, gzip]).size).toBe(3)
    for (const method of ['GET', 'HEAD']) {
      for (const [said, told] of [
        ...[plain, br, gzip].map((tag) => [tag, tag] as const),
        [`W/${gzip}`, gzip],
        [`"other", ${plain}`, plain],
        [`${gzip}, ${br}`, br],
        ['*', br],
      ] as const) {
        const { status, headers, body } = await ask('/list', 'gzip, br', { 'If-None-Match': said }, method)
        expect([said, status, headers.etag, body.length]).toEqual([said, 304, told, 0])
        expect(headers.vary).toBe('X-Client, Accept, Accept-Encoding')
        expect([headers['content-encoding'], headers['content-length']]).toEqual([undefined, undefined])
      }
    }
    expect((await ask('/list', 'gzip, br', { 'If-None-Match': '"other"' })).status).toBe(200)
  })

  test('is confirmed after a purge, where it has not changed, and no variant is made for that', async () => {
    const br = tagOf(await kept('/list', 'br'))
    await facet.app.invalidate(['lists'])
    for (let round = 0; round < 3; round++) {
      const { status, headers } = await ask('/list', 'br', { 'If-None-Match': br })
      expect([status, headers.etag, variants().underway]).toEqual([304, br, 0])
    }
    backend.on('GET /list', { json: [...list, 1] })
    await facet.app.invalidate(['lists'])
    expect((await ask('/list', 'br', { 'If-None-Match': br })).status).toBe(200)
  })

  test('in a coding that the request does not take is not confirmed: a shared cache may hold it for others', async () => {
    const br = tagOf(await kept('/list', 'br'))
    for (const header of [undefined, 'gzip', 'br;q=0'])
      expect((await ask('/list', header, { 'If-None-Match': br })).status).toBe(200)
  })

  test('is confirmed by what goes past the cache', async () => {
    const br = tagOf(await kept('/bypass', 'br'))
    const past = { 'Cache-Control': 'no-cache' }
    const reply = await ask('/bypass', 'br', past)
    expect([reply.headers['content-encoding'], reply.headers.vary]).toEqual([
      undefined,
      'X-Client, Accept, Accept-Encoding',
    ])
    expect((await ask('/bypass', 'br', { ...past, 'If-None-Match': br })).status).toBe(304)
  })
})

describe('nothing is compressed', () => {
  test.each(['/off', '/fixed', '/uncached'])('of %s', async (path) => {
    const { headers } = await kept(path, 'br')
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'X-Client, Accept'])
    expect(tagOf({ headers } as RawReply)).not.toMatch(/-br"$/)
  })

  test('of small replies', async () => {
    backend.on('GET /list', { json: 'x'.repeat(1_000) })
    const { headers, body } = await kept('/list', 'br')
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'X-Client, Accept, Accept-Encoding'])
    backend.on('GET /list', { json: 'x'.repeat(1_024 + 1_000 - body.length) })
    await facet.app.invalidate(['lists'])
    expect((await kept('/list', 'br')).headers['content-encoding']).toBe('br')
  })

  test('of what nobody asks for again, nor for who takes none', async () => {
    const compressions = count()
    await ask('/list', 'br')
    for (let round = 0; round < 3; round++) await ask('/list')
    expect([compressions(), variants().underway]).toEqual([0, 0])
  })
})

test('what is compressed is counted, and its hits go on', async () => {
  await ask('/list')
  const { bytes } = facet.app.cache
  const br = await kept('/list', 'br')
  const gzip = await kept('/list', 'gzip')
  expect(facet.app.cache.bytes - bytes).toBe(br.body.length + gzip.body.length)
  expect([facet.app.cache.entries, facet.app.cache.list(0, 1)[0]?.hits]).toEqual([1, 6])
  await facet.app.invalidate(['lists'])
  expect(facet.app.cache.bytes).toBe(0)
})

test('many who ask at the same time have it compressed once', async () => {
  backend.on('GET /list', { json: large(1) })
  await ask('/list')
  const compressions = count()
  const replies = await Promise.all(Array.from({ length: 20 }, () => ask('/list', 'br')))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  await idle()
  expect((await ask('/list', 'br')).headers['content-encoding']).toBe('br')
  expect(compressions()).toBe(1)
})

describe('while it is compressed', () => {
  const begin = async () => {
    backend.on('GET /list', { json: large(4) })
    await ask('/list')
    await ask('/list', 'br', {}, 'HEAD')
    expect(variants().underway).toBe(1)
  }

  test('a purge leaves nothing', async () => {
    await begin()
    await facet.app.invalidate(['lists'])
    expect(variants().underway).toBe(1)
    await idle()
    expect([facet.app.cache.entries, facet.app.cache.bytes]).toEqual([0, 0])
  })

  test('a refresh brings the new value, which stays', async () => {
    await begin()
    backend.on('GET /list', { json: 'new' })
    clock.advance(61_000)
    await ask('/list', undefined, {}, 'HEAD')
    await until('it is made anew', () => facet.app.runtime.cache.loading === 0)
    expect(variants().underway).toBe(1)
    const { bytes } = facet.app.cache
    await idle()
    const reply = await ask('/list', 'br')
    expect([String(reply.body), reply.headers['content-encoding']]).toEqual(['{"it":"new"}', undefined])
    expect(facet.app.cache.bytes).toBe(bytes)
  })

  test('a soft purge makes it stale, and it stays so', async () => {
    await begin()
    await facet.app.invalidate({ tags: ['lists'], soft: true })
    expect(variants().underway).toBe(1)
    await idle()
    const { headers } = await ask('/list', 'br', {}, 'HEAD')
    expect([headers['content-encoding'], headers['cache-status']]).toEqual([undefined, 'Facet; hit; ttl=0'])
    await until('it is made anew', () => facet.app.runtime.cache.loading === 0)
  })
})

/** Text of so many million bytes that takes its time. */
function large(megabytes: number): string {
  const words = new Uint32Array(megabytes * 125_000)
  for (let i = 0, word = 1; i < words.length; i++) {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    words[i] = word
  }
  return Buffer.from(words.buffer).toString('hex')
}

const hooks: { disable(): void }[] = []
afterEach(() => void hooks.splice(0).map((hook) => hook.disable()))

/** Counts what zlib is set to from now on, here and in what is asked. */
function count(): () => number {
  let made = 0
  const init = (_: number, type: string) => {
    if (type === 'ZLIB') made++
  }
  hooks.push(createHook({ init }).enable())
  return () => made
}
