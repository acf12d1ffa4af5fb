import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { describeVariables } from '../../src/config.ts'
import { type Child, endAll, eventually, freePorts, run } from '../process/child.ts'
import { ROOT } from '../support/modules.ts'
import { type Image, imageOf, readStages, unpack } from './dockerfile.ts'

interface Service {
  readonly build: { readonly context: string; readonly target: string }
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly stop_grace_period?: string
}

const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>
}
const { gateway, redis, ...mocks } = services as { gateway: Service; redis: Service } & Record<string, Service>

/** The port that a mock backend is told to listen on. */
const portOf = (name: string) => Number(mocks[name]?.environment[`${name.toUpperCase()}_PORT`])

describe('docker-compose.yml', () => {
  test('has the gateway, the four mock backends, and a Redis for those who ask for it', () => {
    expect(Object.keys(services)).toEqual(['gateway', 'crm', 'shop', 'billing', 'rates', 'redis'])
    expect(redis).toMatchObject({ profiles: ['redis'], image: expect.stringMatching(/^redis:\d/) })
    expect(redis).not.toHaveProperty('ports')
    // Off unless somebody names it.
    expect(gateway.environment.REDIS_URL).toBe(`\${REDIS_URL:-}`)
  })

  test('builds targets that the Dockerfile has', () => {
    for (const { build } of [gateway, ...Object.values(mocks)]) {
      expect(build.context).toBe('.')
      expect([...readStages().keys()]).toContain(build.target)
    }
  })

  test('publishes the port of the gateway and no other', () => {
    const port = describeVariables().find(({ name }) => name === 'PORT')?.fallback
    expect(gateway.ports).toEqual([`\${PORT:-${port}}:${port}`])
    expect(imageOf(gateway.build.target).ports.map(String)).toEqual([port])
    for (const mock of Object.values(mocks)) expect(mock).not.toHaveProperty('ports')
  })

  test('starts the gateway when all backends are healthy, which each of them can tell', () => {
    expect(gateway.depends_on).toEqual(
      Object.fromEntries(Object.keys(mocks).map((name) => [name, { condition: 'service_healthy' }])),
    )
    for (const [name, { healthcheck, build }] of Object.entries({ gateway, ...mocks })) {
      const command = healthcheck?.test ?? ['CMD', ...imageOf(build.target).health]
      expect([name, command.slice(0, 2)]).toEqual([name, ['CMD', 'node']])
    }
  })

  test('points each variable for a backend to that backend, where it listens', () => {
    for (const name of Object.keys(mocks)) {
      const url = new URL(String(gateway.environment[`${name.toUpperCase()}_URL`]))
      expect([url.hostname, Number(url.port)]).toEqual([name, portOf(name)])
      expect(imageOf('mocks').ports).toContain(portOf(name))
    }
  })

  test('sets nothing that the code does not read', () => {
    const known = [
      ...describeVariables().map(({ name }) => name),
      ...Object.keys(mocks).map((name) => `${name.toUpperCase()}_URL`),
    ]
    expect(Object.keys(gateway.environment).filter((name) => !known.includes(name))).toEqual([])
    for (const [name, { environment }] of Object.entries(mocks))
      expect(Object.keys(environment)).toEqual([`${name.toUpperCase()}_PORT`])
  })

  test('runs the gateway as npm start does', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(`exec ${imageOf('gateway').command.join(' ')}`).toBe(scripts.start)
  })

  test('waits longer for the gateway than the gateway for what is in flight', () => {
    const [, seconds] = /^(\d+)s$/.exec(gateway.stop_grace_period ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThan(Number(gateway.environment.SHUTDOWN_SECONDS))
  })
})

/** What Compose makes of `${NAME:-default}` where nothing is set. */
const withDefaults = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')

describe('what docker-compose.yml starts', () => {
  const folders = new Map<string, string>()
  afterEach(endAll)
  afterAll(() => {
    for (const folder of folders.values()) rmSync(folder, { recursive: true })
  })

  /** A folder with what an image has in it, made once. */
  function folderOf(target: string, image: Image): string {
    const known = folders.get(target)
    if (known) return known
    const folder = mkdtempSync(join(tmpdir(), 'facet-image-'))
    folders.set(target, folder)
    unpack(image, folder)
    return folder
  }

  /** Runs a service as a container would, with what is particular to containers changed: names of hosts, and ports. */
  function startService(name: string, change: (text: string) => string, more: Record<string, string> = {}) {
    const service = services[name] as Service
    const image = imageOf(service.build.target)
    const folder = folderOf(service.build.target, image)
    const own = Object.entries(service.environment).map(([key, value]) => [key, change(withDefaults(String(value)))])
    const environment = { ...image.environment, ...Object.fromEntries(own), ...more }
    const [command = '', ...args] = [...image.entrypoint, ...(service.command ?? image.command)]
    const [, ...health] = service.healthcheck?.test ?? ['CMD', ...image.health]
    const [check = '', ...of] = health.map(change)
    return {
      child: run(command, args, environment, folder),
      healthy: async () => (await run(check, of, environment, folder).ended) === 0,
    }
  }

  test('becomes healthy, answers with all of its backends, and ends with 0', async () => {
    const names = Object.keys(mocks)
    const [PORT = 0, ...ports] = await freePorts(names.length + 1)
    // `http://crm:4001` and a port alone, each to where the service listens here.
    const change = (text: string) =>
      names.reduce(
        (changed, name, at) =>
          changed.replace(`http://${name}:`, 'http://127.0.0.1:').replace(String(portOf(name)), String(ports[at])),
        text,
      )
    const started: Child[] = []
    for (const name of names) {
      const { child, healthy } = startService(name, change)
      started.push(child)
      await eventually(`${name} is healthy: ${child.err()}`, healthy)
    }
    const { child, healthy } = startService('gateway', change, { PORT: String(PORT) })
    started.push(child)
    await eventually('the gateway is healthy', healthy)

    const reply = await fetch(`http://127.0.0.1:${PORT}/customers/1/overview`)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('facet-partial')).toBeNull()
    expect(reply.headers.get('server-timing')).toContain('customer')
    expect(Object.keys((await reply.json()) as object)).toEqual(['customer', 'orders', 'products', 'invoices', 'rates'])

    for (const one of started) one.kill('SIGTERM')
    expect(await Promise.all(started.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0])
    expect(await healthy()).toBe(false)
  })

  test('a mock backend that has faults is healthy all the same, and one that is down is not', async () => {
    const [port = 0] = await freePorts(1)
    const change = (text: string) => text.replace(String(portOf('rates')), String(port))
    const { child, healthy } = startService('rates', change)
    await eventually('it is healthy', healthy)
    await fetch(`http://127.0.0.1:${port}/_control`, { method: 'PUT', body: '{"status":500}' })
    expect(await healthy()).toBe(true)
    child.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(await healthy()).toBe(false)
  })
})
