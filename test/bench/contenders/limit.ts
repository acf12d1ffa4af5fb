/**
 * The bare limit: node:http, undici's `dispatch` and code written for these few routes and nothing else. What Facet
 * costs above this is the price of everything that it does in general.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { backendUrl, report } from '../support/child.ts'
import { CACHED_ORDERS, CACHED_SECONDS, ORDERS, SINGLE_SECONDS } from '../support/shapes.ts'
import { type Finish, get, jsonAggregate, xmlAggregate } from './limit/aggregate.ts'
import { forward } from './limit/forward.ts'
import { Kept } from './limit/kept.ts'
import { poolOf } from './limit/read.ts'
import { type Prepared, prepare, refuse, send, toLatin1 } from './limit/reply.ts'
import { openShared } from './limit/shared.ts'

const JSON_ROUTE = '/bench/json/'
const XML_ROUTE = '/bench/xml/'
const CACHED_ROUTE = '/bench/cached/'
const SINGLE_ROUTE = '/bench/single/'
const SHARED_ROUTE = '/bench/shared/'
const PROXY_ROUTE = '/reverseproxy'
const ANSWERS_ROUTE = '/bench/proxied'

const pools = {
  crm: poolOf(backendUrl('CRM_URL')),
  shop: poolOf(backendUrl('SHOP_URL')),
  billing: poolOf(backendUrl('BILLING_URL')),
  answers: poolOf(backendUrl('ANSWERS_URL')),
}
const aggregates = new Kept(CACHED_SECONDS)
const singles = new Kept(SINGLE_SECONDS)
const shared = await openShared(SINGLE_SECONDS)
const loads = new Map<string, Promise<Prepared>>()
const MISS = ['cache-status', 'Facet; fwd=miss; stored', 'age', '0']

function handle(req: IncomingMessage, res: ServerResponse): void {
  const url = req.url as string
  if (url.startsWith(JSON_ROUTE)) jsonAggregate(pools, url.slice(JSON_ROUTE.length), ORDERS, answering(req, res))
  else if (url.startsWith(XML_ROUTE)) xmlAggregate(pools, url.slice(XML_ROUTE.length), ORDERS, answering(req, res))
  else if (url.startsWith(CACHED_ROUTE)) cached(url.slice(CACHED_ROUTE.length), req, res)
  else if (url.startsWith(SINGLE_ROUTE)) single(url.slice(SINGLE_ROUTE.length), req, res)
  else if (url.startsWith(SHARED_ROUTE)) fromRedis(url.slice(SHARED_ROUTE.length), req, res)
  else if (url.startsWith(`${PROXY_ROUTE}/`)) forward(pools.crm, url.slice(PROXY_ROUTE.length), req, res)
  else if (url.startsWith(`${ANSWERS_ROUTE}/`)) forward(pools.answers, url.slice(ANSWERS_ROUTE.length), req, res)
  else refuse(res, 404)
}

function answering(req: IncomingMessage, res: ServerResponse): Finish {
  return (error, answer) => (error ? refuse(res, 502) : send(req, res, prepare(answer), []))
}

function cached(id: string, req: IncomingMessage, res: ServerResponse): void {
  if (aggregates.send(id, req, res)) return
  jsonAggregate(pools, id, CACHED_ORDERS, (error, answer) => {
    if (error) {
      refuse(res, 502)
      return
    }
    const prepared = toLatin1(prepare(answer))
    aggregates.set(id, prepared)
    send(req, res, prepared, MISS)
  })
}

/** Whoever asks for what is being loaded waits for that load. */
function single(id: string, req: IncomingMessage, res: ServerResponse): void {
  if (singles.send(id, req, res)) return
  let load = loads.get(id)
  if (!load) {
    load = loadSingle(id)
      .then((prepared) => {
        singles.set(id, prepared)
        return prepared
      })
      .finally(() => loads.delete(id))
    loads.set(id, load)
  }
  load.then(
    (prepared) => send(req, res, prepared, MISS),
    () => refuse(res, 502),
  )
}

async function fromRedis(id: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    if (await shared.send(id, req, res)) return
    const prepared = await loadSingle(id)
    await shared.set(id, prepared)
    send(req, res, prepared, MISS)
  } catch {
    refuse(res, 502)
  }
}

function loadSingle(id: string): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    get(pools.answers, `/answers/${id}`, (error, body) => {
      if (error) {
        reject(error)
        return
      }
      resolve(toLatin1(prepare(JSON.parse(body.toString()))))
    })
  })
}

const server = createServer(handle)
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }))
