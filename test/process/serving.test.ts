import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { AllBackends } from '../backends/index.ts'
import { type Child, endAll, eventually, freePorts, runScript } from './child.ts'
import { makeProject, removeProjects, route } from './project.ts'
import { backendsFor, requestLines, start } from './started.ts'

let backends: AllBackends
let urls: Record<string, string>
beforeAll(async () => {
  ;({ backends, urls } = await backendsFor())
})
afterEach(async () => {
  await endAll()
  removeProjects()
  for (const backend of [backends.crm, backends.shop, backends.billing, backends.rates]) backend.reset()
})
afterAll(() => backends.close())

async function logged(facet: Child, count: number): Promise<Record<string, unknown>[]> {
  await eventually(`${count} lines about requests`, () => requestLines(facet).length >= count)
  return requestLines(facet)
}

async function ask(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const reply = await fetch(url, init)
  return { status: reply.status, text: await reply.text() }
}

describe('the log of npm start', () => {
  test('is one JSON line a request: who, what, how it went, how long it took, and how each source fared', async () => {
    const { facet, url } = await start(urls)
    backends.rates.control({ status: 500 })
    await ask(`${url}/customers/1/overview`, { headers: { 'x-request-id': 'abc-1', 'x-client': 'web' } })
    const [line] = await logged(facet, 1)
    const source = { outcome: 'ok', ms: expect.any(Number) }
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number),
      id: 'abc-1',
      method: 'GET',
      path: '/customers/1/overview',
      endpoint: 'GET /customers/:id/overview',
      client: 'web',
      status: 200,
      ms: expect.any(Number),
      cache: 'miss',
      sources: {
        customer: source,
        orders: source,
        products: source,
        invoices: source,
        rates: expect.objectContaining({ outcome: 'fallback', code: 'backend-status' }),
      },
    })
    expect(line?.ms).toBeGreaterThan(0)
    expect(facet.err()).toBe('')
  })

  test('tells a hit from a miss, and that a client read fewer sources', async () => {
    const { facet, url } = await start(urls)
    const mobile = { headers: { 'x-client': 'mobile' } }
    await ask(`${url}/customers/2/overview`, mobile)
    await ask(`${url}/customers/2/overview`, mobile)
    const lines = await logged(facet, 2)
    expect(lines.map(({ client, cache }) => [client, cache])).toEqual([
      ['mobile', 'miss'],
      ['mobile', 'hit'],
    ])
    expect(Object.keys(lines[0]?.sources as object)).toEqual(['customer', 'orders'])
  })

  test('names the source and the code of a failure, and what the backend said, which the client is not told', async () => {
    const { facet, url } = await start(urls)
    const body = JSON.stringify({ invoice: '9999999', amount: 1, currency: 'EUR' })
    const headers = { 'content-type': 'application/json' }
    const reply = await ask(`${url}/customers/1/payments`, { method: 'POST', headers, body })
    expect(reply.status).toBe(404)
    expect(reply.text).not.toContain('9999999')
    const [line] = await logged(facet, 1)
    expect(line).toMatchObject({ level: 30, status: 404, code: 'resource-unknown', source: 'receipt' })
    expect(line?.error).toContain('unknown invoice 9999999')
    expect(line).not.toHaveProperty('stack')
  })

  test('has a line for what is proxied, for what is refused and for what is not there', async () => {
    const { facet, url } = await start(urls)
    await ask(`${url}/reverseproxy/users?id=1`)
    await ask(`${url}/catalog`, { headers: { 'x-client': 'toaster' } })
    await ask(`${url}/"nowhere"`)
    const lines = await logged(facet, 3)
    expect(lines.map(({ path, endpoint, status, code }) => [path, endpoint, status, code])).toEqual([
      ['/reverseproxy/users', 'ANY /reverseproxy/*path', 200, undefined],
      ['/catalog', 'GET /catalog', 400, 'client-unknown'],
      ['/%22nowhere%22', undefined, 404, 'route-unknown'],
    ])
  })

  test('has the stack of what is a mistake here', async () => {
    const broken = route('GET /broken', ".merge(() => { throw new Error('not today') })")
    const { facet, url } = await start(makeProject({ 'routes/broken.ts': broken }).variables)
    const reply = await ask(`${url}/broken`)
    expect(reply.status).toBe(500)
    expect(reply.text).not.toContain('not today')
    const [line] = await logged(facet, 1)
    expect(line).toMatchObject({
      level: 50,
      status: 500,
      code: 'internal',
      error: expect.stringContaining('not today'),
    })
    expect(line?.stack).toMatch(/broken\.ts/)
  })

  test.each([
    ['warn', [502, 500]],
    ['error', [500]],
    ['silent', []],
  ])('LOG_LEVEL=%s writes lines for %j alone', async (level, statuses) => {
    const [port = 0] = await freePorts(1)
    const { variables } = makeProject({
      'routes/fine.ts': route('GET /fine'),
      'routes/broken.ts': route('GET /broken', ".merge(() => { throw new Error('not today') })"),
      'routes/down.ts': `import { endpoint, rest } from 'facet'
import { z } from 'zod'
const down = rest('down', { url: 'http://127.0.0.1:1' }).get('/', { output: z.string() })
export default endpoint('GET /down').source('down', down, () => ({}))
`,
    })
    const environment = { ...variables, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: level }
    const facet = runScript('start', environment)
    const url = `http://127.0.0.1:${port}`
    await eventually('it listens', async () => (await ask(`${url}/livez`).catch(() => undefined))?.status === 200)
    expect([await ask(`${url}/fine`), await ask(`${url}/down`), await ask(`${url}/broken`)]).toMatchObject([
      { status: 200 },
      { status: 502 },
      { status: 500 },
    ])
    facet.kill('SIGTERM')
    expect(await facet.ended).toBe(0)
    expect(requestLines(facet).map(({ status }) => status)).toEqual(statuses)
    expect(
      facet
        .out()
        .split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(statuses.length)
  })

  test('loses no line when it ends', async () => {
    const { facet, url } = await start(urls)
    for (let i = 0; i < 20; i++) await ask(`${url}/livez/${i}`)
    facet.kill('SIGTERM')
    expect(await facet.ended).toBe(0)
    expect(requestLines(facet)).toHaveLength(20)
    const lines = facet.out().trim().split('\n')
    expect(lines.at(0)).toContain('"msg":"listening"')
    expect(lines.at(-1)).toContain('"finished":true,"msg":"stopped"')
  })
})

describe('health', () => {
  test.each([
    ['/livez', 'alive'],
    ['/readyz', 'ready'],
  ])('%s says %s, and is not to be stored', async (path, status) => {
    const { url } = await start(urls)
    const reply = await fetch(url + path)
    expect([reply.status, await reply.json()]).toEqual([200, { status }])
    expect(reply.headers.get('cache-control')).toBe('no-store')
  })

  test('does not depend on backends', async () => {
    const nowhere = Object.fromEntries(Object.keys(urls).map((name) => [name, 'http://127.0.0.1:1']))
    const { url } = await start(nowhere)
    expect((await ask(`${url}/readyz`)).status).toBe(200)
    expect((await ask(`${url}/livez`)).status).toBe(200)
  })
})

test('Server-Timing is off in npm start, and SERVER_TIMING=on turns it on', async () => {
  const timing = async (environment: Record<string, string>) => {
    const { url } = await start({ ...urls, ...environment })
    return (await fetch(`${url}/customers/1/overview`)).headers.get('server-timing')
  }
  expect(await timing({})).toBeNull()
  expect(await timing({ SERVER_TIMING: 'on' })).toMatch(/customer;dur=[\d.]+/)
})
