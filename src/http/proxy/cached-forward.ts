import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { endToEnd } from '../../cache/http/connection.ts'
import { SURROGATE } from '../../cache/http/governing.ts'
import { HttpCache } from '../../cache/http/http-cache.ts'
import type { Served } from '../../cache/http/messages.ts'
import { discard } from '../../cache/http/passing.ts'
import { routeTag } from '../../cache/tags.ts'
import type { Runtime } from '../../call/call.ts'
import { type CacheState, channels } from '../../channels.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import { Fields } from '../../lib/fields.ts'
import { secretKeyOf } from '../../lib/key.ts'
import type { TimerWheel } from '../../lib/timer-wheel.ts'
import type { RequestContext } from '../context.ts'
import { phraseOf } from './answer.ts'
import { wayOf } from './forwarded.ts'
import type { Answered, IncomingRules } from './incoming-head.ts'
import { type Origin, openOrigin } from './origin.ts'
import { said } from './outgoing-head.ts'
import type { HeadRules } from './rules.ts'
import { servedHead } from './served-head.ts'
import { ServedStream } from './served-stream.ts'
import type { MadeFields } from './set-fields.ts'
import { withMember } from './via.ts'

/** The cache of one proxied route. */
export interface CachedForward {
  /** Whether it is the one to ask: for what is read, without a body, of which no key would know. */
  takes(request: IncomingMessage): boolean
  /**
   * @param target path of the backend, with its query
   * @param path of the request, without what only says the client
   */
  forward(context: RequestContext, target: string, path: string, made: MadeFields | undefined): Promise<void>
  /** Forgets what a request has changed, by what it was answered. */
  changed(method: string, path: string, status: number, fields: Fields): Promise<void>
}

/** What may be kept of a proxied route is kept, as its backend says (RFC 9111). */
export function cachedForward(proxy: ProxyRoute, runtime: Runtime, rules: HeadRules): CachedForward | undefined {
  const { cache, backend } = proxy
  if (!cache) return undefined
  const responses = new HttpCache(runtime.store, backend.name, [routeTag(proxy.route)], cache)
  runtime.cache.onPurge(() => responses.purged())
  const { common, dropped, allowed, pseudonym, trusted } = rules.outgoing
  const originOf = (): Origin => runtime.single(proxy, () => openOrigin(backend, common, runtime))
  return {
    takes: ({ method, headers }) =>
      (method === 'GET' || method === 'HEAD') &&
      headers['transfer-encoding'] === undefined &&
      (headers['content-length'] ?? '0') === '0',
    forward: async (context, target, path, made) => {
      context.watchClient()
      const { method } = context.record
      const origin = originOf()
      const way = wayOf(context, trusted)
      const { asked, asker } = way
      // What an answer may be made of is part of what it is kept under.
      const passed = endToEnd(new Fields(context.fields()), ['content-length']).without(dropped)
      const own = allowed ? passed.only(allowed) : passed
      // What is made of a request is this client's: credentials and cookies as if they had come, and all else as a variant of its own.
      const fields = made ? own.with(new Fields(made.request)) : own
      const reached = `${asked.join(' ')} ${rules.apart} ${made ? secretKeyOf(made.request) : ''}`
      const key = { method, url: origin.urlOf(target), reached, fields }
      const request = { ...key, patience: runtime.patience() }
      const via = withMember(context.header('via'), context.request.httpVersion, pseudonym)
      const more = [...said(asked, rules.outgoing), 'surrogate-capability', `${SURROGATE}="Surrogate/1.0"`, 'via', via]
      const who = [...said(asker, rules.outgoing), 'x-request-id', context.requestId]
      const host = rules.keepsHost && way.host !== '' ? way.host : undefined
      const ask = origin.ask(method, target, more, who, host)
      const served = await responses.handle(request, ask, context.token)
      await send({ context, path, made: made?.response }, served, rules.incoming, runtime.timers)
    },
    changed: (method, path, status, fields) => responses.changed(method, originOf().urlOf(path), status, fields),
  }
}

async function send(answered: Answered, served: Served, rules: IncomingRules, timers: TimerWheel): Promise<void> {
  const { context } = answered
  const { response, token, record } = context
  const { status, fields, body } = served
  if (token.aborted && response.destroyed) {
    discard(body)
    throw token.reason
  }
  record.cache = stateOf(fields)
  if (channels.cache.hasSubscribers)
    channels.cache.publish({
      event: record.cache,
      key: `http ${record.route}`,
      bytes: Buffer.isBuffer(body) ? body.length : 0,
    })
  const head = servedHead(fields.raw, answered, rules)
  if (body === undefined || Buffer.isBuffer(body)) {
    response.writeHead(status, phraseOf(status, served.reason), head as unknown as OutgoingHttpHeaders)
    response.end(body)
  } else {
    // Only a body in chunks has something behind it.
    const isChunked = !fields.has('content-length') && context.request.httpVersion === '1.1'
    if (served.trailer !== undefined && isChunked) head.push('Trailer', served.trailer)
    await new ServedStream(context, body, timers).run(served, head, rules)
  }
  context.done(status)
}

/** What the last member of Cache-Status, which is this server's, says. */
function stateOf(fields: Fields): CacheState {
  const own = (fields.get('cache-status') ?? '').split(', ').at(-1) ?? ''
  if (own.includes('; hit')) return own.includes('ttl=-') ? 'stale' : 'hit'
  if (own.includes('collapsed')) return 'collapsed'
  return /fwd=(bypass|request|method)/.test(own) ? 'bypass' : 'miss'
}
