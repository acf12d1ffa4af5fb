import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import express from 'express'
import { client, endpoint, env, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import request from 'supertest'
import { z } from 'zod'

/** The very same definitions, served twice: with another backend each, and other clients. */
const api = rest('api', { url: env('API_URL'), timeout: '1s' })
const count = api.get('/count', { output: z.string(), cache: { ttl: '1m', tags: () => ['count'] } })
const kept = endpoint('GET /kept', { cache: { ttl: '1m', tags: () => ['count'] } }).source('it', count, () => ({}))
const call = endpoint('GET /call').source('it', count, () => ({}))

const backends: ScriptedBackend[] = []
const apps: Harness[] = []
beforeAll(async () => {
  for (const name of ['one', 'two']) {
    const backend = await scriptedBackend({ 'GET /count': (_, nth) => ({ json: `${name} ${nth}` }) })
    backends.push(backend)
    apps.push(
      await harness({
        routes: { kept, call },
        clients: [client('web', { default: true }), client(name, { format: 'xml' })],
        environment: { API_URL: backend.url, SERVER_TIMING: name === 'one' ? 'on' : 'off' },
      }),
    )
  }
})
afterAll(async () => {
  for (const one of [...apps, ...backends]) await one.close()
})
const get = async (nth: number, path: string, headers = {}) => {
  const reply = await apps[nth]?.get(path, headers)
  if (!reply) throw new Error('there is no such app')
  return reply
}

describe('two apps in one process', () => {
  test('each ask their own backend, and keep their own answers', async () => {
    for (const path of ['/kept', '/call']) {
      expect((await get(0, path)).json()).toEqual({ it: 'one 1' })
      expect((await get(1, path)).json()).toEqual({ it: 'two 1' })
    }
    expect(backends.map(({ requests }) => requests.length)).toEqual([1, 1])
  })

  test('forget each for itself', async () => {
    await apps[0]?.app.invalidate(['count'])
    expect((await get(0, '/kept')).json()).toEqual({ it: 'one 2' })
    expect((await get(1, '/kept')).json()).toEqual({ it: 'two 1' })
  })

  test('know their own clients and have their own settings', async () => {
    expect((await get(0, '/kept', { 'X-Client': 'two' })).status).toBe(400)
    expect((await get(1, '/kept', { 'X-Client': 'two' })).status).toBe(200)
    expect((await get(0, '/call')).headers.get('server-timing')).toContain('total')
    expect((await get(1, '/call')).headers.get('server-timing')).toBeNull()
  })

  test('can stand in one Express app, side by side', async () => {
    const [one, two] = apps.map(({ app }) => app)
    if (!one || !two) throw new Error('there are no two apps')
    const both = express().use('/one', one).use('/two', two)
    expect((await request(both).get('/one/call')).body.it).toMatch(/^one/)
    expect((await request(both).get('/two/call')).body.it).toMatch(/^two/)
  })

  test('end each for itself', async () => {
    await apps[0]?.close()
    expect((await get(1, '/call')).json()).toEqual({ it: 'two 1' })
    await apps[1]?.app.invalidate(['count'])
    expect((await get(1, '/call')).json()).toEqual({ it: 'two 2' })
    apps.shift()
  })
})
