/** What most teams write today, written well: Express, axios, xml2js, lru-cache, http-proxy-middleware. */
import { hash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { LRUCache } from 'lru-cache'
import { backendUrl, report } from '../support/child.ts'
import { keptInRedis } from '../support/redis.ts'
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
import { bought, customer, httpAgent, invoices, manager, single } from './express/backends.ts'

const app = express().disable('x-powered-by')

/** Concurrent misses share one load. */
const cache = new LRUCache<string, JsonAnswer>({
  max: 10_000,
  ttl: CACHED_SECONDS * 1000,
  fetchMethod: (id) => jsonAnswer(id, CACHED_ORDERS),
})

/** Looked up and set, as most do it: nobody waits for what another one is loading. */
const singles = new LRUCache<string, JsonAnswer>({ max: MOST_SINGLE, ttl: SINGLE_SECONDS * 1000 })

const shared = await keptInRedis('express:', SINGLE_SECONDS)

app.get('/bench/json/:id', async (req, res) => {
  res.json(await jsonAnswer(req.params.id, ORDERS))
})

app.get('/bench/xml/:id', async (req, res) => {
  res.json(await xmlAnswer(req.params.id))
})

app.get('/bench/cached/:id', async (req, res) => {
  res.json(await cache.fetch(req.params.id))
})

app.get('/bench/single/:id', async (req, res) => {
  const { id } = req.params
  const known = singles.get(id)
  const answer = known ?? (await single(id))
  if (!known) singles.set(id, answer)
  res.json(answer)
})

app.get('/bench/shared/:id', async (req, res) => {
  const { id } = req.params
  let kept = await shared.get(id)
  if (!kept) {
    const text = JSON.stringify(await single(id))
    kept = { text, etag: `"${hash('sha1', text, 'base64')}"` }
    await shared.set(id, kept)
  }
  // Express answers 304 by itself where the tag is the client's.
  res.set('etag', kept.etag).type('json').send(kept.text)
})

for (const [path, target] of [
  ['/reverseproxy', backendUrl('CRM_URL')],
  ['/bench/proxied', backendUrl('ANSWERS_URL')],
] as const)
  app.use(path, createProxyMiddleware({ target, changeOrigin: true, agent: httpAgent }))

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

const server = app.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }))
