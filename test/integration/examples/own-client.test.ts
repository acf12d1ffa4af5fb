import { createServer, Agent as HttpAgent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import axios, { type AxiosError, type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import { type Call, endpoint, optional, rest, xml } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { openLog } from '../../../src/ops/log.ts'
import { expectProblem, SECRET } from '../support/problems.ts'
import { nobody } from '../support/raw-backend.ts'
import { until } from '../support/until.ts'

// A team's own axios instances behind endpoints: `client` of a backend.

const output = z.object({ name: z.string() })
const OK = { json: { name: 'a' } }

let backend: ScriptedBackend
const open: Harness[] = []
beforeAll(async () => {
  backend = await scriptedBackend()
})
afterEach(async () => {
  for (const facet of open.splice(0)) await facet.close()
})
afterAll(() => backend.close())

/** A proxy of the machine is not what is asked. */
const instance = (defaults: CreateAxiosDefaults = {}) => axios.create({ proxy: false, ...defaults })

const thing = (client: AxiosInstance, url = backend.url) =>
  rest('own', {
    ...{ url, client, timeout: '2s', retries: 1, forward: ['accept-language'] },
    headers: { 'x-tenant': 'acme' },
  }).get('/thing', { output })

/** An app with the one endpoint `GET /thing`. */
async function serving(call: Call<object, unknown>): Promise<Harness> {
  const facet = await harness({ routes: { thing: endpoint('GET /thing').source('thing', call, () => ({})) } })
  open.push(facet)
  return facet
}

describe('an endpoint whose backend has a client', () => {
  test('is answered through its interceptors', async () => {
    backend.on('GET /thing', OK)
    const client = instance()
    let isUsed = false
    client.interceptors.request.use(async (config) => {
      config.headers.set('x-signature', `${config.method} ${new URL(config.url ?? '').pathname}`)
      return config
    })
    client.interceptors.response.use((response) => {
      isUsed = true
      return response
    })
    const facet = await serving(thing(client))
    const reply = await facet.get('/thing', { 'accept-language': 'de', 'x-request-id': 'chosen-1' })
    expect([reply.status, reply.text, isUsed]).toEqual([200, '{"thing":{"name":"a"}}', true])
    expect(backend.requests.at(-1)?.headers).toMatchObject({
      ...{ 'x-signature': 'get /thing', 'accept-language': 'de', 'x-tenant': 'acme', 'x-request-id': 'chosen-1' },
      accept: expect.stringContaining('application/json'),
    })
  })

  test('uses its agent, whose bound counts', async () => {
    let [now, most] = [0, 0]
    const slow = createServer((_, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.setHeader('content-type', 'application/json').end('{"name":"a"}')
      }, 10)
    })
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 2 })
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`
    const facet = await serving(thing(instance({ httpAgent }), url))
    const replies = await Promise.all(Array.from({ length: 12 }, () => facet.get('/thing')))
    expect([replies.map(({ status }) => status), most]).toEqual([replies.map(() => 200), 2])
    httpAgent.destroy()
    await new Promise((resolve) => slow.close(resolve))
  })

  test('is asked through its proxy', async () => {
    const targets: (string | undefined)[] = []
    const proxy = createServer((request, response) => {
      targets.push(request.url)
      response.setHeader('content-type', 'application/json').end('{"name":"from the proxy"}')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const facet = await serving(thing(instance({ proxy: { host: '127.0.0.1', port } }), 'http://backend.invalid/base'))
    expect((await facet.get('/thing')).json()).toEqual({ thing: { name: 'from the proxy' } })
    expect(targets).toEqual(['http://backend.invalid/base/thing'])
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  })

  test('is asked where the backend is, whatever the instance says of places and times', async () => {
    backend.on('GET /thing', { ...OK, delay: 60 })
    const client = instance({
      ...{ baseURL: 'http://127.0.0.1:9/elsewhere', timeout: 20, params: { key: 'k' } },
      auth: { username: 'user', password: 'word' },
    })
    const facet = await serving(thing(client))
    expect((await facet.get('/thing')).status).toBe(200)
    const { url, headers } = backend.requests.at(-1) ?? {}
    expect([url, headers?.authorization]).toEqual(['/thing?key=k', `Basic ${btoa('user:word')}`])
  })

  test('may log in by way of an interceptor, once for a session', async () => {
    let logins = 0
    backend.on('POST /login', () => ({ json: { token: `t${++logins}` } }))
    backend.on('GET /thing', ({ headers }) => (headers.authorization === 't1' ? OK : { status: 401 }))
    const client = instance()
    let token: string | undefined
    client.interceptors.request.use((config) => {
      if (token) config.headers.set('authorization', token)
      return config
    })
    client.interceptors.response.use(undefined, async (error: AxiosError) => {
      if (error.response?.status !== 401 || !error.config || token) throw error
      token = (await axios.post<{ token: string }>(`${backend.url}/login`, {}, { proxy: false })).data.token
      return client.request(error.config)
    })
    const facet = await serving(thing(client))
    for (let nth = 0; nth < 3; nth++) expect((await facet.get('/thing')).status).toBe(200)
    expect(logins).toBe(1)
  })

  test('is asked again after a transient failure, through it', async () => {
    let asked = 0
    backend.on('GET /thing', () => (++asked === 1 ? { status: 503 } : OK))
    const facet = await serving(thing(instance()))
    expect((await facet.get('/thing')).status).toBe(200)
    expect(asked).toBe(2)
  })

  test('may speak XML', async () => {
    backend.on('GET /thing', { headers: { 'content-type': 'application/xml' }, body: '<thing><name>a</name></thing>' })
    const facet = await serving(xml('own', { url: backend.url, client: instance() }).get('/thing', { output }))
    expect((await facet.get('/thing')).text).toBe('{"thing":{"name":"a"}}')
  })

  test('is given up when the client leaves', async () => {
    backend.on('GET /thing', { hang: true })
    const facet = await serving(thing(instance()))
    const before = backend.requests.length
    const leaving = new AbortController()
    const left = facet.request('/thing', { signal: leaving.signal }).catch(() => 'left')
    await until('the backend is asked', () => backend.requests.length > before)
    leaving.abort()
    expect(await left).toBe('left')
    await until('the backend is told', () => backend.requests.at(-1)?.aborted === true)
  })
})

describe('an interceptor that fails', () => {
  const failing = (thrown: () => unknown) => {
    const client = instance()
    client.interceptors.request.use(() => Promise.reject(thrown()))
    return client
  }

  test('is a failure that `optional` covers', async () => {
    const facet = await serving(optional(thing(failing(() => new Error('no token'))), { name: 'nobody' }))
    const reply = await facet.get('/thing')
    expect(reply.json()).toEqual({ thing: { name: 'nobody' } })
    expect(reply.headers.get('facet-partial')).toBe('thing;reason=backend-unreachable')
  })

  test('by a mistake is nothing that `optional` covers', async () => {
    const facet = await serving(optional(thing(failing(() => new TypeError(SECRET))), { name: 'nobody' }))
    expectProblem(await facet.get('/thing'), 'internal', 'thing')
  })

  test('is a problem in the table’s words', async () => {
    const facet = await serving(thing(failing(() => new Error(SECRET))))
    expectProblem(await facet.get('/thing'), 'backend-unreachable', 'thing')
  })
})

test('no line of the log has a credential, nor what the backend said', async () => {
  const pages: string[] = []
  const log = openLog('info', { write: (text) => void pages.push(text) }, 0)
  backend.on('GET /thing', { json: { name: SECRET }, cutAfter: 9, headers: { 'x-leak': SECRET } })
  const client = instance({ auth: { username: 'user', password: SECRET }, headers: { 'x-api-key': SECRET } })
  for (const url of [backend.url, await nobody(), 'http://no-such-host.invalid'])
    expectProblem(await (await serving(thing(client, url))).get('/thing'), 'backend-unreachable', 'thing')
  client.interceptors.response.use(undefined, () => {
    throw new TypeError('x is undefined')
  })
  expectProblem(await (await serving(thing(client))).get('/thing'), 'internal', 'thing')
  await until('four lines are there', () => pages.length >= 4)
  log.close()
  const lines = pages.join('')
  expect(lines).toContain('"code":"backend-unreachable"')
  expect(lines).toContain('TypeError: x is undefined')
  expect(lines).not.toContain(SECRET)
  expect(lines).not.toContain(btoa(`user:${SECRET}`))
})
