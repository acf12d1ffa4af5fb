import { afterEach, describe, expect, test } from '@jest/globals'
import express, { type RequestHandler } from 'express'
import { endpoint } from 'facet'
import { type Harness, type HarnessOptions, harness } from 'facet/testing'
import { z } from 'zod'
import { ERRORS } from '../../../src/errors.ts'
import { expectProblem } from '../support/problems.ts'

const open: Harness[] = []
const start = async (options: Partial<HarnessOptions>) => {
  const hello = endpoint('GET /hello').merge(() => 'hello')
  const take = endpoint('POST /take', { body: z.object({ a: z.number() }) }).merge(() => 'taken')
  const one = await harness({ routes: { hello, take }, ...options })
  open.push(one)
  return one
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** Middleware that leaves a trace in a list and in the answer. */
const tracing =
  (trace: string[], name: string): RequestHandler =>
  (request, response, next) => {
    trace.push(`${name} ${request.path}`)
    response.setHeader(`x-${name}`, 'was here')
    next()
  }

describe("a team's middleware", () => {
  test('before comes before every request, in its order; after comes to what nothing has answered', async () => {
    const trace: string[] = []
    const facet = await start({
      before: [tracing(trace, 'first'), tracing(trace, 'second')],
      after: [tracing(trace, 'third'), (_, response) => void response.status(418).send('short and stout')],
    })
    const hello = await facet.get('/hello')
    expect([hello.text, hello.headers.get('x-first'), hello.headers.get('x-second')]).toEqual([
      '"hello"',
      'was here',
      'was here',
    ])
    expect(trace.splice(0)).toEqual(['first /hello', 'second /hello'])
    const nothing = await facet.get('/nothing')
    expect([nothing.status, nothing.text]).toEqual([418, 'short and stout'])
    expect(trace.splice(0)).toEqual(['first /nothing', 'second /nothing', 'third /nothing'])
    expect((await facet.get('/livez')).status).toBe(200)
    expect(trace).toEqual(['first /livez', 'second /livez'])
  })

  test('before can refuse, and then nothing else is asked', async () => {
    const facet = await start({ before: [(_, response) => void response.status(401).json({ who: 'are you' })] })
    for (const path of ['/hello', '/nothing', '/livez']) expect((await facet.get(path)).status).toBe(401)
  })

  test('before sees a body, and the endpoint still gets it', async () => {
    const facet = await start({ before: [express.json()] })
    const post = (body: string) =>
      facet.request('/take', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
    expect((await post('{"a":1}')).text).toBe('"taken"')
    expectProblem(await post('{"a":'), 'input-invalid')
    expectProblem(await post(`{"a":"${'x'.repeat(200_000)}"}`), 'body-too-large')
  })

  test.each([
    [401, 'auth-required'],
    [403, 'auth-forbidden'],
    [429, 'limit-exceeded'],
    [402, 'internal'],
    [500, 'internal'],
  ] as const)('before that fails with status %i is %s', async (status, code) => {
    const facet = await start({
      before: [(_request, _response, next) => next(Object.assign(new Error('no'), { status }))],
    })
    expectProblem(await facet.get('/hello'), code)
  })

  test('after alone leaves what Facet answers to Facet', async () => {
    const trace: string[] = []
    const facet = await start({ after: [tracing(trace, 'after')] })
    expect((await facet.get('/hello')).headers.get('x-after')).toBeNull()
    expectProblem(await facet.get('/nothing'), 'route-unknown')
    expect(trace).toEqual(['after /nothing'])
  })
})

describe('pages of its own', () => {
  test('say that it lives and whether it may be asked', async () => {
    const facet = await start({})
    expect((await facet.get('/livez')).json()).toEqual({ status: 'alive' })
    expect((await facet.get('/readyz')).json()).toEqual({ status: 'ready' })
    facet.app.readiness.ready = false
    const stopping = await facet.get('/readyz')
    expect([stopping.status, stopping.json()]).toEqual([503, { status: 'stopping' }])
    expect((await facet.get('/livez')).status).toBe(200)
  })

  test("explain every problem under the problem's own type", async () => {
    const facet = await start({})
    const { type } = (await facet.get('/nothing')).json()
    expect((await facet.get(type)).json()).toEqual({ code: 'route-unknown', ...ERRORS['route-unknown'] })
    for (const code of Object.keys(ERRORS)) expect((await facet.get(`/problems/${code}`)).status).toBe(200)
    for (const code of ['nonsense', '__proto__', 'toString'])
      expectProblem(await facet.get(`/problems/${code}`), 'route-unknown')
  })

  test('do not tell what the server is made of', async () => {
    const facet = await start({ before: [(_request, _response, next) => next()] })
    for (const path of ['/hello', '/livez', '/nothing']) {
      expect((await facet.get(path)).headers.get('x-powered-by')).toBeNull()
    }
  })
})
