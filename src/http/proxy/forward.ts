import type { Runtime } from '../../call/call.ts'
import { type Pass, Passage } from '../../call/passage.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { Registry } from '../../endpoint/registry.ts'
import { FacetError } from '../../errors.ts'
import type { Fields } from '../../lib/fields.ts'
import type { RequestContext } from '../context.ts'
import { wantBody } from '../continue.ts'
import type { ServedProxy } from '../routes.ts'
import { cachedForward } from './cached-forward.ts'
import { chooser } from './choose.ts'
import { Exchange, type Exchanged, type ExchangeRules } from './exchange.ts'
import { answerLast } from './max-forwards.ts'
import { outgoingHead } from './outgoing-head.ts'
import { IDLE, poolsOf, withServerName } from './pools.ts'
import { RequestBody } from './request-body.ts'
import { type ProxySettings, rulesOf } from './rules.ts'
import type { MadeFields } from './set-fields.ts'
import { shadowSender } from './shadow.ts'
import { swallowedAsItIs } from './swallowed-body.ts'
import { makeTargetOf } from './target.ts'
import { type Transformed, transformOf } from './transformed.ts'
import { hasPassed } from './via.ts'

/**
 * Streams a request through to a proxy route's backend. What goes wrong before that is thrown, or the promise rejected with it; what
 * goes wrong later the client is told by whoever finds out.
 */
export type Forward = (target: ServedProxy, context: RequestContext, path: string) => void | Promise<void>

/**
 * One way a proxy route, made when the app starts.
 *
 * @param fail tells a client why there is no answer, at once, and the log
 */
export function forwarder(
  { proxies }: Registry,
  runtime: Runtime,
  settings: ProxySettings,
  fail: ExchangeRules['fail'],
): Forward {
  const ways = new Map(proxies.map(({ proxy }) => [proxy, openAll(proxy, runtime, settings, fail)]))
  return ({ proxy }, context, path) => (ways.get(proxy) as Way)(context, path)
}

type Way = (context: RequestContext, path: string) => void | Promise<void>

/** What a route's ways are made of, whichever of its backends is asked. */
type How = [runtime: Runtime, settings: ProxySettings, fail: ExchangeRules['fail']]

/** The way of a route, or which of its ways where it has several targets. */
function openAll(proxy: ProxyRoute, ...how: How): Way {
  const way = open(proxy, ...how)
  if (proxy.targets.length === 0) return way
  const others = proxy.targets.map(({ backend }) => open({ ...proxy, backend }, ...how))
  const choose = chooser(proxy.targets, others, way, how[1].trustProxy)
  return (context, path) => choose(context, path)(context, path)
}

/** What a backend is asked. */
interface Asking {
  readonly method: string
  readonly path: string
  readonly headers: string[]
  /** What the backend is told to be; undefined for what it is. */
  readonly host: string | undefined
  /** What its response goes through, if anything. */
  readonly through: Transformed['through'] | undefined
}

function open(proxy: ProxyRoute, ...[runtime, settings, fail]: How): Way {
  const { backend } = proxy
  const { timeout } = backend
  const heads = rulesOf(proxy, runtime, settings)
  const { outgoing, make, keepsHost } = heads
  const rules: ExchangeRules = { timers: runtime.timers, timeout, idle: IDLE, incoming: heads.incoming, fail }
  const passage = new Passage(runtime, backend)
  const pools = poolsOf(backend, runtime)
  const targetOf = makeTargetOf(proxy, runtime, settings.trustProxy)
  const shadow = shadowSender(proxy, outgoing.common, runtime, settings)
  const cached = cachedForward(proxy, runtime, heads)
  const transform = transformOf(proxy, runtime)

  const ask = (exchange: Exchange, pass: Pass, body: Exchanged['body'], asking: Asking): void => {
    const { method, path, headers, host, through } = asking
    const { instance } = pass
    headers.push('host', host ?? instance.authority)
    const options = {
      method,
      path: instance.base + path,
      headers,
      // It is a stream as far as undici looks.
      body: (body ?? null) as Buffer | null,
      bodyTimeout: 0,
      headersTimeout: 0,
    }
    const whole = host === undefined ? options : withServerName(options, instance)
    exchange.start(pass, pools.of(instance), whole, through)
  }
  const stream = (asking: Asking, exchanged: Exchanged): void => {
    const { context, body } = exchanged
    const exchange = new Exchange(exchanged, rules)
    try {
      const entered = passage.enter(context.token, timeout)
      if (entered instanceof Promise)
        entered.then(
          (pass) => ask(exchange, pass, body, asking),
          (error) => exchange.fail(error),
        )
      else ask(exchange, entered, body, asking)
    } catch (error) {
      exchange.fail(error as FacetError)
    }
    shadow?.({ context, path: asking.path, headers: asking.headers, body })
  }
  // What a cache has answered needs no other answer.
  const shadowMissed = (context: RequestContext, path: string, made: MadeFields | undefined): void => {
    const { cache } = context.record
    if (cache !== 'miss' && cache !== 'bypass') return
    const { headers } = outgoingHead(context, outgoing)
    shadow?.({ context, path, headers: [...headers, ...(made?.request ?? [])], body: undefined })
  }
  return (context, path) => {
    const { request } = context
    const { method } = context.record
    const target = targetOf(context, path)
    if (hasPassed(context.header('via'), outgoing.pseudonym)) throw new FacetError('loop-detected')
    const made = make?.(context, path)
    if (cached?.takes(request)) {
      const answered = cached.forward(context, target, path, made)
      return shadow ? answered.then(() => shadowMissed(context, target, made)) : answered
    }
    const { headers, hasBody, forwards, host: asked } = outgoingHead(context, outgoing)
    if (forwards === 0) return answerLast(context)
    if (made) headers.push(...made.request)
    const host = keepsHost && asked !== '' ? asked : undefined
    const asking = { method, path: target, headers, host, through: undefined }
    const headed = cached && ((status: number, fields: Fields) => void cached.changed(method, target, status, fields))
    const response = made?.response
    if (!transform) {
      const body = hasBody ? bodyOf(context, headers) : undefined
      return stream(asking, { context, path, made: response, headed, body })
    }
    return transform(context, headers, hasBody).then(({ body: changed, through }) => {
      const body = changed ?? (hasBody ? bodyOf(context, headers) : undefined)
      stream({ ...asking, through }, { context, path, made: response, headed, body })
    })
  }
}

/** The body as it comes, or as somebody's parser has left it: then its head may be another one, too. */
function bodyOf({ request, response }: RequestContext, headers: string[]): RequestBody | Buffer {
  return request.readableEnded ? swallowedAsItIs(request, headers) : new RequestBody(request, () => wantBody(response))
}
