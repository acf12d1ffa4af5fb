import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { asks, type LineBackend, lineBackend } from '../support/line.ts'
import { expectProblem } from '../support/problems.ts'
import { wire } from '../support/wire.ts'

let backend: LineBackend
let facet: Harness
beforeAll(async () => {
  backend = await lineBackend()
  facet = await harness({ routes: { through: proxy('ANY /p/*path', rest('backend', { url: backend.url })) } })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

describe('Max-Forwards', () => {
  test.each([
    ['OPTIONS', '3', '2'],
    ['TRACE', '1', '0'],
    ['GET', '0', '0'],
    ['OPTIONS', 'soon', 'soon'],
  ])('of %s is passed on: %s as %s', async (method, said, passed) => {
    const connection = await wire(facet.url)
    connection.write(asks(`${method} /p/x`, [`Max-Forwards: ${said}`]))
    expect((await connection.reply()).status).toBe(200)
    expect(backend.requests.at(-1)).toContain(`\r\nmax-forwards: ${passed}\r\n`)
    connection.hangUp()
  })

  test.each([
    ['OPTIONS', 'hello'],
    // It may have no body.
    ['TRACE', ''],
  ])('of 0 is the end of %s: what is in its body is passed over', async (method, body) => {
    const before = backend.requests.length
    const connection = await wire(facet.url)
    connection.write(asks(`${method} /p/x`, ['Max-Forwards: 0', `Content-Length: ${body.length}`], body))
    const reply = await connection.reply()
    if (method === 'TRACE') expectProblem(reply, 'method-unknown')
    else expect([reply.status, reply.headers.get('allow')]).toEqual([204, 'OPTIONS'])
    expect(backend.requests).toHaveLength(before)
    connection.write(asks('GET /p/next'))
    expect((await connection.reply()).status).toBe(200)
    connection.hangUp()
  })
})
