/** The best off-the-shelf stack, as a team that knows it would write it: Fastify, undici, fast-xml-parser, lru-cache. */
import { hash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import httpProxy from '@fastify/http-proxy'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { backendUrl, report } from '../support/child.ts'
import { type Kept, keptInRedis } from '../support/redis.ts'
import {
  CACHED_ORDERS,
  CACHED_SECONDS,
  type JsonAnswer,
  MANAGER,
  MOST_SINGLE,
  ORDERS,
  SINGLE_SECONDS,
  type XmlAnswer,
} from '../support/shapes.ts'
import { bought, customer, invoices, manager, single } from './fastify/backends.ts'
import { jsonSchema, xmlSchema } from './fastify/schemas.ts'

type Id = { Params: { id: string } }

const app = Fastify()

/** What is kept is the serialised answer with its entity tag, and concurrent misses share one load. */
const aggregates = new LRUCache<string, Kept>({
  max: 10_000,
  ttl: CACHED_SECONDS * 1000,
  fetchMethod: async (id) => serialised(await jsonAnswer(id, CACHED_ORDERS)),
})
const singles = new LRUCache<string, Kept>({
  max: MOST_SINGLE,
  ttl: SINGLE_SECONDS * 1000,
  fetchMethod: async (id) => serialised(await single(id)),
})
const shared = await keptInRedis('fastify:', SINGLE_SECONDS)

app.get<Id>('/bench/json/:id', { schema: { response: { 200: jsonSchema } } }, ({ params }) =>
  jsonAnswer(params.id, ORDERS),
)

app.get<Id>('/bench/xml/:id', { schema: { response: { 200: xmlSchema } } }, ({ params }) => xmlAnswer(params.id))

app.get<Id>('/bench/cached/:id', async (request, reply) =>
  reuse(request, reply, await aggregates.fetch(request.params.id)),
)

app.get<Id>('/bench/single/:id', async (request, reply) =>
  reuse(request, reply, await singles.fetch(request.params.id)),
)

app.get<Id>('/bench/shared/:id', async (request, reply) => {
  const { id } = request.params
  const known = await shared.get(id)
  const kept = known ?? serialised(await single(id))
  if (!known) await shared.set(id, kept)
  return reuse(request, reply, kept)
})

for (const [prefix, upstream] of [
  ['/reverseproxy', backendUrl('CRM_URL')],
  ['/bench/proxied', backendUrl('ANSWERS_URL')],
] as const)
  await app.register(httpProxy, { prefix, upstream, undici: { connections: 256 } })

function serialised(answer: JsonAnswer): Kept {
  const text = JSON.stringify(answer)
  return { text, etag: `"${hash('sha1', text, 'base64')}"` }
}

/** Sends what is kept, or 304 to who has it. */
function reuse({ headers }: FastifyRequest<Id>, reply: FastifyReply, kept: Kept | undefined): string | FastifyReply {
  if (kept === undefined) return reply.code(502).send()
  reply.header('etag', kept.etag)
  if (headers['if-none-match'] === kept.etag) return reply.code(304).send()
  reply.type('application/json; charset=utf-8')
  return kept.text
}

async function jsonAnswer(id: string, limit: number): Promise<JsonAnswer> {
  const [who, what, boss] = await Promise.all([customer(id), bought(id, limit), manager(MANAGER)])
  return { customer: who, ...what, manager: boss }
}

async function xmlAnswer(id: string): Promise<XmlAnswer> {
  const known = customer(id)
  const owed = known.then(({ number }) => invoices(number))
  const [who, what, bills] = await Promise.all([known, bought(id, ORDERS), owed])
  return { customer: who, ...what, invoices: bills }
}

await app.listen({ port: 0, host: '127.0.0.1' })
report({ port: (app.server.address() as AddressInfo).port })
