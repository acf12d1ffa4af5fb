// Two requests share what is kept exactly if their parsed inputs are the same, however they are spelt: at each level of caching.
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { client, endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import fc from 'fast-check'
import { z } from 'zod'
import { comparable } from '../../support/comparable.ts'
import { type Request, requests } from '../support/spelt-requests.ts'
import { parseList } from '../support/structured-field.ts'
import { head, type Wire, wire } from '../support/wire.ts'

const LEVELS = ['reply', 'data', 'call'] as const
type Level = (typeof LEVELS)[number]

let backend: ScriptedBackend
let facet: Harness
let connection: Wire
/** What was parsed of the last request, and how often each level has asked its backend. */
let parsed: unknown
const calls: Record<Level, number> = { reply: 0, data: 0, call: 0 }

const text = z.union([z.string(), z.array(z.string())])
const query = z.object({
  q: text.optional(),
  n: z.coerce.number().optional(),
  at: z.coerce.date().optional(),
  big: z.coerce.bigint().optional(),
  bytes: z
    .string()
    .transform((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
    .optional(),
})
const headers = z.object({ 'x-tag': z.string().optional(), 'x-level': z.coerce.number().optional() })

beforeAll(async () => {
  backend = await scriptedBackend(
    Object.fromEntries(LEVELS.map((level) => [`GET /${level}`, () => ({ json: { nth: ++calls[level] } })])),
  )
  const api = rest('api', { url: backend.url, forward: ['x-tenant'] })
  const routes = LEVELS.flatMap((level) =>
    [query, query.catchall(text)].map((query, index) => {
      const name = `${level}${index}`
      const operation = api.get(`/${level}`, {
        name,
        input: (_: object) => ({}),
        output: z.object({ nth: z.number() }),
        ...(level === 'call' && { cache: { ttl: '1m' } }),
      })
      const options = {
        query,
        headers,
        // Asked before any cache.
        allow: (request: object) => {
          parsed = comparable(request)
          return true
        },
        ...(level !== 'call' && { [level === 'reply' ? 'cache' : 'data']: { ttl: '1m' } }),
      }
      const route = endpoint(`GET /keys/${name}/:id/*more`, options).source('it', operation, (request) => ({
        params: request.params,
        query: request.query,
        headers: request.headers,
      }))
      return [name, route] as const
    }),
  )
  facet = await harness({
    routes: Object.fromEntries(routes),
    clients: [client('web', { default: true }), client('mobile')],
  })
  connection = await wire(facet.url)
})
afterAll(async () => {
  connection.hangUp()
  await facet.close()
  await backend.close()
})

/** Sends a request to a level's route, and says what was made of it. */
async function ask(level: Level, { target, fields, tenant, client, format, isOpen }: Request) {
  parsed = undefined
  const before = calls[level]
  connection.write(head(target.replace('{name}', `${level}${isOpen ? 1 : 0}`), fields))
  const reply = await connection.reply()
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`)
  const isHit = parseList(reply.headers.get('cache-status') ?? '')[0]?.parameters.hit === true
  return { input: { parsed, tenant }, view: { client, format }, isLoaded: calls[level] > before, isHit }
}

test('two requests share an entry exactly if their parsed inputs are the same', async () => {
  const shared = { yes: 0, no: 0 }
  await fc.assert(
    fc.asyncProperty(requests, async ([first, second]) => {
      await facet.app.runtime.cache.clear()
      for (const level of LEVELS) {
        const one = await ask(level, first)
        const other = await ask(level, second)
        const isSameView = level !== 'reply' || isDeepStrictEqual(one.view, other.view)
        const isSame = isDeepStrictEqual(one.input, other.input) && isSameView
        expect({ level, isShared: !other.isLoaded }).toEqual({ level, isShared: isSame })
        if (level === 'reply') expect(other.isHit).toBe(isSame)
        expect(one.isLoaded).toBe(true)
        shared[isSame ? 'yes' : 'no']++
      }
    }),
    { numRuns: 400 },
  )
  // Of both kinds there are enough to say so.
  expect(shared.yes).toBeGreaterThan(100)
  expect(shared.no).toBeGreaterThan(100)
})
