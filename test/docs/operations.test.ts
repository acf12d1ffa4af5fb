import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { channels } from '../../src/channels.ts'
import type { AllBackends } from '../backends/index.ts'
import { type Child, endAll, eventually } from '../process/child.ts'
import { backendsFor, requestLines, start } from '../process/started.ts'
import { ROOT } from '../support/modules.ts'
import { page, table } from './pages.ts'

const operations = page('docs/operations.md')

let backends: AllBackends
let facet: Child
let url: string

beforeAll(async () => {
  const started = await backendsFor()
  backends = started.backends
  const running = await start({ ...started.urls, SERVER_TIMING: 'on' })
  facet = running.facet
  url = running.url
})
afterAll(async () => {
  await endAll()
  await backends.close()
})

/** A value with every number as 0 and every id as ID: what of it stays the same. */
function lasting(value: unknown): unknown {
  if (typeof value === 'number') return 0
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'id' ? 'ID' : key === 'status' ? item : lasting(item)]),
  )
}

describe('the log line that is shown', () => {
  test('is what a partial reply really logs', async () => {
    const shown = JSON.parse(operations.fences.find(({ text }) => text.startsWith('{"level"'))?.text ?? '')
    backends.billing.control({ status: 503 })
    for (let i = 0; i < 2; i++) await (await fetch(`${url}/customers/1/overview`)).text()
    backends.billing.control({ status: null })
    await eventually('two lines', () => requestLines(facet).length === 2)
    const line = requestLines(facet).at(-1)
    expect(Object.keys(line as object)).toEqual(Object.keys(shown))
    expect(lasting(line)).toEqual(lasting(shown))
  })

  test('says once what a failure was', async () => {
    const id = 'a-customer-that-is-not-there'
    await (await fetch(`${url}/customers/99/overview`, { headers: { 'x-request-id': id } })).text()
    await eventually('a line', () => requestLines(facet).some((line) => line.id === id))
    expect(requestLines(facet).find((line) => line.id === id)).toMatchObject({
      code: 'resource-unknown',
      source: 'customer',
      error: 'crm GET /users/:id answered 404',
    })
  })
})

test('the Server-Timing that is shown names what a reply names', async () => {
  const names = (header: string | null | undefined) => header?.match(/\w+(?=;dur=\d+\.\d)/g)
  const shown = operations.fences.find(({ text }) => text.startsWith('Server-Timing'))?.text
  const { headers } = await fetch(`${url}/customers/2/overview`)
  expect(names(headers.get('server-timing'))).toEqual(names(shown))
})

test('the channels are those that there are', () => {
  const names = table(operations, 'channel', 'when', 'type in `src/channels.ts`').map(([name]) => name)
  expect(names).toEqual(Object.values(channels).map(({ name }) => `\`${String(name)}\``))
})

test('the requests of the control API are those that it takes', () => {
  const code = readFileSync(join(ROOT, 'src/ops/control.ts'), 'utf8')
  const taken = [...code.matchAll(/^ +'([A-Z]+ \/\w+)':/gm)].map(([, request]) => `\`${request}\``)
  expect(taken.length).toBeGreaterThan(0)
  const rows = table(operations, 'request', 'what it does')
  expect(rows.map(([request]) => request?.split(' `{')[0])).toEqual(taken)
})
