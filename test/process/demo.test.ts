import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Child, endAll, run, runScript } from './child.ts'
import { curl } from './curl.ts'

const ANY = { PORT: '0', CRM_PORT: '0', SHOP_PORT: '0', BILLING_PORT: '0', RATES_PORT: '0' }

afterEach(endAll)

async function started(environment: Record<string, string> = {}): Promise<{ demo: Child; url: string }> {
  const demo = runScript('demo', { ...ANY, ...environment })
  const [, url = ''] = await demo.until(/Facet listens on (http:\S+);/)
  await demo.until(/Ctrl-C/)
  return { demo, url }
}

describe('npm run demo', () => {
  test('shows every endpoint with what it is for, and lines to type that all work', async () => {
    const { demo, url } = await started()
    const table = demo.out().split('\nTry:\n')[0]
    for (const route of [
      'GET /customers/:id/overview',
      'POST /customers/:id/payments',
      'GET /catalog',
      'ANY /reverseproxy/*path',
    ])
      expect(table).toMatch(new RegExp(`^ +${route.replace(/[*/]/g, '\\$&')} +\\w+`, 'm'))

    const lines = demo
      .out()
      .split('\n')
      .filter((line) => line.startsWith('  curl '))
    expect(lines.length).toBeGreaterThanOrEqual(6)
    for (const route of ['/overview', '/payments', '/catalog', '/reverseproxy'])
      expect(lines.join('\n')).toContain(route)
    for (const line of lines) {
      expect(line).toContain(url)
      const { code, out } = await curl(line.trim())
      expect([line, code]).toEqual([line, 0])
      expect(out).not.toBe('')
    }
    expect(demo.err()).toBe('')
  })

  test('each client gets its own answer', async () => {
    const { url } = await started()
    const overview = async (client: string) => {
      const reply = await fetch(`${url}/customers/1/overview`, { headers: { 'x-client': client } })
      return { reply, text: await reply.text() }
    }
    const web = JSON.parse((await overview('web')).text)
    expect(Object.keys(web)).toEqual(['customer', 'orders', 'products', 'invoices', 'rates'])
    expect(web.invoices).toHaveLength(12)
    expect(JSON.parse((await overview('mobile')).text)).toEqual({ name: web.customer.name, orders: web.orders.length })
    expect((await overview('desktop')).text).toMatch(/^<\?xml|^<customer-overview/)
    const { reply } = await overview('web')
    expect(reply.headers.get('server-timing')).toContain('total;dur=')
  })

  test('HOST says where it listens, and so do the lines to type', async () => {
    const { demo, url } = await started({ HOST: 'localhost' })
    expect(url).toMatch(/^http:\/\/localhost:\d+$/)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    const { url: anywhere } = await started({ HOST: '0.0.0.0' })
    expect(anywhere).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(demo.out().match(/http:\/\/localhost/g)?.length).toBeGreaterThan(6)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 0, and frees its port', async (signal) => {
    const { demo, url } = await started()
    await (await fetch(`${url}/catalog`)).text()
    demo.kill(signal)
    expect(await demo.ended).toBe(0)
    expect(demo.err()).toBe('')
    await expect(fetch(url)).rejects.toThrow()
  })

  test('Ctrl-C twice is as good as once', async () => {
    const { demo } = await started()
    demo.kill('SIGINT')
    demo.kill('SIGINT')
    expect(await demo.ended).toBe(0)
  })

  test.each(Object.keys(ANY))('a taken %s is named with its number, and ends it with 1', async (variable) => {
    const occupant = createServer()
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
    try {
      const port = String((occupant.address() as AddressInfo).port)
      const demo = runScript('demo', { ...ANY, [variable]: port })
      expect(await demo.ended).toBe(1)
      expect(demo.err()).toContain(`port ${port} is already in use`)
      expect(demo.err()).toContain(`set ${variable} to another`)
      expect(demo.err().trim().split('\n')).toHaveLength(1)
      expect(demo.out()).toBe('')
    } finally {
      occupant.close()
    }
  })

  test.each([
    ['PORT', 'x'],
    ['CRM_PORT', '65536'],
    ['SHOP_PORT', ' '],
    ['BILLING_PORT', '-1'],
    ['RATES_PORT', '0x10'],
  ])('a %s of "%s" is no port: it is named with its value, and ends it with 1', async (variable, value) => {
    const demo = runScript('demo', { ...ANY, [variable]: value })
    expect(await demo.ended).toBe(1)
    expect(demo.err()).toMatch(new RegExp(`^The demo cannot start: ${variable}\\b.*'${value}'`))
    expect(demo.err()).not.toMatch(/^ +at /m)
  })
})

test('npm passes a signal on to the demo', async () => {
  const demo = run('npm', ['run', 'demo', '--silent'], { ...ANY, HOME: process.env.HOME ?? '' })
  await demo.until(/Ctrl-C/)
  demo.kill('SIGTERM')
  expect(await demo.ended).toBe(0)
})
