import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend, timeline } from 'facet/testing'
import { expectNoLeak, expectProblem, SECRET } from '../support/problems.ts'
import { nobody, type RawBackend, rawBackend } from '../support/raw-backend.ts'
import { head, wire } from '../support/wire.ts'

let backend: ScriptedBackend
let greeting: RawBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'GET /ok': { body: 'fine' },
    'POST /ok': ({ body }) => ({ body }),
    'GET /reset': { reset: true },
    'GET /hang': { hang: true },
    'POST /hang': { hang: true },
    'GET /cut': { body: 'x'.repeat(5_000), cutAfter: 1_000 },
  })
  greeting = await rawBackend((socket) => socket.write(`220 ${SECRET} ESMTP ready\r\n`))
  const reach = (name: string, url: string) => proxy(`ANY /${name}/*path`, rest(name, { url, timeout: '200ms' }))
  facet = await harness({
    routes: {
      through: reach('through', backend.url),
      nobody: reach('nobody', await nobody()),
      greeting: reach('greeting', greeting.url),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await greeting.close()
  await backend.close()
})

describe('behind a proxy route, a backend that', () => {
  test.each([
    ['resets the connection', '/through/reset', 'backend-unreachable'],
    ['is down', '/nobody/ok', 'backend-unreachable'],
    ['speaks another protocol', '/greeting/ok', 'backend-malformed'],
    ['never answers', '/through/hang', 'backend-timeout'],
  ] as const)('%s is a problem, and the next request none', async (_, path, code) => {
    const connection = await wire(facet.url)
    connection.write(head(path))
    expectProblem(await connection.reply(), code)
    connection.write(head('/through/ok'))
    expect(await connection.reply()).toMatchObject({ status: 200, text: 'fine' })
    connection.hangUp()
  })

  test('never answers is waited for as long as its timeout says, also by who expects to be told to go on', async () => {
    const connection = await wire(facet.url)
    const started = performance.now()
    connection.write(head('/through/hang', { Expect: '100-continue', 'Content-Length': '2' }, 'POST'))
    expect((await connection.reply()).status).toBe(100)
    connection.write('ab')
    expectProblem(await connection.reply(), 'backend-timeout')
    expect(performance.now() - started).toBeLessThan(2_000)
    connection.hangUp()
  })

  test('breaks off in the middle breaks the answer off, too: nobody takes half of it for the whole', async () => {
    const seen = timeline()
    const connection = await wire(facet.url)
    connection.write(head('/through/cut'))
    await expect(connection.reply()).rejects.toThrow('ended in the middle')
    await seen.ended(1)
    seen.close()
    expect(seen.requests[0]?.code).toBe('backend-unreachable')
    expect((await facet.get('/through/ok')).text).toBe('fine')
  })

  test('has no words of its own in what it does not answer', async () => {
    expectNoLeak(await facet.get('/greeting/ok'))
  })
})

test('an unfinished upload that is given up by its sender is given up everywhere', async () => {
  const seen = timeline()
  const connection = await wire(facet.url)
  connection.write(`${head('/through/ok', { 'Content-Length': '100' }, 'POST')}half`)
  await new Promise((resolve) => setTimeout(resolve, 30))
  connection.hangUp()
  await seen.ended(1)
  seen.close()
  expect(seen.requests.map(({ status, code }) => [status, code])).toEqual([[499, 'client-closed']])
  expect((await facet.request('/through/ok', { method: 'POST', body: 'whole' })).text).toBe('whole')
})
