import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { createProxyMiddleware, debugProxyErrorsPlugin, proxyEventsPlugin } from 'http-proxy-middleware'
import type { Runtime } from '../call/call.ts'
import type { ProxyRoute } from '../endpoint/proxy.ts'
import type { Registry } from '../endpoint/registry.ts'
import { FacetError, isFacetError } from '../errors.ts'
import { listed } from '../lib/headers.ts'
import type { Timer } from '../lib/timer-wheel.ts'
import type { RequestContext } from './context.ts'
import type { ServedProxy } from './routes.ts'

/** Streams a request through to a proxy route's backend. Rejects with a FacetError where there is no answer to stream. */
export type Forward = (target: ServedProxy, context: RequestContext, path: string) => Promise<void>

/** Milliseconds without a byte after which a streamed exchange is given up: long, since server-sent events may be quiet. */
const IDLE = 300_000

/** What a client says of whom it stands for is not passed on: a backend would take it for Facet's word. */
const CLIENTS_WORD = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto']
/** What belongs to one connection (RFC 9110, section 7.6.1). `transfer-encoding` stays: the body is streamed as it comes. */
const HOP_BY_HOP = ['keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'upgrade']

/** One middleware a proxy route (http-proxy-middleware), made when the app starts. */
export function forwarder({ proxies }: Registry, runtime: Runtime): Forward {
  const middlewares = new Map(proxies.map(({ proxy }) => [proxy, middleware(proxy, runtime)]))
  return ({ proxy }, context, path) =>
    (middlewares.get(proxy) as Forward)({ kind: 'proxy', route: proxy.route, proxy }, context, path)
}

function middleware(proxy: ProxyRoute, runtime: Runtime): Forward {
  const { backend, rewrite } = proxy
  const depth = (proxy.route.split(' ')[1] as string).split('/').length - 2
  const timers = new WeakMap<IncomingMessage, Timer>()
  const answered = (request: IncomingMessage) => timers.get(request)?.clear()
  const handle = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target: runtime.resolve(backend.url),
    changeOrigin: true,
    xfwd: true,
    proxyTimeout: IDLE,
    headers: Object.fromEntries(backend.headers.map(([name, value]) => [name, runtime.resolve(value)])),
    // Without its own error page, which would tell the client the backend's name and path.
    ejectPlugins: true,
    plugins: [debugProxyErrorsPlugin, proxyEventsPlugin],
    on: {
      proxyReq: (outgoing: ClientRequest, request) => {
        const late = runtime.timers.set(backend.timeout, () => outgoing.destroy(new FacetError('backend-timeout')))
        timers.set(request, late)
      },
      proxyRes: (incoming, request) => {
        answered(request)
        // The backend's connection is not the client's: what it says of its own is not passed on.
        for (const name of [...HOP_BY_HOP, ...listed(incoming.headers.connection)]) delete incoming.headers[name]
        delete incoming.headers.connection
      },
      error: (_, request) => answered(request),
      econnreset: (_, request) => answered(request),
    },
  })
  return (_, context, path) => {
    const { request, response, requestId } = context
    const rest = tail(path, depth)
    request.url = (rewrite.get(rest) ?? rest) + (context.search === '' ? '' : `?${context.search}`)
    const dropped = [...HOP_BY_HOP, ...CLIENTS_WORD, ...listed(request.headers.connection)]
    for (const name of dropped) if (name !== 'connection') delete request.headers[name]
    delete request.headers.connection
    request.headers['x-request-id'] = requestId
    response.setHeader('X-Request-Id', requestId)
    return new Promise<void>((resolve, reject) => {
      response.once('close', () => {
        answered(request)
        if (!response.writableFinished) return reject(new FacetError('client-closed'))
        context.done(response.statusCode)
        resolve()
      })
      handle(request, response, (error?: unknown) =>
        reject(isFacetError(error) ? error : new FacetError('backend-unreachable', { cause: error })),
      )
    })
  }
}

/** What follows the route's own segments in a raw path, still encoded as it came. */
function tail(path: string, depth: number): string {
  let at = 0
  for (let i = 0; i <= depth && at >= 0; i++) at = path.indexOf('/', at + 1)
  return at < 0 ? '/' : path.slice(at)
}
