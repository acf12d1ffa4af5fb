/**
 * The bare limit: node:http, undici's `dispatch` and code written for these four routes and nothing else. What Facet
 * costs above this is the price of everything that it does in general.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { backendUrl, report } from '../support/child.ts'
import { CACHED_ORDERS, CACHED_SECONDS, ORDERS } from '../support/shapes.ts'
import { type Finish, jsonAggregate, xmlAggregate } from './limit/aggregate.ts'
import { forward } from './limit/forward.ts'
import { poolOf } from './limit/read.ts'
import { type Prepared, prepare, refuse, send, toLatin1 } from './limit/reply.ts'

const JSON_ROUTE = '/bench/json/'
const XML_ROUTE = '/bench/xml/'
const CACHED_ROUTE = '/bench/cached/'
const PROXY_ROUTE = '/reverseproxy'

const pools = {
  crm: poolOf(backendUrl('CRM_URL')),
  shop: poolOf(backendUrl('SHOP_URL')),
  billing: poolOf(backendUrl('BILLING_URL')),
}
const cache = new Map<string, { prepared: Prepared; storedMs: number }>()

function handle(req: IncomingMessage, res: ServerResponse): void {
  const url = req.url as string
  if (url.startsWith(JSON_ROUTE)) jsonAggregate(pools, url.slice(JSON_ROUTE.length), ORDERS, answering(req, res))
  else if (url.startsWith(XML_ROUTE)) xmlAggregate(pools, url.slice(XML_ROUTE.length), ORDERS, answering(req, res))
  else if (url.startsWith(CACHED_ROUTE)) cached(url.slice(CACHED_ROUTE.length), req, res)
  else if (url.startsWith(`${PROXY_ROUTE}/`)) forward(pools.crm, url.slice(PROXY_ROUTE.length), req, res)
  else refuse(res, 404)
}

function answering(req: IncomingMessage, res: ServerResponse): Finish {
  return (error, answer) => (error ? refuse(res, 502) : send(req, res, prepare(answer), []))
}

function cached(id: string, req: IncomingMessage, res: ServerResponse): void {
  const entry = cache.get(id)
  if (entry) {
    const age = Math.floor((performance.now() - entry.storedMs) / 1000)
    if (age < CACHED_SECONDS) {
      const status = `Facet; hit; ttl=${CACHED_SECONDS - age}`
      send(req, res, entry.prepared, ['cache-status', status, 'age', String(age)])
      return
    }
  }
  jsonAggregate(pools, id, CACHED_ORDERS, (error, answer) => {
    if (error) {
      refuse(res, 502)
      return
    }
    const prepared = toLatin1(prepare(answer))
    cache.set(id, { prepared, storedMs: performance.now() })
    send(req, res, prepared, ['cache-status', 'Facet; fwd=miss; stored', 'age', '0'])
  })
}

const server = createServer(handle)
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }))
