import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { handshake, TEXT, upgraded, webSocketServer } from '../integration/support/websocket.ts'
import { endAll, eventually } from './child.ts'
import { makeProject, removeProjects } from './project.ts'
import { accepts, open } from './socket.ts'
import { requestLines, start } from './started.ts'

const ROUTES = {
  'routes/_backends/slow.ts': `import { env, rest } from 'facet'
import { z } from 'zod'
export const slow = rest('slow', { url: env('SLOW_URL'), timeout: '1m' })
export const wait = slow.get('/wait', { output: z.object({ ok: z.boolean() }) })
`,
  'routes/wait.ts': `import { endpoint } from 'facet'
import { wait } from './_backends/slow.ts'
export default endpoint('GET /wait', { deadline: '1m' }).source('answer', wait, () => ({}))
`,
  'routes/passed.ts': `import { proxy } from 'facet'
import { slow } from './_backends/slow.ts'
export default proxy('ANY /passed/*path', slow)
`,
}
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: facet\r\n\r\n`

let slow: ScriptedBackend
beforeEach(async () => {
  slow = await scriptedBackend({ 'GET /wait': { delay: 500, json: { ok: true } } })
})
afterEach(async () => {
  await endAll()
  removeProjects()
  await slow.close()
})

/** Facet in front of the slow backend, with a bound that no test should come near unless it says so. */
async function started(seconds = '30') {
  const environment = { ...makeProject(ROUTES).variables, SLOW_URL: slow.url, SHUTDOWN_SECONDS: seconds }
  return start(environment)
}

const arrived = (count = 1) => eventually('the backend is asked', () => slow.requests.length >= count)
const refuses = (url: string) => eventually('no new connections', async () => !(await accepts(url)))

describe('SIGTERM', () => {
  test.each([
    ['an endpoint', '/wait'],
    ['a proxied route', '/passed/wait'],
  ])('lets a request to %s finish with 200, takes no new ones meanwhile, and ends with 0', async (_, path) => {
    const { facet, url } = await started()
    const reply = fetch(url + path)
    await arrived()
    facet.kill('SIGTERM')
    await refuses(url)
    const { status, headers } = await reply
    expect(status).toBe(200)
    expect(headers.get('connection')).toBe('close')
    expect(await facet.ended).toBe(0)
    expect(facet.out()).toMatch(/"finished":true,"msg":"stopped"/)
    expect(requestLines(facet)).toMatchObject([{ status: 200 }])
  })

  test('a second one changes nothing', async () => {
    const { facet, url } = await started()
    const reply = fetch(`${url}/wait`)
    await arrived()
    facet.kill('SIGTERM')
    facet.kill('SIGTERM')
    facet.kill('SIGINT')
    expect((await reply).status).toBe(200)
    expect(await facet.ended).toBe(0)
  })

  test('whoever is still asking hears that it stops, and that the connection ends', async () => {
    const { facet, url } = await started()
    const connection = await open(url)
    // In one write with a request that is answered, so that its beginning has surely been read by then.
    connection.send(`${GET('/livez')}GET /readyz HTTP/1.1\r\nHost: facet\r\n`)
    await connection.until(/alive/)
    facet.kill('SIGTERM')
    await refuses(url)
    connection.send('\r\n')
    await connection.until(/\{"status":"stopping"\}/)
    const [, , last] = connection.received().split('HTTP/1.1 ')
    expect(last).toMatch(/^503 /)
    expect(last).toMatch(/^Connection: close\r$/m)
    await connection.closed
    expect(await facet.ended).toBe(0)
  })

  test('does not wait for connections on which nothing is asked', async () => {
    const { facet, url } = await started()
    const used = await open(url)
    used.send(GET('/livez'))
    await used.until(/alive/)
    const unused = await open(url)
    const began = performance.now()
    facet.kill('SIGTERM')
    await Promise.all([used.closed, unused.closed])
    expect(await facet.ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(facet.out()).toMatch(/"finished":true,"msg":"stopped"/)
  })
})

describe('SHUTDOWN_SECONDS bounds what is waited for', () => {
  test.each([
    ['an endpoint', GET('/wait')],
    ['a proxied route', GET('/passed/wait')],
    ['a body that never comes', 'POST /passed/x HTTP/1.1\r\nHost: facet\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('%s that hangs is cut off, and the exit code is 0', async (_, request) => {
    for (const route of ['GET /wait', 'POST /x']) slow.on(route, { hang: true })
    const { facet, url } = await started('1')
    const connection = await open(url)
    connection.send(request)
    await arrived()
    const began = performance.now()
    facet.kill('SIGTERM')
    await connection.closed
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(connection.received()).toBe('')
    expect(await facet.ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(facet.out()).toMatch(/"finished":false,"msg":"stopped"/)
    expect(requestLines(facet)).toMatchObject([{ status: 499, code: 'client-closed' }])
  })

  test('a WebSocket is ended on both sides, after it could go on until then', async () => {
    const chat = await webSocketServer()
    const environment = { ...makeProject(ROUTES).variables, SLOW_URL: chat.url, SHUTDOWN_SECONDS: '1' }
    const { facet, url } = await start(environment)
    const { status, peer } = await upgraded(url, handshake('/passed/chat'))
    expect(status).toBe(101)
    const began = performance.now()
    facet.kill('SIGTERM')
    await refuses(url)
    chat.peers[0]?.send(TEXT, 'still here')
    expect((await peer.frame(0)).payload.toString()).toBe('still here')
    expect(await facet.ended).toBe(0)
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(performance.now() - began).toBeLessThan(10_000)
    await eventually('both sides are told', () => peer.isOver && chat.connections === 0)
    expect(requestLines(facet)).toMatchObject([{ status: 101, path: '/passed/chat' }])
    await chat.close()
  })
})
