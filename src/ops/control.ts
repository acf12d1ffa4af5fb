import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { MemoryStore } from '../cache/memory.ts'
import type { Purge } from '../cache/store.ts'
import { routeTag } from '../cache/tags.ts'
import type { UpstreamReport } from '../call/upstream.ts'
import type { Registry } from '../endpoint/registry.ts'
import { ERRORS, type ErrorCode, FacetError, isFacetError } from '../errors.ts'

/** What operators may see and do. */
export interface Controlled {
  readonly registry: Registry
  /** What the memory cache holds now. */
  readonly cache: Pick<MemoryStore, 'bytes' | 'entries' | 'list' | 'totals'>
  invalidate(purge: Purge): Promise<void>
  /** How each backend fares that some route reaches, and each of its instances. */
  backends(): readonly UpstreamReport[]
}

const LARGEST_BODY = 64 * 1024
const names = z.array(z.string().min(1)).min(1).optional()
const purgeSchema = z
  .strictObject({
    tags: names,
    keys: names,
    routes: names,
    all: z.literal(true).optional(),
    soft: z.boolean().optional(),
  })
  .refine(({ tags, keys, routes, all }) => tags ?? keys ?? routes ?? all)

/** Entries on a page. */
const PAGE = 100

type Action = (request: IncomingMessage) => unknown

/**
 * The control API, for operators: on a port of its own, on loopback, behind a bearer token.
 *
 * - `GET /routes`: what is served, with each endpoint's sources and what they need, and every backend of each proxied route.
 * - `GET /backends`: of this process's backends the breaker, calls in flight and waiting, and how each instance fares.
 * - `GET /cache`: entries and bytes of this process's memory cache, in all and a level; `?page=0` lists a hundred entries, the
 *   most recently used first.
 * - `POST /purge` `{"tags": [...], "keys": [...], "routes": [...], "all": true, "soft": true}`: makes cached entries old, in every
 *   worker; `soft` makes them stale only.
 */
export function controlListener(token: string, controlled: Controlled): RequestListener {
  const actions: Readonly<Record<string, Action>> = {
    'GET /routes': () => describe(controlled.registry),
    'GET /backends': () => ({ backends: controlled.backends() }),
    'GET /cache': ({ url }) => cacheOf(controlled.cache, url ?? ''),
    'POST /purge': async (request) => {
      const said = await readPurge(request)
      const { tags = [], keys = [], routes = [], all = false, soft = false } = said
      await controlled.invalidate({ tags: [...tags, ...routes.map(routeTag)], keys, all, soft })
      return { purged: said }
    },
  }
  return async (request, response) => {
    try {
      if (!isBearer(request.headers.authorization, token))
        throw new FacetError('auth-required', { headers: { 'WWW-Authenticate': 'Bearer' } })
      answer(response, 200, await find(actions, request)(request))
    } catch (error) {
      refuse(response, error)
    }
  }
}

/** Both sides are hashed, so that neither length nor content shows in the time it takes. */
function isBearer(header: string | undefined, token: string): boolean {
  return timingSafeEqual(hash('sha256', header ?? '', 'buffer'), hash('sha256', `Bearer ${token}`, 'buffer'))
}

function find(actions: Readonly<Record<string, Action>>, { method, url }: IncomingMessage): Action {
  const path = (url ?? '').split('?', 1)[0]
  const action = Object.hasOwn(actions, `${method} ${path}`) ? actions[`${method} ${path}`] : undefined
  if (action) return action
  const methods = Object.keys(actions).flatMap((route) =>
    route.endsWith(` ${path}`) ? [route.split(' ')[0] as string] : [],
  )
  if (methods.length > 0) throw new FacetError('method-unknown', { headers: { Allow: methods.join(', ') } })
  throw new FacetError('route-unknown')
}

async function readPurge(request: IncomingMessage): Promise<z.output<typeof purgeSchema>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) throw new FacetError('body-too-large', { headers: { Connection: 'close' } })
    chunks.push(chunk)
  }
  const wrong = (cause: unknown) =>
    new FacetError('input-invalid', {
      issues: [{ path: 'body', message: 'expected "tags", "keys", "routes" or "all", and perhaps "soft"' }],
      cause,
    })
  try {
    return purgeSchema.parse(JSON.parse(Buffer.concat(chunks).toString()))
  } catch (error) {
    throw wrong(error)
  }
}

function cacheOf(cache: Controlled['cache'], url: string): object {
  const { entries, bytes } = cache
  const page = new URL(url, 'http://localhost').searchParams.get('page')
  if (page === null) return { entries, bytes, levels: cache.totals() }
  if (!/^\d{1,6}$/.test(page))
    throw new FacetError('input-invalid', { issues: [{ path: 'query.page', message: 'a number of a page, from 0' }] })
  return { entries, bytes, page: Number(page), list: cache.list(Number(page) * PAGE, PAGE) }
}

function describe({ endpoints, proxies, clients }: Registry): object {
  return {
    clients: clients.map(({ name }) => name),
    endpoints: endpoints.map(({ file, endpoint: { route, sources }, transforms }) => ({
      route,
      file,
      sources: sources.map(({ name, needs, call }) => ({
        name,
        needs,
        calls: call.backends.map((backend) => `${backend.name}: ${call.name}`),
        optional: call.cover !== undefined,
      })),
      transforms: [...transforms.keys()],
    })),
    proxies: proxies.map(({ file, proxy: { route, backend, targets, shadow } }) => ({
      route,
      file,
      backend: backend.name,
      targets: targets.map((target) => ({ backend: target.backend.name, weight: target.weight })),
      ...(shadow && { shadow: { backend: shadow.backend.name, share: shadow.share } }),
    })),
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const code: ErrorCode = isFacetError(error) ? error.code : 'internal'
  const { status, title } = ERRORS[code]
  const { headers, issues } = isFacetError(error) ? error : {}
  answer(response, status, { title, status, code, ...(issues && { issues }) }, headers)
}

function answer(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response
    .writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers })
    .end(JSON.stringify(value))
}
