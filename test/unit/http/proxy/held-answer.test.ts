import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Pool } from 'undici'
import { isFacetError } from '../../../../src/errors.ts'
import { HeldAnswer, type HeldTaker } from '../../../../src/http/proxy/held-answer.ts'
import { TimerWheel } from '../../../../src/lib/timer-wheel.ts'

let behave: (response: ServerResponse) => void
const server = createServer((_, response) => behave(response))
let pool: Pool
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await pool.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const timers = new TimerWheel()

/** Asks, and says what the taker hears, with the milliseconds until the end. */
async function hear(maxBytes = 1_000): Promise<{ heard: string[]; ms: number }> {
  const heard: string[] = []
  const started = performance.now()
  await new Promise<void>((resolve) => {
    const taker: HeldTaker = {
      onRequestStart: () => {},
      onResponseHeld: (status) => void heard.push(`held ${status}`),
      onResponseStart: (_, status) => void heard.push(`start ${status}`),
      onResponseData: (_, chunk) => void heard.push(`data ${chunk}`),
      onResponseEnd: () => {
        heard.push('end')
        resolve()
      },
      onResponseError: (controller, error) => {
        heard.push(isFacetError(error) ? error.code : String(error))
        controller.abort(error)
        resolve()
      },
    }
    const change = {
      maxBytes,
      isHeld: () => true,
      head: () => undefined,
      change: async (_: number, __: unknown, body: Buffer) => ({
        headers: [],
        body: Buffer.from(String(body).toUpperCase()),
      }),
    }
    const held = new HeldAnswer(taker, change, { timers, quiet: 200, whole: 500 })
    pool.dispatch({ path: '/', method: 'GET' }, held)
  })
  return { heard, ms: performance.now() - started }
}

/** Says a piece again and again, and then ends, if it is let. */
function drip(every: number, times: number): void {
  behave = (response) => {
    const timer = setInterval(() => {
      response.write('x')
      if (--times === 0) response.end()
    }, every)
    response.on('close', () => clearInterval(timer))
    response.write('x')
  }
}

test('a body is there when it is whole, and its head is told of before', async () => {
  drip(50, 3)
  expect((await hear()).heard).toEqual(['held 200', 'start 200', 'data XXXX', 'end'])
  expect(timers.size).toBe(0)
})

test('a body of which nothing comes any more is given up', async () => {
  behave = (response) => void response.write('x')
  const { heard, ms } = await hear()
  expect(heard.slice(0, 2)).toEqual(['held 200', 'backend-timeout'])
  expect(ms).toBeGreaterThan(195)
  expect(ms).toBeLessThan(450)
  expect(timers.size).toBe(0)
})

test('a body that moves is given up in the end', async () => {
  drip(50, 1_000)
  const { heard, ms } = await hear()
  expect(heard.slice(0, 2)).toEqual(['held 200', 'backend-timeout'])
  expect(ms).toBeGreaterThan(495)
  expect(timers.size).toBe(0)
})

test('one that is too large is given up at once', async () => {
  drip(5, 1_000)
  const { heard } = await hear(10)
  expect(heard.slice(0, 2)).toEqual(['held 200', 'backend-malformed'])
  expect(timers.size).toBe(0)
})
