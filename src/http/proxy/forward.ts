import type { Runtime } from '../../call/call.ts'
import { passage, passing } from '../../call/passage.ts'
import { upstreamOf } from '../../call/upstream.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { Registry } from '../../endpoint/registry.ts'
import { FacetError } from '../../errors.ts'
import type { Fields } from '../../lib/fields.ts'
import type { RequestContext } from '../context.ts'
import { wantBody } from '../continue.ts'
import type { ServedProxy } from '../routes.ts'
import { cachedForward } from './cached-forward.ts'
import { chooser } from './choose.ts'
import { Exchange } from './exchange.ts'
import { answerLast } from './max-forwards.ts'
import { outgoingHead } from './outgoing-head.ts'
import { poolsOf, withServerName } from './pools.ts'
import { RequestBody } from './request-body.ts'
import { type ProxySettings, rulesOf } from './rules.ts'
import { shadowSender } from './shadow.ts'
import { swallowedBody } from './swallowed-body.ts'
import { makeTargetOf } from './target.ts'
import { type Transformed, transformOf } from './transformed.ts'
import { hasPassed } from './via.ts'

/** Streams a request through to a proxy route's backend. Rejects with a FacetError where there is no answer to stream. */
export type Forward = (target: ServedProxy, context: RequestContext, path: string) => Promise<void>

/** What goes through the policies of its backend. */
interface Passing {
  readonly exchange: Exchange
  readonly method: string
  readonly path: string
  readonly headers: string[]
  /** What the backend is told to be; undefined for what it is. */
  readonly host: string | undefined
  readonly transformed: Transformed | undefined
}

/** One way a proxy route, made when the app starts. */
export function forwarder({ proxies }: Registry, runtime: Runtime, settings: ProxySettings): Forward {
  const ways = new Map(proxies.map(({ proxy }) => [proxy, openAll(proxy, runtime, settings)]))
  return ({ proxy }, context, path) => (ways.get(proxy) as Way)(context, path)
}

type Way = (context: RequestContext, path: string) => Promise<void>

/** The way of a route, or which of its ways where it has several targets. */
function openAll(proxy: ProxyRoute, runtime: Runtime, settings: ProxySettings): Way {
  const way = open(proxy, runtime, settings)
  if (proxy.targets.length === 0) return way
  const others = proxy.targets.map(({ backend }) => open({ ...proxy, backend }, runtime, settings))
  const choose = chooser(proxy.targets, others, way, settings.trustProxy)
  return async (context, path) => choose(context, path)(context, path)
}

function open(proxy: ProxyRoute, runtime: Runtime, settings: ProxySettings): Way {
  const { backend } = proxy
  const { timers } = runtime
  const { timeout } = backend
  const rules = rulesOf(proxy, runtime, settings)
  const pools = poolsOf(backend, runtime)
  const targetOf = makeTargetOf(proxy, runtime, settings.trustProxy)
  const shadow = shadowSender(proxy, runtime, settings)
  const cached = cachedForward(proxy, runtime, rules)
  const transform = transformOf(proxy, runtime)
  const { isSeveral, instances } = upstreamOf(runtime, backend)
  // Of several instances each may have its own base path, and is asked by its own name.
  const only = isSeveral ? undefined : instances.all[0]
  const pass = passage<Passing, { readonly status: number }>(
    ({ exchange, method, path, headers, host, transformed }, _, instance) => {
      const { authority, base } = only ?? instance
      headers.push('host', host ?? authority)
      const asked = { method, path: base + path, headers, bodyTimeout: 0, headersTimeout: 0 }
      const pool = pools.of(instance)
      const way = transformed?.through(pool) ?? pool
      exchange.start(way, host === undefined ? asked : withServerName(asked, instance))
      return exchange.head.promise
    },
    runtime,
    backend,
  )
  return async (context, path) => {
    const { request } = context
    const { method } = context.record
    const target = targetOf(context, path)
    if (hasPassed(context.header('via') ?? '', rules.outgoing.pseudonym)) throw new FacetError('loop-detected')
    const made = rules.make?.(context, path)
    if (cached?.takes(request)) {
      const answered = cached.forward(context, target, path, made)
      return shadow ? answered.then(() => shadow.sendMissed(context, target, made?.request)) : answered
    }
    const { headers, hasBody, forwards, host: asked } = outgoingHead(context, rules.outgoing)
    if (forwards === 0) return answerLast(context)
    if (made) headers.push(...made.request)
    const host = rules.keepsHost && asked !== '' ? asked : undefined
    const transformed = transform && (await transform(context, headers, hasBody))
    const body = transformed?.body ?? (hasBody ? bodyOf(context, headers) : undefined)
    const headed = cached && ((status: number, fields: Fields) => void cached.changed(method, target, status, fields))
    const { incoming } = rules
    const options = { timers, timeout, rules: incoming, headed, path, made: made?.response }
    const exchange = new Exchange(context, body, options)
    const passed = { exchange, method, path: target, headers, host, transformed }
    pass(passed, passing(context, timeout)).catch((error) => exchange.fail(error))
    shadow?.send(context, target, body, made?.request)
    return exchange.done.promise
  }
}

/** The body as it comes, or as somebody's parser has left it: then its length is another one, too. */
function bodyOf({ request, response }: RequestContext, headers: string[]): RequestBody | Buffer {
  if (!request.readableEnded) return new RequestBody(request, () => wantBody(response))
  const body = swallowedBody(request)
  const at = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length')
  if (at >= 0) headers.splice(at, 2)
  return body
}
