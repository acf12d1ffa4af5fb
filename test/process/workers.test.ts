import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { endAll, eventually, runScript } from './child.ts'
import { makeProject, removeProjects, route } from './project.ts'
import { accepts } from './socket.ts'
import { backendsFor, refusal, start } from './started.ts'

const PID = { 'routes/pid.ts': route('GET /pid', '.merge(() => ({ pid: process.pid }))') }
const WAIT = {
  'routes/wait.ts': `import { endpoint, env, rest } from 'facet'
import { z } from 'zod'
const slow = rest('slow', { url: env('SLOW_URL') })
const wait = slow.get('/wait', { output: z.object({ ok: z.boolean() }) })
export default endpoint('GET /wait').source('answer', wait, () => ({}))
`,
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  await endAll()
  removeProjects()
  for (const close of closing.splice(0)) await close()
})

/** What the routes of these tests answer. */
interface Reply {
  readonly pid: number
  readonly invoices: readonly { readonly number: string; readonly status: string }[]
}

/** Asks on a connection of its own: connections go to the workers in turn. */
async function ask(
  url: string,
  body?: object,
): Promise<{ status: number; headers: IncomingMessage['headers']; json: Reply }> {
  const options = body ? { method: 'POST', headers: { 'content-type': 'application/json' } } : {}
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { ...options, agent: false }, resolve)
      .once('error', reject)
      .end(body && JSON.stringify(body))
  })
  let text = ''
  for await (const chunk of reply.setEncoding('utf8')) text += chunk
  return { status: reply.statusCode ?? 0, headers: reply.headers, json: JSON.parse(text) }
}

const pidOf = async (url: string) => (await ask(`${url}/pid`)).json.pid

/** The pids of the workers, once there are as many as wanted. */
async function pidsOf(url: string, count: number): Promise<Set<number>> {
  const pids = new Set<number>()
  await eventually(`${count} workers`, async () => pids.add(await pidOf(url)).size >= count)
  return pids
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('WORKERS=2', () => {
  test('serves on one port by two processes, neither of them the first', async () => {
    const { facet, url } = await start({ ...makeProject(PID).variables, WORKERS: '2' })
    const pids = await pidsOf(url, 2)
    for (let i = 0; i < 10; i++) pids.add(await pidOf(url))
    expect(pids.size).toBe(2)
    expect(pids).not.toContain(facet.pid)
    expect(facet.err()).toBe('')
  })

  test('a payment at one makes the overview fresh at both, by the time that it is answered', async () => {
    const { backends, urls } = await backendsFor()
    closing.push(() => backends.close())
    const { url } = await start({ ...urls, WORKERS: '2' })
    const overview = async () => {
      const { headers, json } = await ask(`${url}/customers/1/overview`)
      const invoices = json.invoices
      return { hit: / hit/.test(String(headers['cache-status'])), invoices }
    }
    const statusOf = async (number: string) => (await overview()).invoices.find((one) => one.number === number)?.status
    await eventually('both have it in their caches', async () => (await overview()).hit && (await overview()).hit)
    const open = (await overview()).invoices.filter(({ status }) => status !== 'paid').map(({ number }) => number)
    expect(open.length).toBeGreaterThan(2)
    for (const number of open.slice(0, 3)) {
      expect(await statusOf(number)).not.toBe('paid')
      expect(await statusOf(number)).not.toBe('paid')
      expect((await ask(`${url}/customers/1/payments`, { invoice: number, amount: 1, currency: 'EUR' })).status).toBe(
        201,
      )
      expect([await statusOf(number), await statusOf(number)]).toEqual(['paid', 'paid'])
    }
  })

  test('a worker that is killed is replaced, while the other one serves', async () => {
    const { facet, url } = await start({ ...makeProject(PID).variables, WORKERS: '2' })
    const [victim = 0, survivor] = await pidsOf(url, 2)
    process.kill(victim, 'SIGKILL')
    await facet.until(new RegExp(`worker ${victim} ended \\(SIGKILL\\)`))
    expect(await pidOf(url)).toBe(survivor)
    const pids = await pidsOf(url, 2)
    expect(pids).not.toContain(victim)
    expect(pids).toContain(survivor)
    facet.kill('SIGTERM')
    expect(await facet.ended).toBe(0)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets requests finish, ends every worker, and then itself with 0',
    async (signal) => {
      const slow: ScriptedBackend = await scriptedBackend({ 'GET /wait': { delay: 500, json: { ok: true } } })
      closing.push(() => slow.close())
      const { facet, url } = await start({
        ...makeProject({ ...PID, ...WAIT }).variables,
        WORKERS: '2',
        SLOW_URL: slow.url,
      })
      const pids = await pidsOf(url, 2)
      const replies = [ask(`${url}/wait`), ask(`${url}/wait`)]
      await eventually('both are asked', () => slow.requests.length === 2)
      facet.kill(signal)
      await eventually('no new connections', async () => !(await accepts(url)))
      expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200])
      expect(await facet.ended).toBe(0)
      expect([...pids].filter(isAlive)).toEqual([])
      expect(facet.err()).toBe('')
    },
  )

  test('SIGTERM does not wait for a worker that would have been replaced', async () => {
    const { facet, url } = await start({ ...makeProject(PID).variables, WORKERS: '2' })
    for (const pid of await pidsOf(url, 2)) process.kill(pid, 'SIGKILL')
    await facet.until(/ended[\s\S]*ended/)
    facet.kill('SIGTERM')
    expect(await facet.ended).toBe(0)
  })

  test('no worker outlives the first process, even if that is killed', async () => {
    const { facet, url } = await start({ ...makeProject(PID).variables, WORKERS: '2' })
    const pids = [...(await pidsOf(url, 2))]
    facet.kill('SIGKILL')
    await eventually('the workers have ended', () => !pids.some(isAlive))
  })
})

describe('a start that is wrong is told once with WORKERS=2, too', () => {
  const startTwo = (environment: Record<string, string>) =>
    refusal(runScript('start', { HOST: '127.0.0.1', PORT: '0', ...environment, WORKERS: '2' }))

  test('variables that are missing', async () => {
    const told = await startTwo({})
    expect(told.map((line) => line.split(' ')[0]).toSorted()).toEqual([
      'BILLING_URL',
      'CRM_URL',
      'RATES_URL',
      'SHOP_URL',
    ])
  })

  test('a setting', async () => {
    expect(await startTwo({ CACHE_MAX_BYTES: 'much' })).toEqual([expect.stringMatching(/^CACHE_MAX_BYTES: 'much'/)])
  })

  test('a route', async () => {
    const { variables } = makeProject({ 'routes/broken.ts': route('GETT /x') })
    expect(await startTwo(variables)).toEqual([expect.stringContaining("route 'GETT /x'")])
  })

  test.each(['PORT', 'CONTROL_PORT'])('a %s that is taken', async (variable) => {
    const occupant = createServer()
    closing.push(() => occupant.close())
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
    const { port } = occupant.address() as AddressInfo
    const told = await startTwo({
      ...makeProject(PID).variables,
      CONTROL_TOKEN: 'a-token-for-operators',
      CONTROL_PORT: '0',
      [variable]: String(port),
    })
    expect(told).toEqual([`port ${port} is already in use; set ${variable} to another`])
  })
})
