import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Client } from '../endpoint/client.ts'
import type { Registry } from '../endpoint/registry.ts'
import { FacetError } from '../errors.ts'
import { checkMessage, isBehindRefused } from './check-message.ts'
import { RequestContext } from './context.ts'
import { wantBody } from './continue.ts'
import { identifier, negotiate, negotiateProblem } from './identify.ts'
import { isOwnPage } from './own-pages.ts'
import { asFacetError, sendProblem } from './problem.ts'
import { type Forward, forwarder } from './proxy/forward.ts'
import { checkRawPath } from './proxy/raw-path.ts'
import type { ProxySettings } from './proxy/rules.ts'
import { upgrader } from './proxy/upgrade.ts'
import { Respond, type Responder } from './respond.ts'
import type { Match } from './router.ts'
import { makeRouter, type Served, type View } from './routes.ts'
import { isWebSocket, upgradeOf } from './upgrade.ts'

/**
 * Answers a request if a route of Facet's matches; false leaves it to whatever comes next. `untouched` says that it comes
 * straight from the server, past nobody's middleware.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse, untouched?: boolean) => boolean

/** What the handler needs of its app. */
export interface HandlerOptions extends Responder {
  readonly config: Responder['config'] & ProxySettings & { readonly urlMaxBytes: number }
  /** The paths of Facet's own pages, which no greedier proxied route takes. */
  readonly pages: readonly string[]
}

/**
 * Routes by one radix tree in one function, which the standalone server calls before Express and which is the Express
 * middleware where somebody mounts it: Express tries routes one after the other, so a hundred of them cost 13 µs more.
 */
export function createHandler(registry: Registry, options: HandlerOptions): Handler {
  const identify = identifier(registry.clients)
  const router = makeRouter(registry, options.runtime, identify.vary, options.pages)
  const forward: Forward = forwarder(registry, options.runtime, options.config, fail)
  const passUpgrade = upgrader(registry, options.runtime, options.config, fail)
  const serve = (
    { target, params }: Match<Served>,
    client: Client,
    context: RequestContext,
    path: string,
  ): void | Promise<void> => {
    if (target.kind === 'proxy') checkRawPath(path)
    const upgrade = upgradeOf(context.request)
    if (upgrade) {
      const pass = target.kind === 'proxy' ? passUpgrade(target.proxy) : undefined
      if (pass?.(context, path, upgrade)) return
      // Others may be refused by an ordinary answer; with a WebSocket nobody would know what to do with it.
      if (!pass && isWebSocket(upgrade)) throw new FacetError('input-invalid', { issues: [NO_UPGRADE] })
      upgrade.decline()
    }
    if (target.kind === 'proxy') return forward(target, context, path)
    const given = params()
    wantBody(context.response)
    context.statuses = target.registered.endpoint.settings.statuses
    const view = target.views.get(client.name) as View
    const format = negotiate(context.header('accept'), client.options.format ?? 'json')
    return new Respond(options, context, target, view, format).run(given)
  }
  return (request, response, untouched) => {
    if (isBehindRefused(request)) return true
    const context = new RequestContext(request, response, untouched)
    try {
      checkMessage(context, options.config.urlMaxBytes)
      if (isServerWide(context)) return answerMethod(METHODS, context)
      const byPath = identify.byPath(context.path)
      const path = byPath === undefined ? context.path : byPath.rest
      const match = router.find(context.record.method, path)
      if (!match) return answerMethod(router.methods(path), context)
      if (match.target.kind === 'proxy' && isOwnPage(match.target, context)) return false
      context.record.route = match.target.route
      const client = identify.client(context, byPath?.client)
      context.record.client = client.name
      serve(match, client, context, path)?.catch((error: unknown) => fail(context, error))
    } catch (error) {
      fail(context, error)
    }
    return true
  }
}

const NO_UPGRADE = { path: 'headers.upgrade', message: 'this route does not switch to another protocol' }

/** What `OPTIONS *` is told, which asks of no resource but of the whole server (RFC 9110, section 9.3.7). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function isServerWide({ path, record }: RequestContext): boolean {
  return path === '*' && record.method === 'OPTIONS'
}

/** No route has the method: 405 with `Allow`, but only where the path is known; OPTIONS is answered from the same list. */
function answerMethod(methods: readonly string[], context: RequestContext): boolean {
  if (methods.length === 0) return false
  const allow = [...new Set([...methods, 'OPTIONS'])].join(', ')
  if (context.record.method !== 'OPTIONS') throw new FacetError('method-unknown', { headers: { Allow: allow } })
  context.response.writeHead(204, ['Allow', allow, 'X-Request-Id', context.requestId] as never)
  context.response.end()
  context.done(204)
  return true
}

/** The status of a failure: its own, unless the endpoint has another one for it. */
function statusOf({ code, source, status }: FacetError, statuses: RequestContext['statuses']): number {
  return statuses?.[`${source}.${code}`] ?? statuses?.[code] ?? status
}

/** Tells the client what went wrong, in the table's words, and the log all of it. */
export function fail(context: RequestContext, thrown: unknown): void {
  const { record, response, request } = context
  const error = asFacetError(thrown)
  const status = statusOf(error, context.statuses)
  record.code = error.code
  record.error = thrown
  if (response.headersSent || response.destroyed) {
    // Half an answer is out, or nobody is there: all that can be said is that it ends here.
    response.destroy()
    return context.done(status)
  }
  sendProblem(response, error, status, context.requestId, negotiateProblem(request.headers.accept), record.method)
  context.done(status)
}
