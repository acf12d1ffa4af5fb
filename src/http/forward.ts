import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { createProxyMiddleware, debugProxyErrorsPlugin, fixRequestBody, proxyEventsPlugin } from 'http-proxy-middleware'
import type { Instance } from '../call/balance/instance.ts'
import type { Runtime } from '../call/call.ts'
import { passage, passing } from '../call/passage.ts'
import { upstreamOf } from '../call/upstream.ts'
import { urlsOf } from '../config-backends.ts'
import type { ProxyRoute } from '../endpoint/proxy.ts'
import type { Registry } from '../endpoint/registry.ts'
import { DefinitionError, type ErrorCode, FacetError, isFacetError } from '../errors.ts'
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
  /** Where it goes to. */
  instance: Instance | undefined
  late: Timer | undefined
  /** The head of the answer is there, or there will be none. */
  over: boolean
  answered(): void
  fail(error: unknown): void
  /** Hears of the head of the answer before the client does. */
  headed(status: number, fields: Fields): void
}

/** What goes through the policies of its backend. */
interface Passing {
  readonly exchange: Exchange
  readonly context: RequestContext
  /** The head of the answer. */
  readonly head: Promise<{ readonly status: number }>
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
  const upstream = upstreamOf(runtime, backend)
  checkDiscovery(proxy, runtime)
  const handle = createProxyMiddleware<IncomingMessage, ServerResponse>({
    // The one there is; where there are several, `router` has the last word.
    target: urlsOf(backend.url, runtime.resolve)[0]?.url as string,
    ...(upstream.isSeveral && { router: (request) => targetOf(exchanges.get(request)?.instance as Instance) }),
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
        // The name that is meant, where the connection goes to an address that DNS gave for it.
        if (upstream.isSeveral && exchange?.instance) outgoing.setHeader('host', exchange.instance.authority)
        if (backend.budgetHeader !== undefined) outgoing.setHeader(backend.budgetHeader, String(backend.timeout))
        // In somebody else's Express app a body parser may have emptied the stream; the backend would wait for a body that never comes.
        if (request.readableEnded) outgoing.removeHeader('transfer-encoding')
        fixRequestBody(outgoing, request)
      },
      proxyRes: (incoming, request, response) => {
        const exchange = exchanges.get(request)
        exchange?.answered()
        exchange?.headed(incoming.statusCode ?? 0, new Fields(incoming.rawHeaders))
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
  const pass = passage(
    ({ exchange, context, head }: Passing, _, instance) => {
      exchange.instance = instance
      if (!exchange.over) handle(context.request, context.response, exchange.fail)
      return head
    },
    runtime,
    backend,
  )
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
    context.watchClient()
    return new Promise<void>((resolve, reject) => {
      const head = Promise.withResolvers<{ readonly status: number }>()
      // Who is refused by the policies has never waited for it.
      head.promise.catch(() => {})
      const exchange: Exchange = {
        instance: undefined,
        late: undefined,
        over: false,
        headed: (status, fields) => {
          head.resolve({ status })
          void cached?.changed(method, target, status, fields)
        },
        answered: () => {
          exchange.over = true
          exchange.late?.clear()
        },
        fail: (error) => {
          exchange.answered()
          const failed = isFacetError(error) ? error : new FacetError(codeOf(error), { cause: error })
          head.reject(failed)
          reject(failed)
        },
      }
      exchanges.set(request, exchange)
      response.once('close', () => {
        if (!response.writableFinished) return exchange.fail(new FacetError('client-closed'))
        exchange.answered()
        context.done(response.statusCode)
        resolve()
      })
      pass({ exchange, context, head: head.promise }, passing(context, backend.timeout)).catch(exchange.fail)
    })
  }
}

/** @throws DefinitionError for a service whose hosts are asked over TLS: the name that is certified is not one to connect to */
function checkDiscovery({ route, backend }: ProxyRoute, runtime: Runtime): void {
  if (backend.policies?.balancing?.discovery?.type !== 'srv') return
  if (urlsOf(backend.url, runtime.resolve).some(({ url }) => url.startsWith('https:')))
    throw new DefinitionError(
      `proxy '${route}': backend '${backend.name}' has its hosts and ports from SRV records and is asked over TLS, which nothing can be streamed to; define it once more with a list of its URLs, under another name`,
    )
}

/** Where an instance is asked. TLS needs the name: what has DNS give addresses is asked by its name there. */
function targetOf({ url, address, pathname }: Instance): string {
  return url.startsWith('https:') ? url : `http://${address}${pathname}`
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
