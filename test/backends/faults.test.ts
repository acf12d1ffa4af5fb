import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Control, json, type MockBackend, startMock } from './index.ts'
import { rawRequest } from './raw-request.ts'

const DOCUMENT = '{"sound":true}'

let mock: MockBackend
let handled = 0
beforeAll(async () => {
  mock = await startMock({
    name: 'mock',
    handler: () => {
      handled += 1
      return json(200, JSON.parse(DOCUMENT))
    },
  })
})
afterAll(() => mock.close())
beforeEach(() => {
  mock.reset()
  handled = 0
})

async function timed(path = '/'): Promise<number> {
  const start = performance.now()
  await (await fetch(mock.url + path)).arrayBuffer()
  return performance.now() - start
}

test('latency holds the answer back, and only the answer', async () => {
  mock.control({ latencyMs: 150 })
  const answer = timed()
  while (handled === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(mock.requests).toHaveLength(1)
  mock.reset() // What is on its way keeps its delay.
  expect(await answer).toBeGreaterThanOrEqual(145)
})

test('a client that gives up has been acted for nevertheless', async () => {
  mock.control({ latencyMs: 60_000 })
  await expect(fetch(mock.url, { signal: AbortSignal.timeout(100) })).rejects.toThrow()
  expect(handled).toBe(1)
})

test('jitter comes on top of latency, and differs', async () => {
  mock.control({ latencyMs: 30, jitterMs: 100 })
  const times = await Promise.all(Array.from({ length: 20 }, () => timed()))
  expect(Math.min(...times)).toBeGreaterThanOrEqual(29)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(10)
})

test.each([200, 404, 429, 503])('status %i is what everything gets, and the handler is not asked', async (status) => {
  mock.control({ status })
  const response = await fetch(mock.url)
  expect([response.status, await response.json()]).toEqual([status, { error: 'injected failure', status }])
  expect(handled).toBe(0)
})

test.each([204, 304])('status %i comes without a body', async (status) => {
  mock.control({ status })
  const { head, body } = await rawRequest(mock.port)
  expect(head.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
  expect(head).not.toMatch(/content-length/i)
  expect(body).toHaveLength(0)
})

async function statuses(count: number): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (let nth = 0; nth < count; nth++) {
    const response = await fetch(mock.url)
    await response.arrayBuffer()
    counts[response.status] = (counts[response.status] ?? 0) + 1
  }
  return counts
}

test('the failure rate is the share that fails, with 500 or the status said', async () => {
  mock.control({ failureRate: 0.5 })
  const { 200: sound = 0, 500: failed = 0, ...others } = await statuses(200)
  // Outside these bounds once in 10^11 runs.
  expect(sound).toBeGreaterThan(50)
  expect(failed).toBeGreaterThan(50)
  expect(others).toEqual({})
  expect(handled).toBe(sound)
  mock.control({ failureRate: 1, status: 429 })
  expect(await statuses(5)).toEqual({ 429: 5 })
  mock.control({ failureRate: 0.5 })
  const mixed = await statuses(100)
  expect(Object.keys(mixed)).toEqual(['200', '429'])
})

test('reset breaks the connection, without acting', async () => {
  mock.control({ reset: true })
  await expect(rawRequest(mock.port)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect([handled, mock.requests.length]).toEqual([0, 1])
})

test('reset comes after the latency', async () => {
  mock.control({ reset: true, latencyMs: 100 })
  const start = performance.now()
  await expect(rawRequest(mock.port)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(performance.now() - start).toBeGreaterThanOrEqual(95)
})

test.each<Partial<Control>>([
  { status: 503 },
  { body: 'html' },
  { reset: true },
  { failureRate: 1 },
  { latencyMs: 60_000 },
])('only: %j is for URLs that contain it', async (fault) => {
  mock.control({ ...fault, only: '/users/1' })
  const other = await fetch(`${mock.url}/users/2?a=b`)
  expect([other.status, await other.text()]).toEqual([200, DOCUMENT])
  const struck = fetch(`${mock.url}/users/1?a=b`, { signal: AbortSignal.timeout(150) })
  const outcome = await struck.then((response) => response.text()).catch(() => 'failed')
  expect(outcome).not.toBe(DOCUMENT)
})

test('only looks at the query, too', async () => {
  mock.control({ status: 503, only: 'a=b' })
  expect([(await fetch(`${mock.url}/?a=b`)).status, (await fetch(mock.url)).status]).toEqual([503, 200])
})
