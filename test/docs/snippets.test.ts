import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type ScriptedBackend, scriptedBackend } from 'facet/testing'
import type { AllBackends } from '../backends/index.ts'
import { endAll, run } from '../process/child.ts'
import { curl } from '../process/curl.ts'
import { type Project, removeProjects } from '../process/project.ts'
import { backendsFor, start } from '../process/started.ts'
import { ROOT } from '../support/modules.ts'
import { fences, page } from './pages.ts'
import { fileOf, firstDifference, readersProject, shownCommands } from './snippets.ts'

let project: Project
let backends: AllBackends
let library: ScriptedBackend
let url: string

beforeAll(async () => {
  project = readersProject()
  const started = await backendsFor()
  backends = started.backends
  const shown = (start: string) => page('docs/xml.md').fences.find(({ text }) => text.startsWith(start))?.text ?? ''
  const headers = { 'content-type': 'application/xml' }
  library = await scriptedBackend({
    'GET /books/1': { headers, body: shown('<Book') },
    'GET /statement': { headers, body: shown('<Statement') },
  })
  const facet = await start({
    ...project.variables,
    ...started.urls,
    DIRECTORY_URL: backends.crm.url,
    LIBRARY_URL: library.url,
    BANK_URL: library.url,
    REVIEWS_URL: 'http://127.0.0.1:9',
    REVIEWS_AUTHORIZATION: 'Bearer 123',
  })
  url = facet.url
}, 60_000)
afterAll(async () => {
  await endAll()
  await Promise.all([backends.close(), library.close()])
  removeProjects()
})

describe('the TypeScript of the pages', () => {
  test('is whole files, each written once', () => {
    const files = fences('ts').map(fileOf)
    expect(files.toSorted()).toEqual([...new Set(files)].sort())
    expect(files.length).toBeGreaterThan(15)
  })

  test('is what the compiler takes', async () => {
    const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project.folder, '--pretty', 'false'], {})
    expect([await tsc.ended, tsc.out()]).toEqual([0, ''])
  }, 60_000)

  test('has tests that pass', async () => {
    const { jest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const [[pattern, [swc, options]]] = Object.entries(jest.transform) as [[string, [string, object]]]
    const config = {
      ...jest,
      rootDir: project.folder,
      transform: { [pattern]: [join(ROOT, 'node_modules', swc), options] },
    }
    const args = ['--conditions=facet-source', '--experimental-vm-modules', join(ROOT, 'node_modules/jest/bin/jest.js')]
    const child = run(
      process.execPath,
      [...args, '--config', JSON.stringify(config), '--watchman=false', '--runInBand', '--ci'],
      {},
      project.folder,
    )
    expect([await child.ended, child.err()]).toEqual([0, expect.stringMatching(/Tests: +5 passed, 5 total/)])
  }, 60_000)
})

describe('what is typed', () => {
  test.each(shownCommands())('prints what is shown: $where $command', async ({ command, output }) => {
    const line = command.replace('http://127.0.0.1:3000', url)
    expect(line).not.toBe(command)
    // That helper asks curl to be silent where the status is an error; here the problem is what is shown.
    let { out } = await curl(line)
    if (out === '') {
      const child = run('sh', ['-c', `${line} -sS`], {})
      await child.ended
      out = child.out()
    }
    expect(firstDifference(out, output)).toBeUndefined()
  })

  test('is shown with its output at least as often as there are steps in the README', () => {
    const steps = shownCommands().filter(({ where }) => where.startsWith('README.md'))
    expect(steps.map(({ command }) => /\/(overview|card|people|stock|invoices|articles)/.exec(command)?.[1])).toEqual([
      'overview',
      'overview',
      'card',
      'card',
      'people',
      'stock',
      'invoices',
      'articles',
    ])
  })
})

describe('the endpoints of the pages', () => {
  const asked = async (path: string, init: RequestInit = {}) => {
    const reply = await fetch(url + path, init)
    return { status: reply.status, headers: reply.headers, body: (await reply.json()) as never }
  }

  test('article says what each level did, and then that it is a hit', async () => {
    const said = async () => (await asked('/articles/SKU-1002')).headers.get('cache-status')
    expect(await said()).toBe('Facet; fwd=uri-miss; stored; detail="data miss, call miss"')
    expect(await said()).toMatch(/^Facet; hit; ttl=(9|10)$/)
  })

  test('account has its four sources', async () => {
    const { status, body } = await asked('/accounts/2?orders=2')
    expect([status, Object.keys(body)]).toEqual([200, ['customer', 'orders', 'products', 'invoices']])
  })

  test('order-list leaves the customer out unless it is asked for', async () => {
    expect(Object.keys((await asked('/accounts/2/orders')).body)).toEqual(['orders'])
    expect(Object.keys((await asked('/accounts/2/orders?with=customer')).body)).toEqual(['orders', 'customer'])
  })

  test('shelf asks for single items one by one, and for many at once', async () => {
    const before = backends.shop.requests.length
    const { body } = await asked('/shelves/SKU-1001,SKU-1002')
    expect(body).toMatchObject({ singly: [{ sku: 'SKU-1001' }, { sku: 'SKU-1002' }] })
    expect((body as { together: unknown }).together).toEqual((body as { singly: unknown }).singly)
    expect(backends.shop.requests.length - before).toBe(3)
  })

  test('ticket is accepted from support, and refused where it may not be', async () => {
    const ticket = (department: string, text: string) =>
      asked('/accounts/2/tickets', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-department': department },
        body: JSON.stringify({ text }),
      })
    expect(await ticket('support', 'x'.repeat(200))).toMatchObject({ status: 202, body: { for: 'Ervin Howell' } })
    expect(await ticket('sales', 'x'.repeat(200))).toMatchObject({ status: 403, body: { code: 'auth-forbidden' } })
    expect(await ticket('sales', '')).toMatchObject({ status: 400, body: { issues: [{ path: 'body.text' }] } })
  })

  test('latest-invoice is a 404 on purpose where there is none', async () => {
    expect(await asked('/accounts/2/latest-invoice')).toMatchObject({ status: 200, body: { number: '0000135' } })
    expect(await asked('/accounts/3/latest-invoice')).toMatchObject({ status: 404, body: { code: 'resource-unknown' } })
  })

  test('standing goes on without invoices, and says so', async () => {
    backends.billing.control({ status: 503 })
    const { body, headers } = await asked('/accounts/2/standing')
    backends.billing.control({ status: null })
    expect(body).toEqual({ name: 'Ervin Howell', open: 0 })
    expect(headers.get('facet-partial')).toBe('invoices;reason=backend-status')
  })

  test.each([
    ['book', '/books/1', '<Book'],
    ['statement', '/statement', '<Statement'],
  ])('%s is read from the document that is shown', async (_, path, start) => {
    const { fences: shown } = page('docs/xml.md')
    const at = shown.findIndex(({ text }) => text.startsWith(start))
    expect((await asked(path)).body).toEqual(JSON.parse(shown[at + 1]?.text ?? ''))
  })

  test('bestsellers tells clients what it says, and is everyone’s', async () => {
    const { headers } = await asked('/bestsellers?top=5')
    expect(headers.get('cache-control')).toBe('public, max-age=30')
    expect((await asked('/bestsellers?top=5&other=1')).headers.get('cache-status')).toMatch(/^Facet; hit; ttl=\d+$/)
  })
})
