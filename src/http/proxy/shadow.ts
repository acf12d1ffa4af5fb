import type { IncomingMessage } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { Passage } from '../../call/passage.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import { CancelToken } from '../../lib/cancel.ts'
import { Fields } from '../../lib/fields.ts'
import type { RequestContext } from '../context.ts'
import { poolsOf } from './pools.ts'
import type { RequestBody } from './request-body.ts'
import { type ProxySettings, rulesOf } from './rules.ts'
import { ShadowExchange } from './shadow-exchange.ts'

/** What a request is to its own backend, as far as it is the same for the one in the shadow. */
export interface Shadowable {
  readonly context: RequestContext
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** Of one that is still coming each piece is looked at as it goes by. */
  readonly body: RequestBody | Buffer | undefined
}

/** Sends requests to a second backend as well. Whatever becomes of them there, their clients never hear of it. */
export type SendShadow = (request: Shadowable) => void

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

/**
 * The way to a route's shadow, whose places are those of all its targets; undefined where there is none.
 *
 * @param own what the route's own backend is sent of its own, names and values in turn: credentials are for that one alone, and a
 *   client's that they stand in for are for neither
 */
export function shadowSender(
  proxy: ProxyRoute,
  own: readonly string[],
  runtime: Runtime,
  settings: ProxySettings,
): SendShadow | undefined {
  const { shadow } = proxy
  if (!shadow) return undefined
  const send = runtime.single(shadow, () => open({ ...proxy, backend: shadow.backend }, shadow, runtime, settings))
  const dropped = new Set(new Fields(own).names())
  return (request) => send(request, dropped)
}

function open(
  proxy: ProxyRoute,
  { share, writes, maxBytes }: NonNullable<ProxyRoute['shadow']>,
  runtime: Runtime,
  settings: ProxySettings,
): (request: Shadowable, dropped: ReadonlySet<string>) => void {
  const { backend } = proxy
  const { timeout } = backend
  const { common } = rulesOf(proxy, runtime, settings).outgoing
  const unlike = new Set([...new Fields(common).names(), 'host', NAME])
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
  return ({ context, path, headers: sent, body }, dropped) => {
    const { method } = context.record
    if (inFlight >= MOST || !(writes || READS.has(method)) || (share < 1 && Math.random() >= share)) return
    if (body !== undefined && lengthOf(context, body) > maxBytes) return
    inFlight++
    // undici says how long the bytes are that it is given.
    const others = new Fields(sent).without(dropped).without(body === undefined ? unlike : unlike.union(LENGTH))
    const headers = [...others.raw, ...common, NAME, '1']
    const start = (bytes: Buffer | null) =>
      void run({ exchange: new ShadowExchange(), method, path, headers, body: bytes })
    if (body === undefined || Buffer.isBuffer(body)) return start(body ?? null)
    collect(context.request, maxBytes, (bytes) => {
      if (bytes) start(bytes)
      else inFlight--
    })
  }
}

const LENGTH: ReadonlySet<string> = new Set(['content-length'])

/** What is known of it before it has come. */
function lengthOf(context: RequestContext, body: RequestBody | Buffer): number {
  return Buffer.isBuffer(body) ? body.length : Number(context.header('content-length') ?? 0)
}

/**
 * Keeps what goes by of a body, which flows as fast as its first reader takes it.
 *
 * @param done called once, with nothing where it is too long or does not come whole
 */
function collect(request: IncomingMessage, maxBytes: number, done: (bytes: Buffer | undefined) => void): void {
  // Of one whose client has left while somebody else took its time nothing is heard any more.
  if (request.closed) return done(undefined)
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
