import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import * as testing from 'facet/testing'
import { z } from 'zod'
import { listen } from '../../../src/http/server.ts'
import { expectProblem } from '../support/problems.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> }

describe("13. Node's own bounds are set on purpose", () => {
  test('on the server', async () => {
    const { server, drain } = await listen((_, response) => response.end(), 0, '127.0.0.1')
    expect(server).toMatchObject({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 5_000 })
    expect(await drain(1_000)).toBe(true)
  })

  test('of a proxied answer the head is bounded by the deadline, and after it only silence is', async () => {
    const backend = createServer((request, response) => {
      if (request.url === '/late') return
      response.writeHead(200)
      let left = 8
      const timer = setInterval(() => (left-- > 0 ? response.write('.') : response.end('!')), 50)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
    const facet = await testing.harness({
      routes: { p: proxy('ANY /p/*path', rest('slow', { url, timeout: '150ms' })) },
    })
    const dripping = await facet.get('/p/dripping')
    expect([dripping.status, dripping.text]).toEqual([200, '........!'])
    expectProblem(await facet.get('/p/late'), 'backend-timeout')
    await facet.close()
    backend.closeAllConnections()
    await new Promise((resolve) => backend.close(resolve))
  })
})

describe('14. What is asserted is logic', () => {
  test('npm test is lint, types and tests; figures are printed by a command of their own', () => {
    expect(scripts.test).toBe('npm run lint && npm run types && npm run jest')
    expect(scripts.bench).toMatch(/^exec node .*test\/bench\/main\.ts$/)
  })

  test('.ci/run prepares, installs, tests and counts, in this order', () => {
    const script = readFileSync(`${root}/.ci/run`, 'utf8')
    const steps = ['apt-get install', '\nnpm ci', ' npm test'].map((step) => script.indexOf(step))
    expect(steps).not.toContain(-1)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    expect(script).toMatch(/echo ".* passed, .* failed"/)
    expect(script).toContain('trap finish EXIT')
  })
})

describe("15. Helpers for tests of one's own endpoints are public", () => {
  test('scripted backends, a harness and the timeline', async () => {
    expect(Object.keys(testing).sort()).toEqual(['harness', 'scriptedBackend', 'timeline'])
    const backend = await testing.scriptedBackend({ 'GET /hello': { json: 'hello' } })
    const hello = rest('hello', { url: backend.url }).get('/hello', { output: z.string() })
    const seen = testing.timeline()
    const facet = await testing.harness({ routes: { hello: endpoint('GET /hello').source('word', hello, () => ({})) } })
    expect((await facet.get('/hello')).json()).toEqual({ word: 'hello' })
    expect(backend.received('GET /hello')).toHaveLength(1)
    await seen.ended(1)
    expect(seen.calls).toMatchObject([{ backend: 'hello', call: 'GET /hello', source: 'word', error: undefined }])
    seen.close()
    await facet.close()
    await backend.close()
  })
})
