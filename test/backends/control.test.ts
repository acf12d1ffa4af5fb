import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { json, type MockBackend, startMock } from './index.ts'

const CALM = {
  latencyMs: 0,
  jitterMs: 0,
  failureRate: 0,
  status: null,
  body: 'normal',
  reset: false,
  only: null,
  log: true,
}

let mock: MockBackend
let handled = 0
beforeAll(async () => {
  mock = await startMock({
    name: 'mock',
    handler: () => {
      handled += 1
      return json(200, { handled })
    },
    onReset: () => {
      handled = 0
    },
  })
})
afterAll(() => mock.close())
beforeEach(() => mock.reset())

const put = (body: string): Promise<Response> => fetch(`${mock.url}/_control`, { method: 'PUT', body })

test('GET shows the state, PUT changes a part of it, DELETE resets all', async () => {
  expect(await (await fetch(`${mock.url}/_control`)).json()).toEqual(CALM)
  const changed = await put('{"status":503,"only":"/a"}')
  expect([changed.status, await changed.json()]).toEqual([200, { ...CALM, status: 503, only: '/a' }])
  expect(await (await put('{"only":null}')).json()).toEqual({ ...CALM, status: 503 })
  expect((await fetch(mock.url)).status).toBe(503)
  const deleted = await fetch(`${mock.url}/_control`, { method: 'DELETE' })
  expect([deleted.status, await deleted.json()]).toEqual([200, CALM])
  expect(mock.requests).toHaveLength(0)
  expect(await (await fetch(mock.url)).json()).toEqual({ handled: 1 })
})

test('other methods are refused', async () => {
  const response = await fetch(`${mock.url}/_control`, { method: 'POST', body: '{}' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE'])
})

test.each([
  ['{', /not JSON/],
  ['', /not JSON/],
  ['null', /must be an object/],
  ['[]', /must be an object/],
  ['{"latency":1}', /^latency: unknown, known are latencyMs, .*log$/],
  ['{"toString":1}', /^toString: unknown/],
  ['{"latencyMs":"5"}', /^latencyMs: must be a number/],
  ['{"latencyMs":-1}', /^latencyMs: must be/],
  ['{"latencyMs":2147483648}', /^latencyMs: must be/],
  ['{"jitterMs":null}', /^jitterMs: must be/],
  ['{"failureRate":1.1}', /^failureRate: must be a number from 0 to 1$/],
  ['{"status":99}', /^status: must be null or/],
  ['{"status":500.5}', /^status: must be/],
  ['{"body":"odd"}', /^body: must be one of normal, truncated, cut, garbage, html, empty$/],
  ['{"reset":1}', /^reset: must be true or false$/],
  ['{"only":5}', /^only: must be null or/],
  ['{"log":"no"}', /^log: must be/],
  ['{"status":503,"reset":1,"x":2}', /^reset: must be true or false; x: unknown/],
])('PUT %s is refused and changes nothing', async (body, message) => {
  const response = await put(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: expect.stringMatching(message) })
  expect(await (await fetch(`${mock.url}/_control`)).json()).toEqual(CALM)
})

test('control() takes the same, and throws', () => {
  expect(() => mock.control({ failureRate: 2 })).toThrow('failureRate: must be a number from 0 to 1')
  expect(() => mock.control({ colour: 'red' } as object)).toThrow('colour: unknown')
})

test('start takes faults, too', async () => {
  await expect(startMock({ name: 'bad', handler: () => json(200, 1), faults: { status: 1 } })).rejects.toThrow(/status/)
  const broken = await startMock({ name: 'broken', handler: () => json(200, 1), faults: { status: 502 } })
  const before = await fetch(broken.url)
  broken.reset()
  const after = await fetch(broken.url)
  await broken.close()
  expect([before.status, after.status]).toEqual([502, 200])
})

test('log: false keeps no log, and keeps what was there', async () => {
  await fetch(`${mock.url}/kept`)
  mock.control({ log: false })
  await fetch(`${mock.url}/forgotten`)
  expect(mock.requests.map(({ url }) => url)).toEqual(['/kept'])
})

test('health, control and log are not touched by faults', async () => {
  mock.control({ status: 503, latencyMs: 60_000, body: 'garbage' })
  expect(await (await fetch(`${mock.url}/_health`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${mock.url}/_requests`)).json()).toEqual([])
  mock.control({ reset: true })
  expect(await (await fetch(`${mock.url}/_control`)).json()).toMatchObject({ reset: true })
})
