import type { IncomingMessage } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { Passage } from '../../call/passage.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import { CancelToken } from '../../lib/cancel.ts'
import type { RequestContext } from '../context.ts'
import { outgoingHead } from './outgoing-head.ts'
import { poolsOf } from './pools.ts'
import type { RequestBody } from './request-body.ts'
import { type ProxySettings, rulesOf } from './rules.ts'
import { ShadowExchange } from './shadow-exchange.ts'

/** Sends requests to a second backend as well. Whatever becomes of them there, their clients never hear of it. */
export interface ShadowSender {
  /**
   * @param body that goes to the route's own backend: of one that is still coming each piece is looked at as it goes by
   * @param made fields that were made of the request, names and values in turn
   */
  send(
    context: RequestContext,
    target: string,
    body: RequestBody | Buffer | undefined,
    made: readonly string[] | undefined,
  ): void
  /** The same for what a cache was asked, and has not answered. */
  sendMissed(context: RequestContext, target: string, made: readonly string[] | undefined): void
}

/** How many of a route's requests there may be at once in the shadow, with their bodies; the others are not sent there. */
const MOST = 64
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const NAME = 'x-facet-shadow'

interface Shadowed {
  readonly exchange: ShadowExchange
  readonly method: string
  readonly path: string
  readonly headers: string[]
  readonly body: Buffer | null
}

/** The way to a route's shadow, one for all its targets; undefined where there is none. */
export function shadowSender(proxy: ProxyRoute, runtime: Runtime, settings: ProxySettings): ShadowSender | undefined {
  const { shadow } = proxy
  return shadow && runtime.single(shadow, () => open({ ...proxy, backend: shadow.backend }, shadow, runtime, settings))
}

function open(
  proxy: ProxyRoute,
  { share, writes, maxBytes }: NonNullable<ProxyRoute['shadow']>,
  runtime: Runtime,
  settings: ProxySettings,
): ShadowSender {
  const { backend } = proxy
  const { timeout } = backend
  const { outgoing } = rulesOf(proxy, runtime, settings)
  const rules = { ...outgoing, dropped: new Set([...outgoing.dropped, NAME]) }
  const pools = poolsOf(backend, runtime)
  const passage = new Passage(runtime, backend)
  const ask = (
    { exchange, method, path, headers, body }: Shadowed,
    { base, authority }: Instance,
    pool: Dispatcher,
  ) => {
    headers.push('host', authority)
    const options = { method, path: base + path, headers, body, bodyTimeout: 0, headersTimeout: 0 }
    exchange.start(pool, options as never, runtime.timers, timeout)
    return exchange.head.promise
  }
  let inFlight = 0
  const run = async (shadowed: Shadowed): Promise<void> => {
    try {
      // A token of its own: a client that leaves is no reason to give it up, and its own time bounds it.
      await passage.through(new CancelToken(), timeout, (instance) => ask(shadowed, instance, pools.of(instance)))
      await shadowed.exchange.over.promise
    } catch {
      // Nobody waits for it; what it says of its backend is in that one's breaker.
    } finally {
      inFlight--
    }
  }
  const send: ShadowSender['send'] = (context, path, body, made = []) => {
    const { method } = context.record
    if (inFlight >= MOST || !(writes || READS.has(method)) || (share < 1 && Math.random() >= share)) return
    if (body !== undefined && lengthOf(context, body) > maxBytes) return
    let head: string[]
    try {
      head = outgoingHead(context, rules).headers
    } catch {
      // What cannot be said to the second backend must not keep the first one's answer back.
      return
    }
    inFlight++
    const headers = [...(body === undefined ? head : withoutLength(head)), ...made, NAME, '1']
    const start = (bytes: Buffer | null) =>
      void run({ exchange: new ShadowExchange(), method, path, headers, body: bytes })
    if (body === undefined || Buffer.isBuffer(body)) return start(body ?? null)
    collect(context.request, maxBytes, (bytes) => {
      if (bytes) start(bytes)
      else inFlight--
    })
  }
  return {
    send,
    sendMissed: (context, path, made) => {
      const { cache } = context.record
      if (cache === 'miss' || cache === 'bypass') send(context, path, undefined, made)
    },
  }
}

/** What is known of it before it has come. */
function lengthOf(context: RequestContext, body: RequestBody | Buffer): number {
  return Buffer.isBuffer(body) ? body.length : Number(context.header('content-length') ?? 0)
}

/** undici says how long the bytes are that it is given. */
function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_, at) => (headers[at - (at % 2)] as string).toLowerCase() !== 'content-length')
}

/**
 * Keeps what goes by of a body, which flows as fast as its first reader takes it.
 *
 * @param done called once, with nothing where it is too long or does not come whole
 */
function collect(request: IncomingMessage, maxBytes: number, done: (bytes: Buffer | undefined) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const settle = (bytes: Buffer | undefined) => {
    request.off('data', take).off('end', end).off('close', cut)
    done(bytes)
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) settle(undefined)
    else chunks.push(chunk)
  }
  const end = () => settle(Buffer.concat(chunks))
  const cut = () => settle(undefined)
  request.on('data', take).once('end', end).once('close', cut)
}
