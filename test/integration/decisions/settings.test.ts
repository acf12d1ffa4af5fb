import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { client, endpoint, env, proxy, readConfig, rest } from 'facet'
import { harness } from 'facet/testing'
import { z } from 'zod'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> }

describe('8. env() is a description', () => {
  const reach = (name: string, variable: string) => {
    const call = rest(name, { url: env(variable) }).get('/', { output: z.unknown() })
    return endpoint(`GET /${name}`).source('it', call, () => ({}))
  }

  test('that is read when the app starts, from what the configuration holds', async () => {
    const routes = { one: reach('one', 'ONE_URL') }
    const facet = await harness({ routes, environment: { ONE_URL: 'http://127.0.0.1:9/base' } })
    expect((await facet.get('/one')).status).toBe(502)
    await facet.close()
  })

  test('of which everything that is missing or malformed is told at once', async () => {
    const routes = { one: reach('one', 'ONE_URL'), two: reach('two', 'TWO_URL'), three: reach('three', 'THREE_URL') }
    const starting = harness({ routes, environment: { TWO_URL: 'nonsense', THREE_URL: 'http://127.0.0.1:9' } })
    const { message } = await starting.then(
      () => new Error('it started'),
      (error: Error) => error,
    )
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/^ONE_URL is not set: expected the http or https URL of backend 'one'/),
      expect.stringMatching(/^TWO_URL is 'nonsense': expected the http or https URL of backend 'two'/),
    ])
  })
})

describe('11. Names and processes', () => {
  test('have the ports that everybody expects', () => {
    expect(readConfig({})).toMatchObject({ port: 3000, controlPort: 3001, controlToken: undefined })
    expect(() => readConfig({ CONTROL_TOKEN: 'short' })).toThrow(/CONTROL_TOKEN/)
    expect(() => readConfig({ PORT: '99999' })).toThrow(/PORT/)
  })

  test.each(['start', 'demo', 'dev'])('npm run %s becomes node itself', (name) => {
    expect(scripts[name]).toMatch(/^exec node /)
  })

  test('so a signal arrives, what is in flight is finished and the exit code is 0', async () => {
    const ports = Object.fromEntries(
      ['PORT', 'CRM_PORT', 'SHOP_PORT', 'BILLING_PORT', 'RATES_PORT'].map((name) => [name, '0']),
    )
    const [shell, ...words] = ['sh', '-c', scripts.demo ?? '']
    const path = `${root}/node_modules/.bin:${process.env.PATH}`
    const demo = spawn(shell as string, words, {
      cwd: root,
      env: { ...ports, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    demo.stdout.on('data', (chunk) => {
      said += chunk
    })
    try {
      while (!/Ctrl-C ends it/.test(said)) await once(demo.stdout, 'data')
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? ''
      const reply = fetch(`${url}/catalog`)
      await new Promise((resolve) => setTimeout(resolve, 100))
      demo.kill('SIGTERM')
      expect((await reply).status).toBe(200)
      expect(await once(demo, 'exit')).toEqual([0, null])
    } finally {
      demo.kill('SIGKILL')
    }
  })
})

describe('12. An option is never silently ignored', () => {
  const api = rest('api', { url: 'http://127.0.0.1:9' })
  const output = z.unknown()

  test('auth before there is authentication stops the start', () => {
    expect(() => endpoint('GET /x', { auth: 'user' })).toThrow(
      /endpoint 'GET \/x' at 'auth' \('user'\): authentication is not/,
    )
    expect(() => endpoint('GET /x', { auth: 'none' })).not.toThrow()
  })

  test.each<[string, () => unknown, RegExp]>([
    ['an endpoint', () => endpoint('GET /x', { timeout: '1s' } as never), /GET \/x.*timeout/],
    [
      "an endpoint's cache",
      () => endpoint('GET /x', { cache: { ttl: '1s', key: 'x' } } as never),
      /GET \/x.*cache.*key/,
    ],
    ['a backend', () => rest('x', { url: 'http://a', retry: 1 } as never), /backend 'x'.*retry/],
    ['a call', () => api.get('/x', { output, timeOut: '1s' } as never), /'GET \/x'.*timeOut/],
    ['a client', () => client('x', { hosts: 'a' } as never), /client 'x'.*hosts/],
    ['a proxy', () => proxy('ANY /x/*path', api, { pathRewrite: {} } as never), /ANY \/x.*pathRewrite/],
  ])('nor is one that %s does not have', (_, define, message) => {
    expect(define).toThrow(message)
  })

  test.each<[string, () => unknown]>([
    ['a body of GET', () => endpoint('GET /x', { body: z.object({}) } as never)],
    ['a cache of POST', () => endpoint('POST /x', { cache: { ttl: '1s' } })],
    ['a cache of a write', () => api.post('/x', { output, cache: { ttl: '1s' } })],
    ['a hedge of a write', () => api.post('/x', { output, hedge: true })],
    ['a duration that is none', () => endpoint('GET /x', { deadline: '10' as never })],
    ['a status that is no success', () => endpoint('GET /x', { status: 404 })],
  ])('nor one that means nothing there: %s', (_, define) => {
    expect(define).toThrow()
  })
})
