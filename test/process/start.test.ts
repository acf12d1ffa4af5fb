import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { AllBackends } from '../backends/index.ts'
import { endAll, runScript } from './child.ts'
import { backendsFor, refusal, start } from './started.ts'

const GOOD = {
  CRM_URL: 'http://127.0.0.1:4001',
  SHOP_URL: 'http://127.0.0.1:4002',
  BILLING_URL: 'http://127.0.0.1:4003/billing',
  RATES_URL: 'https://rates.example',
}
const NAMES = { CRM_URL: 'crm', SHOP_URL: 'shop', BILLING_URL: 'billing', RATES_URL: 'rates' }

let backends: AllBackends
let urls: Record<string, string>
beforeAll(async () => {
  ;({ backends, urls } = await backendsFor())
})
afterEach(endAll)
afterAll(() => backends.close())

const expected = (name: string) => `expected the http or https URL of backend '${name}'`

describe('npm start without its backends', () => {
  test('names every variable that is missing, with what was expected, at once', async () => {
    const lines = await refusal(runScript('start', { PORT: '0' }))
    for (const [variable, backend] of Object.entries(NAMES))
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${variable} is not set: ${expected(backend)}`)))
    expect(lines).toHaveLength(4)
  })

  test('an empty variable is a missing one', async () => {
    const lines = await refusal(runScript('start', { ...GOOD, PORT: '0', SHOP_URL: '' }))
    expect(lines).toEqual([expect.stringContaining(`SHOP_URL is not set: ${expected('shop')}`)])
  })

  test('missing and malformed ones are told together', async () => {
    const { CRM_URL: _, ...others } = GOOD
    const lines = await refusal(runScript('start', { ...others, PORT: '0', RATES_URL: 'rates' }))
    expect(lines.toSorted()).toEqual([
      expect.stringContaining(`CRM_URL is not set: ${expected('crm')}`),
      expect.stringContaining(`RATES_URL is 'rates': ${expected('rates')}`),
    ])
  })

  test.each(['127.0.0.1:4001', 'http://crm/?key=1'])('CRM_URL=%s is malformed', async (value) => {
    const lines = await refusal(runScript('start', { ...GOOD, PORT: '0', CRM_URL: value }))
    expect(lines).toEqual([expect.stringContaining(`CRM_URL is '${value}': ${expected('crm')}`)])
  })

  test.each(['http://me:secret@crm', 'crm://me:secret@crm/?a=1'])(
    'a password in CRM_URL (%s) is refused, and not shown',
    async (value) => {
      const facet = runScript('start', { ...GOOD, PORT: '0', CRM_URL: value })
      expect(await refusal(facet)).toEqual([expect.stringContaining('CRM_URL carries credentials')])
      expect(facet.err()).not.toContain('secret')
    },
  )
})

describe('npm start with settings that are wrong', () => {
  test('names all of them at once', async () => {
    const settings = { PORT: 'eighty', WORKERS: '0', LOG_LEVEL: 'loud', SERVER_TIMING: 'yes', CACHE_MAX_BYTES: '-1' }
    const lines = await refusal(runScript('start', { ...GOOD, ...settings }))
    for (const [name, value] of Object.entries(settings))
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${name}: '${value}' does not fit: .+`)))
    expect(lines).toHaveLength(5)
  })

  test('does not show a token', async () => {
    const facet = runScript('start', { ...GOOD, PORT: '0', CONTROL_TOKEN: 'secret' })
    expect(await refusal(facet)).toEqual([expect.stringContaining('CONTROL_TOKEN')])
    expect(facet.err()).not.toContain('secret')
  })

  test('a taken PORT is named with its number', async () => {
    const occupant = createServer()
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = occupant.address() as AddressInfo
      const lines = await refusal(runScript('start', { ...GOOD, HOST: '127.0.0.1', PORT: String(port) }))
      expect(lines).toEqual([`port ${port} is already in use; set PORT to another`])
    } finally {
      occupant.close()
    }
  })

  test('a HOST that is not this machine is named', async () => {
    const lines = await refusal(runScript('start', { ...GOOD, PORT: '0', HOST: '192.0.2.1' }))
    expect(lines).toEqual([expect.stringContaining("HOST is '192.0.2.1': an address of this machine was expected")])
  })
})

describe('npm start', () => {
  test('listens on PORT, and serves the endpoints', async () => {
    const { url } = await start(urls)
    expect((await (await fetch(`${url}/customers/1/overview`)).json()) as object).toHaveProperty(
      'customer.number',
      '00001',
    )
  })

  test('says on one line that it listens, with how much it serves', async () => {
    const { facet } = await start(urls)
    expect(
      facet
        .out()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([expect.objectContaining({ msg: 'listening', endpoints: 3, proxies: 1, level: 30 })])
    expect(facet.err()).toBe('')
  })
})
