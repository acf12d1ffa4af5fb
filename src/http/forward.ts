import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { createProxyMiddleware, debugProxyErrorsPlugin, fixRequestBody, proxyEventsPlugin } from 'http-proxy-middleware'
import type { Runtime } from '../call/call.ts'
import type { ProxyRoute } from '../endpoint/proxy.ts'
import type { Registry } from '../endpoint/registry.ts'
import { type ErrorCode, FacetError, isFacetError } from '../errors.ts'
import { Fields } from '../lib/fields.ts'
import { listed } from '../lib/headers.ts'
import type { Timer } from '../lib/timer-wheel.ts'
import { cachedForward } from './cached-forward.ts'
import type { RequestContext } from './context.ts'
import { CLIENTS_WORD, HOP_BY_HOP, tail } from './proxied-request.ts'
import type { ServedProxy } from './routes.ts'

/** Streams a request through to a proxy route's backend. Rejects with a FacetError where there is no answer to stream. */
export type Forward = (target: ServedProxy, context: RequestContext, path: string) => Promise<void>

/** Milliseconds without a byte after which a streamed exchange is given up: long, since server-sent events may be quiet. */
const IDLE = 300_000

/** What says where a body ends. Without it the body would be the next request, whatever `Connection` lists. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** One request under way, as the middleware's events know it. */
interface Exchange {
  late: Timer | undefined
  /** The head of the answer is there, or there will be none. */
  over: boolean
  answered(): void
  fail(error: unknown): void
  /** Hears of the head of the answer before the client does. */
  headed: ((status: number, fields: Fields) => void) | undefined
}

/** One middleware a proxy route (http-proxy-middleware), made when the app starts. */
export function forwarder({ proxies }: Registry, runtime: Runtime): Forward {
  const middlewares = new Map(proxies.map(({ proxy }) => [proxy, middleware(proxy, runtime)]))
  return ({ proxy }, context, path) =>
    (middlewares.get(proxy) as Forward)({ kind: 'proxy', route: proxy.route, proxy }, context, path)
}

function middleware(proxy: ProxyRoute, runtime: Runtime): Forward {
  const { backend, rewrite } = proxy
  const depth = (proxy.route.split(' ')[1] as string).split('/').length - 2
  const exchanges = new WeakMap<IncomingMessage, Exchange>()
  const cached = cachedForward(proxy, runtime)
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
        const exchange = exchanges.get(request)
        if (exchange) awaitHead(exchange, outgoing, backend.timeout, runtime)
        // In somebody else's Express app a body parser may have emptied the stream; the backend would wait for a body that never comes.
        if (request.readableEnded) outgoing.removeHeader('transfer-encoding')
        fixRequestBody(outgoing, request)
      },
      proxyRes: (incoming, request, response) => {
        const exchange = exchanges.get(request)
        exchange?.answered()
        exchange?.headed?.(incoming.statusCode ?? 0, new Fields(incoming.rawHeaders))
        // The backend's connection is not the client's: what it says of its own is not passed on.
        for (const name of [...HOP_BY_HOP, ...listed(incoming.headers.connection)]) delete incoming.headers[name]
        // The client asks about a request by the id that it was told, and that is this server's.
        delete incoming.headers['x-request-id']
        // Said outright, since httpxy would say keep-alive also where the client wants to close, or this process ends.
        incoming.headers.connection = response.shouldKeepAlive ? 'keep-alive' : 'close'
      },
      // Where there is a listener, httpxy tells it of a failure, and nobody else: the middleware's `next` is never called.
      error: (error, request) => exchanges.get(request)?.fail(error),
    },
  })
  return (_, context, path) => {
    const { request, response, requestId } = context
    const rest = tail(path, depth)
    const target = (rewrite.get(rest) ?? rest) + (context.search === '' ? '' : `?${context.search}`)
    const { method } = context.record
    if (cached?.takes(request)) return cached.forward(context, target)
    request.url = target
    const named = listed(request.headers.connection).filter((name) => !FRAMING.has(name))
    const dropped = [...HOP_BY_HOP, ...CLIENTS_WORD, ...named]
    for (const name of dropped) if (name !== 'connection') delete request.headers[name]
    delete request.headers.connection
    request.headers['x-request-id'] = requestId
    response.setHeader('X-Request-Id', requestId)
    return new Promise<void>((resolve, reject) => {
      const exchange: Exchange = {
        late: undefined,
        over: false,
        headed: cached && ((status, fields) => void cached.changed(method, target, status, fields)),
        answered: () => {
          exchange.over = true
          exchange.late?.clear()
        },
        fail: (error) => {
          exchange.answered()
          reject(isFacetError(error) ? error : new FacetError(codeOf(error), { cause: error }))
        },
      }
      exchanges.set(request, exchange)
      response.once('close', () => {
        if (!response.writableFinished) return exchange.fail(new FacetError('client-closed'))
        exchange.answered()
        context.done(response.statusCode)
        resolve()
      })
      handle(request, response, exchange.fail)
    })
  }
}

/**
 * Bounds the time to the head of the answer, from when the connection is asked for and again from when the whole request is
 * out. A slow upload is no late answer: while one is under way only the idle bound counts.
 */
function awaitHead(exchange: Exchange, outgoing: ClientRequest, timeout: number, runtime: Runtime): void {
  const arm = () => {
    exchange.late?.clear()
    if (!exchange.over) exchange.late = runtime.timers.set(timeout, expire)
  }
  const expire = () => {
    if (outgoing.writableFinished || outgoing.socket?.connecting !== false)
      outgoing.destroy(new FacetError('backend-timeout'))
    else arm()
  }
  arm()
  outgoing.once('finish', arm)
}

/** Node's parser says with HPE_… that an answer is no HTTP; whatever else fails here, fails on the way. */
function codeOf(error: unknown): ErrorCode {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  return code.startsWith('HPE_') ? 'backend-malformed' : 'backend-unreachable'
}
