import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Link, openLink } from './link.ts'

const TEXT = 'x'.repeat(2_000)
let server: Server
let link: Link
let requests = 0

beforeEach(async () => {
  requests = 0
  server = createServer((request, response) => {
    requests++
    if (request.url === '/broken') return void request.socket.resetAndDestroy()
    response.end(TEXT)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  link = await openLink((server.address() as AddressInfo).port)
})
afterEach(async () => {
  await link.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const text = async (path = '/') => (await fetch(`http://127.0.0.1:${link.port}${path}`)).text()

/** Milliseconds. */
async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work
  return performance.now() - start
}

test('passes all through where nothing is wrong', async () => {
  expect(await text()).toBe(TEXT)
  expect(await text()).toBe(TEXT)
})

test('a connection that the other side resets is reset', async () => {
  await expect(text('/broken')).rejects.toThrow()
  expect(requests).toBeGreaterThan(0)
})

test('resets what is there and what comes, until it is healed', async () => {
  await text()
  link.set({ kind: 'reset' })
  await expect(text()).rejects.toThrow()
  await expect(text()).rejects.toThrow()
  expect(requests).toBe(1)
  link.set(undefined)
  expect(await text()).toBe(TEXT)
})

test('forgets a connection for ever, and not those that come after it is healed', async () => {
  link.set({ kind: 'lose' })
  const lost = fetch(`http://127.0.0.1:${link.port}/`, { signal: AbortSignal.timeout(500) })
  setTimeout(() => link.set(undefined), 200)
  await expect(lost).rejects.toThrow('timeout')
  expect(requests).toBe(1)
  expect(await text()).toBe(TEXT)
})

test('holds answers back, and lets go of them when it is healed', async () => {
  link.set({ kind: 'slow', ms: 300 })
  expect(await timed(text())).toBeGreaterThanOrEqual(290)
  link.set({ kind: 'slow', ms: 60_000 })
  setTimeout(() => link.set(undefined), 100)
  expect(await timed(text())).toBeLessThan(10_000)
})

test('lets answers trickle, and pours out the rest when it is healed', async () => {
  link.set({ kind: 'trickle', bytes: 200, ms: 50 })
  expect(await timed(text())).toBeGreaterThanOrEqual(10 * 49)
  link.set({ kind: 'trickle', bytes: 1, ms: 1_000 })
  setTimeout(() => link.set(undefined), 100)
  const start = performance.now()
  expect(await text()).toBe(TEXT)
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('a client that leaves while its answer trickles takes the connection with it', async () => {
  link.set({ kind: 'trickle', bytes: 1, ms: 20 })
  const closed = new Promise<void>((resolve) =>
    server.once('connection', (socket) => socket.once('close', () => resolve())),
  )
  const given = fetch(`http://127.0.0.1:${link.port}/`, { signal: AbortSignal.timeout(200) })
  await expect(given.then((answer) => answer.text())).rejects.toThrow()
  await closed
})
