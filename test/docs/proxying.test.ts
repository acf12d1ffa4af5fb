import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { RequestHandler } from 'express'
import { proxy } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { type Echo, echo } from '../integration/proxy/echo.ts'
import { head, say } from '../integration/support/wire.ts'
import { endAll, run } from '../process/child.ts'
import { makeProject, removeProjects } from '../process/project.ts'
import { ROOT } from '../support/modules.ts'
import { type Fence, page } from './pages.ts'

// What the pages say of proxied routes, tried.

let backend: Echo
let facet: Harness | undefined
beforeEach(async () => {
  backend = await echo('backend')
})
afterEach(async () => {
  await facet?.close()
  facet = undefined
  await backend.close()
})
afterAll(async () => {
  await endAll()
  removeProjects()
})

test('the module that the README shows is what its command writes', async () => {
  const { fences } = page('README.md')
  const at = fences.findIndex(({ text }) => text.startsWith('npm run facet -- new proxy'))
  const words = (fences[at] as Fence).text.split(' ').slice(4)
  const [, file = '', shown] = /^\/\/ (\S+)\n(.*)$/s.exec((fences[at + 1] as Fence).text) ?? []
  const { folder } = makeProject({})
  const child = run('node', [join(ROOT, 'bin/facet.js'), ...words], {}, folder)
  expect([await child.ended, child.err()]).toEqual([0, ''])
  expect(readFileSync(join(folder, file), 'utf8').trimEnd()).toBe(shown)
})

describe('CORS', () => {
  const route = (headers = {}) => ({
    any: proxy('ANY /any/*path', backend.url, { headers }),
    list: proxy('GET,PUT /list/*path', backend.url),
  })
  const fields = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PUT', Connection: 'close' }
  const ask = async (method: string, path: string) => say((facet as Harness).url, head(path, fields, method))
  const origin = ({ headers }: Awaited<ReturnType<typeof ask>>) => headers.get('access-control-allow-origin')
  const theirs = 'https://other.example'

  test('is the backend’s own affair where nobody else answers, and has no answer with a list of methods', async () => {
    backend.behave((response) => response.writeHead(204, { 'access-control-allow-origin': theirs }).end())
    facet = await harness({ routes: route() })
    const preflight = await ask('OPTIONS', '/any/x')
    expect([preflight.status, origin(preflight), backend.requests.length]).toEqual([204, theirs, 1])
    const listed = await ask('OPTIONS', '/list/x')
    expect([listed.status, origin(listed), backend.requests.length]).toEqual([204, null, 1])
  })

  test('is said by the middleware that the page shows', async () => {
    const { text } = page('docs/proxying.md').fences.find(({ text }) => text.startsWith('// app/cors.ts')) as Fence
    const { folder } = makeProject({ 'app/cors.ts': text })
    const { cors } = (await import(pathToFileURL(join(folder, 'app/cors.ts')).href)) as { cors: RequestHandler }
    const ours = 'https://app.example'
    facet = await harness({ routes: route(), before: [cors] })
    for (const path of ['/any/x', '/list/x', '/none']) {
      const preflight = await ask('OPTIONS', path)
      expect([preflight.status, origin(preflight)]).toEqual([204, ours])
      expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
    }
    expect(backend.requests).toHaveLength(0)
    const answers = [await ask('PUT', '/any/x'), await ask('PUT', '/list/x'), await ask('GET', '/none')]
    expect(answers.map((reply) => [reply.status, origin(reply)])).toEqual([
      [200, ours],
      [200, ours],
      [404, ours],
    ])
    backend.behave((response) => response.writeHead(200, { 'access-control-allow-origin': theirs }).end())
    expect(origin(await ask('GET', '/any/x'))).toBe(theirs)
    await facet.close()
    const routes = route({ response: { deny: ['access-control-allow-origin'] } })
    facet = await harness({ routes, before: [cors] })
    expect(origin(await ask('GET', '/any/x'))).toBe(ours)
  })
})

test('hooks see and send numbers as JavaScript has them', async () => {
  backend.behave((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('[12345678901234567890, 1e400]'),
  )
  facet = await harness({ routes: { it: proxy('ANY /p/*path', backend.url, { response: ({ body }) => body }) } })
  expect((await facet.get('/p/x')).text).toBe('[12345678901234567000,null]')
})

test('no-transform keeps a route’s own change from nothing', async () => {
  const headers = { 'content-type': 'application/xml', 'cache-control': 'no-transform' }
  backend.behave((response) => response.writeHead(200, headers).end('<a>1</a>'))
  const routes = { as: proxy('ANY /as/*path', backend.url, { as: 'json' }), it: proxy('ANY /it/*path', backend.url) }
  facet = await harness({ routes })
  expect((await facet.get('/as/x')).text).toBe('{"a":"1"}')
  const untouched = await facet.get('/it/x', { 'accept-encoding': 'gzip' })
  expect([untouched.text, untouched.headers.get('content-encoding')]).toEqual(['<a>1</a>', null])
})

test('names of a query are what stands between &', async () => {
  const routes = {
    drop: proxy('ANY /drop/*path', backend.url, { query: { drop: ['admin'] } }),
    only: proxy('ANY /only/*path', backend.url, { query: { only: ['a'] } }),
  }
  facet = await harness({ routes })
  const got = async (path: string) => (await (facet as Harness).get(path)).text
  expect(await got('/drop/x?admin=1&admin[]=1&a=1;admin=1')).toBe('backend GET /x?admin[]=1&a=1;admin=1')
  expect(await got('/only/x?admin=1&admin[]=1&a=1;admin=1')).toBe('backend GET /x?a=1;admin=1')
})

test('a list of methods takes no other, and ANY takes all', async () => {
  const routes = { any: proxy('ANY /any/*path', backend.url), list: proxy('GET,POST /list/*path', backend.url) }
  facet = await harness({ routes })
  expect((await facet.request('/any/x', { method: 'PROPFIND' })).text).toBe('backend PROPFIND /x')
  expect((await facet.request('/list/x', { method: 'PROPFIND' })).status).toBe(405)
})

test('a route for everything leaves Facet’s own pages to it', async () => {
  facet = await harness({ routes: { all: proxy('ANY /*path', backend.url) } })
  for (const path of ['/livez', '/readyz', '/problems/route-unknown']) {
    const reply = await facet.get(path)
    expect([reply.status, reply.text]).toEqual([200, expect.not.stringContaining('backend GET')])
  }
  expect((await facet.request('/livez', { method: 'POST' })).text).toBe('backend POST /livez')
})
