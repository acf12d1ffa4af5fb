import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CACHED_ORDERS, type JsonAnswer } from './shapes.ts'

/** How long the answer for an id takes that begins with {@link SLOW}. */
export const SLOW_MS = 100
export const SLOW = 'slow'

const LARGE = JSON.stringify({ text: 'x'.repeat(100_000) })

/** More than wait to be accepted otherwise (511): who does not coalesce opens a thousand connections at once. */
const BACKLOG = 4_096

/**
 * A service that has an answer of about 2 kB for every id there may be, at `/answers/:id`, and says at `/calls/:id` how often
 * it was asked for it, at `/calls/` how often for all. `/large` has 100 kB, and `/sink` takes a body and says how long it was.
 *
 * @returns its URL, when it listens
 */
export async function startAnswers(): Promise<string> {
  const calls = new Map<string, number>()
  let all = 0
  const server = createServer((req, res) => {
    const { url = '' } = req
    const [, route, id = ''] = url.split('/')
    const send = (body: string) =>
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
    if (route === 'calls') send(String(id === '' ? all : (calls.get(id) ?? 0)))
    else if (route === 'answers') {
      all++
      calls.set(id, (calls.get(id) ?? 0) + 1)
      const body = JSON.stringify(answerFor(id))
      if (id.startsWith(SLOW)) setTimeout(send, SLOW_MS, body)
      else send(body)
    } else if (route === 'large') send(LARGE)
    else if (route === 'sink') {
      let bytes = 0
      req.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      req.on('end', () => send(JSON.stringify({ bytes })))
    } else res.writeHead(404).end()
  })
  // Nobody is to find that a connection is being closed just as it is used again.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', BACKLOG, resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** In ASCII, so that its length is that of its bytes. */
function answerFor(id: string): JsonAnswer {
  const skus = Array.from({ length: CACHED_ORDERS }, (_, index) => `SKU-${id}-${index}`)
  return {
    customer: { id, number: id, name: `Customer ${id}`, email: `${id}@example.com`, city: 'Gwenborough' },
    orders: skus.map((sku, index) => ({ id: index, sku, quantity: index % 7, total: index * 9.95 })),
    products: skus.map((sku, index) => ({ sku, title: `Article ${index}`, price: 9.95 })),
    manager: { id: 10, name: 'Clementina DuBuque' },
  }
}
