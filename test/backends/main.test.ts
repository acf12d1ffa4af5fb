import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { startCrm } from './index.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const ANY = { CRM_PORT: '0', SHOP_PORT: '0', BILLING_PORT: '0', RATES_PORT: '0' }

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

interface Run {
  readonly child: ChildProcess
  out(): string
  err(): string
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

function run(what: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...what], { env: { PATH: process.env.PATH, ...env } })
  children.push(child)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, out: () => out, err: () => err, ended }
}

async function lines({ child, out, err }: Run, count: number): Promise<string[]> {
  while (out().split('\n').length <= count) {
    if (child.exitCode !== null) throw new Error(`ended early: ${err()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return out().trim().split('\n')
}

test.each(['SIGTERM', 'SIGINT'] as const)('all: one line each, and %s ends with 0', async (signal) => {
  const started = run(['all'], ANY)
  const said = await lines(started, 4)
  const urls = said.map((line) => /^(\w+) listens on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line))
  expect(urls.map((match) => match?.[1])).toEqual(['crm', 'shop', 'billing', 'rates'])
  for (const match of urls) expect((await fetch(`${match?.[2]}/_health`)).status).toBe(200)
  started.child.kill(signal)
  expect(await started.ended).toBe(0)
  expect(started.err()).toBe('')
})

test.each([
  ['crm', '/users/1'],
  ['shop', '/products'],
  ['billing', '/billing?wsdl'],
  ['rates', '/rates'],
])('%s: alone, at all addresses', async (name, path) => {
  const started = run([name], { ...ANY, HOST: '0.0.0.0' })
  const [line = ''] = await lines(started, 1)
  expect(line).toMatch(new RegExp(`^${name} listens on http://127\\.0\\.0\\.1:\\d+$`))
  expect((await fetch(line.slice(line.indexOf('http')) + path)).status).toBe(200)
})

test('a signal does not wait for an answer that is on its way', async () => {
  const started = run(['crm'], ANY)
  const [line = ''] = await lines(started, 1)
  const url = line.slice(line.indexOf('http'))
  await fetch(`${url}/_control`, { method: 'PUT', body: '{"latencyMs":60000}' })
  const pending = expect(fetch(url)).rejects.toThrow()
  while (((await (await fetch(`${url}/_requests`)).json()) as unknown[]).length === 0);
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
  await pending
})

test('a taken port says so and ends with 1', async () => {
  const occupant = await startCrm()
  for (const what of ['crm', 'all']) {
    const started = run([what], { ...ANY, CRM_PORT: String(occupant.port) })
    expect(await started.ended).toBe(1)
    expect(started.err()).toBe(`crm: port ${occupant.port} is already in use\n`)
    expect(started.out()).toBe('')
  }
  await occupant.close()
})

test.each(['', 'x', '-1', '65536', '1.5', '0x10', ' 1'])('a port of "%s" says so and ends with 1', async (port) => {
  const started = run(['all'], { ...ANY, SHOP_PORT: port })
  expect(await started.ended).toBe(1)
  expect(started.err()).toBe(`SHOP_PORT must be a whole number from 0 to 65535, got "${port}"\n`)
})

test.each([[[]], [['bank']], [['toString']]])('%j as arguments shows the usage and ends with 1', async (what) => {
  const started = run(what, ANY)
  expect(await started.ended).toBe(1)
  expect(started.err()).toBe('usage: node test/backends/main.ts crm|shop|billing|rates|all\n')
})
