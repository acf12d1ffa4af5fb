import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from '../endpoint/registry.ts'
import { FacetError } from '../errors.ts'
import { hasDotSegments } from '../lib/path.ts'
import { RequestContext } from './context.ts'
import { type Forward, forwarder } from './forward.ts'
import { identifier, negotiate, negotiateProblem } from './identify.ts'
import { asFacetError, sendProblem } from './problem.ts'
import { Respond, type Responder } from './respond.ts'
import { makeRouter, type Served } from './routes.ts'

/** Answers a request if a route of Facet's matches; false leaves it to whatever comes next. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean

/** What the handler needs of its app. */
export interface HandlerOptions extends Responder {
  readonly config: Responder['config'] & { readonly urlMaxBytes: number }
}

/**
 * Routes by one radix tree in one function, which the standalone server calls before Express and which is the Express
 * middleware where somebody mounts it: Express tries routes one after the other, so a hundred of them cost 13 µs more.
 */
export function createHandler(registry: Registry, options: HandlerOptions): Handler {
  const identify = identifier(registry.clients)
  const router = makeRouter(registry, options.runtime, identify.vary)
  const forward: Forward = forwarder(registry, options.runtime)
  return (request, response) => {
    const context = new RequestContext(request, response)
    try {
      checkTarget(context, options.config.urlMaxBytes)
      const byPath = identify.byPath(context.path)
      const path = byPath?.rest ?? context.path
      const match = router.find(context.record.method, path)
      if (!match) return answerMethod(router.methods(path), context)
      context.record.route = match.target.route
      const client = identify.client(context, byPath?.client)
      context.record.client = client.name
      const pending = serve(match.target, match.params, path)
      if (pending) pending.catch((error: unknown) => fail(context, error))
    } catch (error) {
      fail(context, error)
    }
    return true

    function serve(
      target: Served,
      params: Respond extends { run(p: infer P): unknown } ? P : never,
      path: string,
    ): void | Promise<void> {
      if (target.kind === 'proxy') return forward(target, context, path)
      const client = context.record.client as string
      const view = target.views.get(client) as NonNullable<ReturnType<typeof target.views.get>>
      const format = negotiate(request.headers.accept, view.client.options.format ?? 'json')
      return new Respond(options, context, target, view, format).run(params)
    }
  }
}

/** What no route is ever looked up for. */
function checkTarget({ request, path }: RequestContext, urlMaxBytes: number): void {
  if ((request.url?.length ?? 0) > urlMaxBytes) throw new FacetError('uri-too-long')
  if (path.includes('.') || path.includes('%')) {
    if (hasDotSegments(path))
      throw new FacetError('input-invalid', { issues: [{ path: 'path', message: 'dot segments are not allowed' }] })
  }
}

/** No route has the method: 405 with `Allow`, but only where the path is known; OPTIONS is answered from the same list. */
function answerMethod(methods: readonly string[], context: RequestContext): boolean {
  if (methods.length === 0) return false
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (context.record.method !== 'OPTIONS') throw new FacetError('method-unknown', { headers: { Allow: allow } })
  context.response.writeHead(204, ['Allow', allow, 'X-Request-Id', context.requestId] as never)
  context.response.end()
  context.done(204)
  return true
}

/** Tells the client what went wrong, in the table's words, and the log all of it. */
export function fail(context: RequestContext, thrown: unknown): void {
  const error = asFacetError(thrown)
  const { record, response, request } = context
  record.code = error.code
  record.error = thrown
  if (response.headersSent || response.destroyed) {
    // Half an answer is out, or nobody is there: all that can be said is that it ends here.
    response.destroy()
    return context.done(error.code === 'internal' ? error.status : 499)
  }
  sendProblem(response, error, context.requestId, negotiateProblem(request.headers.accept), record.method)
  context.done(error.status)
}
