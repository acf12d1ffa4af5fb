import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { env, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { nobody } from '../support/raw-backend.ts'
import { ask, controlled, expectNothingForgotten, nothingLeft, pause, tally } from '../support/resilience.ts'
import { until } from '../support/until.ts'
import { head, wire } from '../support/wire.ts'
import { type Echo, echo } from './echo.ts'

let main: Echo
let second: Echo
let facet: Harness
expectNothingForgotten()
beforeEach(async () => {
  main = await echo('main')
  second = await echo('second')
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
  await main.close()
  await second.close()
})

type Options = NonNullable<Parameters<typeof proxy>[2]>

async function start(shadow: Partial<Options['shadow']> = {}, more: Options = {}): Promise<void> {
  const to = rest('second', { url: `${second.url}/new`, timeout: '1500ms', headers: { authorization: 'its-own' } })
  const upstream = rest('main', { url: main.url, headers: { 'x-key': 'of main' } })
  facet = await harness({ routes: { it: proxy('ANY /p/*path', upstream, { shadow: { to, ...shadow }, ...more }) } })
}

const shadowed = (count: number) => until(`${count} requests in the shadow`, () => second.requests.length === count)
const post = (body: string | ReadableStream, method = 'POST') =>
  facet.request('/p/a', { method, body, duplex: 'half' } as RequestInit)
const inChunks = (text: string) => new Blob([text]).stream()

describe('a shadow', () => {
  test('is sent the same request, with its own credentials and a word of what it is, and its answer is dropped', async () => {
    await start()
    const reply = await facet.get('/p/a%2Fb?c=%41', { 'x-a': 'b', 'x-facet-shadow': 'from a client' })
    expect(reply.text).toBe('main GET /a%2Fb?c=%41')
    await shadowed(1)
    expect(second.requests[0]).toMatchObject({ method: 'GET', url: '/new/a%2Fb?c=%41', body: '' })
    expect(second.requests[0]?.headers).toMatchObject({
      host: new URL(second.url).host,
      'x-a': 'b',
      'x-facet-shadow': '1',
      'x-request-id': reply.headers.get('x-request-id'),
      authorization: 'its-own',
    })
    expect(second.requests[0]?.headers).not.toHaveProperty('x-key')
    expect(main.requests[0]?.headers).toMatchObject({ 'x-key': 'of main' })
    expect(main.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('is sent what is changed as it is changed, in the head that belongs to it', async () => {
    await start(
      { writes: true },
      { as: 'json', headers: { request: { set: { 'x-made': ({ path }) => path, 'x-said': 'by the route' } } } },
    )
    const body = gzipSync('{"a":{"b":1}}')
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', accept: 'application/json' }
    const more = { range: 'bytes=0-1', 'content-digest': 'sha-256=:x:' }
    await facet.request('/p/a', { method: 'POST', body, headers: { ...headers, ...more } })
    await shadowed(1)
    const [sent, copied] = [main, second].map(({ requests }) => requests[0])
    expect(copied?.body).toBe(sent?.body)
    const { host: _, 'x-key': __, ...same } = sent?.headers ?? {}
    const own = { host: new URL(second.url).host, authorization: 'its-own', 'x-facet-shadow': '1' }
    expect(copied?.headers).toEqual({ ...same, ...own })
    expect(same).toMatchObject({
      'content-type': 'application/xml; charset=utf-8',
      accept: 'application/xml, text/xml',
      'x-made': '/p/a',
      'x-said': 'by the route',
    })
    for (const gone of ['range', 'content-digest']) expect(same).not.toHaveProperty(gone)
  })

  test.each<[string, Options]>([
    ['', {}],
    [' of what a cache has not', { cache: { ttl: 'origin', share: 'everyone' } }],
  ])('is sent no credentials of a client that the main backend is not sent%s', async (_, more) => {
    const upstream = rest('main', { url: main.url, headers: { authorization: 'of main' } })
    const options = { shadow: { to: second.url }, ...more }
    facet = await harness({ routes: { it: proxy('ANY /p/*path', upstream, options) } })
    await facet.get('/p/a', { authorization: 'of the client', cookie: 'a=1' })
    await shadowed(1)
    expect(main.requests[0]?.headers).toMatchObject({ authorization: 'of main', cookie: 'a=1' })
    expect(second.requests[0]?.headers).toMatchObject({ cookie: 'a=1' })
    expect(second.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test.each([
    ['of a known length', (text: string) => text],
    ['in chunks', inChunks],
  ])('is sent bodies %s that are not too long, and the others are passed on all the same', async (_, written) => {
    await start({ writes: true, maxBytes: 1_000 })
    for (const length of [1, 1_000, 1_001, 300_000]) {
      const text = 'x'.repeat(length)
      expect((await post(written(text))).text).toBe('main POST /a')
      expect(main.requests.at(-1)?.body).toBe(text)
    }
    await shadowed(2)
    expect(second.requests.map(({ body }) => body.length)).toEqual([1, 1_000])
  })

  test('is sent nothing that changes something, unless it is said', async () => {
    await start()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect((await post('x', method)).status).toBe(200)
    await facet.request('/p/a', { method: 'HEAD' })
    await shadowed(1)
    expect(second.requests[0]?.method).toBe('HEAD')
  })

  test('is sent a share', async () => {
    await start({ share: 0.5 })
    await ask(facet, ['/p/a'], 300, 4)
    await nothingLeft(facet)
    expect(second.requests.length).toBeGreaterThan(90)
    expect(second.requests.length).toBeLessThan(210)
  })

  test('gets what a target gets, too', async () => {
    const third = await echo('third')
    await start({}, { targets: [{ to: third.url, headers: { 'x-version': '3' } }] })
    expect((await facet.get('/p/a', { 'x-version': '3' })).text).toBe('third GET /a')
    await shadowed(1)
    await nothingLeft(facet)
    await third.close()
  })

  test('is known when the app starts, and to operators', async () => {
    await start()
    expect(await controlled(facet, 'second')).toMatchObject({ breaker: 'closed' })
    const routes = { it: proxy('ANY /q/*path', main.url, { shadow: { to: env('SHADOW_URL') } }) }
    await expect(harness({ routes })).rejects.toThrow(
      "SHADOW_URL is not set: expected the http or https URL of backend 'any.q:shadow'",
    )
  })
})

describe('a client hears nothing of a shadow that', () => {
  test.each<[string, Parameters<Echo['behave']>[0]]>([
    ['fails', (response) => void response.writeHead(500).end('the words of the shadow')],
    ['resets the connection', (response) => void response.destroy()],
    [
      'breaks off in the middle',
      (response) => void response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
    ],
    ['never answers', () => {}],
    ['never ends', (response) => void response.write('x')],
    ['answers at length', (response) => void response.end('x'.repeat(3_000_000))],
  ])('%s', async (_, behaviour) => {
    await start({ writes: true })
    second.behave(behaviour)
    const started = performance.now()
    expect((await facet.get('/p/a')).text).toBe('main GET /a')
    expect((await post('body')).text).toBe('main POST /a')
    expect(performance.now() - started).toBeLessThan(1_000)
    await shadowed(2)
  })

  test('is not there, and rests then as every backend does', async () => {
    const to = rest('none', { url: await nobody(), breaker: { minimum: 3, open: '60s' } })
    await start({ to })
    expect(tally((await ask(facet, ['/p/a'], 10, 1)).map(({ status }) => status))).toEqual({ 200: 10 })
    expect(await controlled(facet, 'none')).toMatchObject({ breaker: 'open' })
  })
})

test('at the same time there are 64, and the others are passed on without', async () => {
  const to = rest('second', { url: second.url, timeout: '2s' })
  await start({ to })
  const waiting: (() => void)[] = []
  second.behave((response) => void waiting.push(() => response.end()))
  await ask(facet, ['/p/a'], 100, 10)
  await shadowed(64)
  await pause(50)
  expect(second.requests).toHaveLength(64)
  for (const end of waiting) end()
  await nothingLeft(facet)
  second.behave((response) => void response.end())
  await facet.get('/p/a')
  await shadowed(65)
})

test('uploads that are given up take no place, and are not sent', async () => {
  await start({ writes: true })
  for (let times = 0; times < 70; times++) {
    const connection = await wire(facet.url)
    connection.write(`${head('/p/a', { 'Content-Length': '100' }, 'POST')}half`)
    if (times % 10 === 0) await pause(5)
    connection.hangUp()
  }
  await nothingLeft(facet)
  expect((await post('whole')).text).toBe('main POST /a')
  await shadowed(1)
  expect(second.requests[0]?.body).toBe('whole')
})

test('a client that leaves does not take the request out of the shadow', async () => {
  await start()
  main.behave(() => {})
  const connection = await wire(facet.url)
  connection.write(head('/p/a'))
  await until('it has arrived', () => main.requests.length === 1)
  connection.hangUp()
  await shadowed(1)
})

test('clients that have left before it is their turn take no place in the shadow', async () => {
  const to = rest('second', { url: second.url })
  facet = await harness({
    routes: { it: proxy('ANY /p/*path', rest('main', { url: main.url }), { shadow: { to, writes: true } }) },
    before: [(_request, _response, next) => void setTimeout(() => next(), 50)],
  })
  const leaving = await Promise.all(Array.from({ length: 70 }, () => wire(facet.url)))
  for (const connection of leaving) connection.write(`${head('/p/a', { 'Content-Length': '10' }, 'POST')}12345`)
  await pause(20)
  for (const connection of leaving) connection.hangUp()
  await pause(100)
  const before = second.requests.length
  await post('whole')
  await shadowed(before + 1)
})

test('what a cache answers nobody else is asked', async () => {
  await start({}, { cache: { ttl: 'origin' } })
  main.behave((response) => void response.setHeader('cache-control', 'max-age=60').end('kept'))
  for (let times = 0; times < 5; times++) expect((await facet.get('/p/a')).text).toBe('kept')
  await shadowed(1)
  main.behave((response) => void response.setHeader('cache-control', 'no-store').end('fresh'))
  for (let times = 0; times < 3; times++) expect((await facet.get('/p/b')).text).toBe('fresh')
  await shadowed(4)
  expect(main.requests).toHaveLength(4)
  expect((await facet.get('/p/a')).text).toBe('kept')
  await pause(30)
  expect(second.requests).toHaveLength(4)
})
