import type { Load } from '../cache/cache.ts'
import type { Cached } from '../cache/entry.ts'
import type { Patience } from '../cache/patience.ts'
import type { Purge } from '../cache/store.ts'
import { routeTag } from '../cache/tags.ts'
import type { Runtime } from '../call/call.ts'
import { inScope } from '../call/scope.ts'
import type { SourceRecord } from '../channels.ts'
import type { Config } from '../config.ts'
import type { Format } from '../endpoint/client.ts'
import { type Gathered, gather } from '../endpoint/gather.ts'
import type { ReplyCacheSettings } from '../endpoint/options.ts'
import { parsePart, parseQuery } from '../endpoint/parse.ts'
import { newRecords } from '../endpoint/records.ts'
import type { ParsedRequest } from '../endpoint/request.ts'
import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Timer } from '../lib/timer-wheel.ts'
import { refuseXml } from './body.ts'
import { cacheStatus, levelsOf } from './cache-status.ts'
import { acceptedCodings, type Coding, LEAST_BYTES, NO_CODINGS } from './coding.ts'
import type { RequestContext } from './context.ts'
import { afterGrace } from './grace.ts'
import { applied, preferences } from './preferences.ts'
import { facetPartial, partialRefused, type Representation, representation, send, serverTiming } from './reply.ts'
import { NO_QUERY, replyKey, wantsFresh } from './reply-key.ts'
import type { ServedEndpoint, View } from './routes.ts'

/** What answering needs of its app. */
export interface Responder {
  readonly runtime: Runtime
  readonly config: Pick<Config, 'bodyMaxBytes' | 'serverTiming' | 'cacheKeys'>
  /** Makes entries with these tags old, here and in every other worker. */
  readonly invalidate: (purge: Purge | readonly string[]) => Promise<void>
}

/** Answers one request to an endpoint: parse, allow, reply cache, gather, merge, transform, encode, reply. */
export class Respond {
  readonly #app: Responder
  readonly #context: RequestContext
  readonly #endpoint: ServedEndpoint
  readonly #view: View
  readonly #format: Format
  /** What the client says in `Prefer`. */
  readonly #prefer: string | undefined
  /** How long the answer may take, by the endpoint's word and the client's. Milliseconds. */
  readonly #deadline: number
  readonly #isStrict: boolean
  #records: readonly SourceRecord[] = []

  constructor(app: Responder, context: RequestContext, endpoint: ServedEndpoint, view: View, format: Format) {
    this.#app = app
    this.#context = context
    this.#endpoint = endpoint
    this.#view = view
    this.#format = format
    this.#prefer = context.header('prefer')
    const { deadline, isStrict } = endpoint.registered.endpoint.settings
    const wishes = preferences(this.#prefer)
    this.#deadline = Math.min(deadline, wishes.wait ?? deadline)
    this.#isStrict = isStrict || wishes.isStrict
  }

  /**
   * Answers at once where the reply cache can, else later.
   *
   * @throws FacetError, at once or later
   */
  run(params: ParsedRequest['params']): void | Promise<void> {
    const { settings } = this.#endpoint.registered.endpoint
    const query = settings.query ? parsePart('query', settings.query, parseQuery(this.#context.search)) : NO_QUERY
    const headers =
      settings.headers &&
      parsePart('headers', settings.headers, this.#context.headers(Object.keys(settings.headers.shape)))
    const request: ParsedRequest = headers === undefined ? { params, query } : { params, query, headers }
    if (this.#endpoint.readBody) return this.#withBody(request)
    if (this.#context.record.method !== 'GET') refuseXml(this.#context)
    return this.#answer(request)
  }

  async #withBody(request: ParsedRequest): Promise<void> {
    const { settings } = this.#endpoint.registered.endpoint
    const { config, runtime } = this.#app
    this.#context.watchClient()
    const value = await this.#endpoint.readBody?.(this.#context, {
      maxBytes: config.bodyMaxBytes,
      deadline: this.#deadline,
      timers: runtime.timers,
    })
    return this.#answer({
      ...request,
      body: parsePart('body', settings.body as NonNullable<typeof settings.body>, value),
    })
  }

  #answer(request: ParsedRequest): void | Promise<void> {
    const { cache, allow } = this.#endpoint.registered.endpoint.settings
    // Only a plain yes is one: the promise of an async function is not.
    if (allow && inScope(this.#context, allow, request) !== true) throw new FacetError('auth-forbidden')
    if (!cache) return this.#fresh(request)
    const key = replyKey(this.#endpoint, this.#view.client.name, this.#format, this.#context, request)
    if (cache.bypass && wantsFresh(this.#context)) return this.#fresh(request, key)
    const entry = this.#app.runtime.cache.peek<Representation>(key)
    if (!entry) return this.#throughCache(key, cache, request)
    const now = Date.now()
    const codings = this.#codings(entry.value)
    const hit = { state: 'hit', age: now - entry.stored, ttl: entry.fresh - now, stored: true } as const
    const status = this.#send(entry.value, key, hit, codings)
    // Now that it is out; and only for those who are sent bodies.
    if (codings.length > 0 && status !== 304) this.#endpoint.variants?.make(key, entry, codings)
  }

  /** The codings that this client is sent a reply in, where there is such a variant of it. */
  #codings({ bytes }: Representation): readonly Coding[] {
    if (!this.#endpoint.variants || bytes.length < LEAST_BYTES) return NO_CODINGS
    return acceptedCodings(this.#context.header('accept-encoding'))
  }

  async #throughCache(key: string, cache: ReplyCacheSettings, request: ParsedRequest): Promise<void> {
    this.#context.watchClient()
    const { params, query } = request
    const said = cache.tags ? inScope(this.#context, cache.tags, { params, query }) : []
    const patience = this.#app.runtime.patience()
    const freshness = { ...cache, tags: [routeTag(this.#endpoint.route), ...said], patience }
    const load: Load<Representation> = async (token, background, _, note) => {
      const { value, fresh, tags } = await this.#make(request, token, patience, background, note)
      const size = value.bytes.length + value.etag.length
      if (value.partial.length === 0) return { value, size, store: true, fresh, tags }
      return {
        value,
        size,
        tags,
        store: cache.partial > 0,
        fresh: Math.min(fresh ?? Number.POSITIVE_INFINITY, Date.now() + cache.partial),
        isMakeshift: true,
      }
    }
    const late = this.#bound()
    try {
      const found = await this.#app.runtime.cache.get(key, freshness, this.#context.token, load)
      this.#send(found.value, key, found)
    } finally {
      late.clear()
    }
  }

  /**
   * Ends the wait for what somebody else loads, in this process or another. A load of this request ends by itself before, and
   * whole or partial its answer is better than none.
   */
  #bound(): Timer {
    const { record, token } = this.#context
    const left = this.#deadline - (performance.now() - record.started)
    const isHasty = this.#deadline < this.#endpoint.registered.endpoint.settings.deadline
    const end = () => token.cancel(new FacetError('deadline', { isHasty }))
    return afterGrace(Math.max(0, left), end, this.#app.runtime.timers)
  }

  async #fresh(request: ParsedRequest, bypassed?: string): Promise<void> {
    const { invalidates } = this.#endpoint.registered.endpoint.settings
    if (!this.#endpoint.readBody) this.#context.watchClient()
    // Before anything is done: a mistake in there must not make a payment look as if it had failed.
    const tags = invalidates && inScope(this.#context, invalidates, request)
    let value: Representation
    try {
      value = (await this.#make(request, this.#context.token, this.#app.runtime.patience())).value
    } finally {
      // Also after a failure: a write that timed out may have been done.
      if (tags) await this.#app.invalidate(tags)
    }
    this.#send(value, bypassed, bypassed === undefined ? undefined : { state: 'bypass', age: 0, ttl: 0, stored: false })
  }

  async #make(
    request: ParsedRequest,
    token: CancelToken,
    patience: Patience | undefined,
    background = false,
    note?: (tags: readonly string[]) => void,
  ): Promise<{ readonly value: Representation } & Pick<Gathered, 'fresh' | 'tags'>> {
    const { plan, shape, formats } = this.#view
    const records = newRecords(plan)
    // A refresh behind the scenes is no part of the request that set it off.
    if (!background) {
      this.#records = records
      this.#context.record.sources = records
    }
    const isShared = token !== this.#context.token
    const { settings } = this.#endpoint.registered.endpoint
    const { data, partial, fresh, tags } = await gather(plan, request, {
      token,
      isShared,
      caller: this.#context,
      timers: this.#app.runtime.timers,
      patience,
      note,
      isBypassing: settings.data?.bypass === true && wantsFresh(this.#context),
      // Behind the scenes nobody waits; whoever joins a load has come later, and has longer.
      started: background ? performance.now() : this.#context.record.started,
      // One client's haste is not the others'.
      ...(!isShared && { deadline: this.#deadline }),
      records,
    })
    return {
      value: representation(
        formats[this.#format].write(inScope({ caller: this.#context, token }, shape, data)),
        partial,
      ),
      fresh,
      tags,
    }
  }

  #send(
    value: Representation,
    key: string | undefined,
    cached: Pick<Cached<unknown>, 'state' | 'age' | 'ttl' | 'stored'> | undefined,
    codings: readonly Coding[] = this.#codings(value),
  ): number {
    const context = this.#context
    const { config } = this.#app
    const { status, deadline } = this.#endpoint.registered.endpoint.settings
    // The client has left: there is nobody to write to, and the record says so.
    if (context.token.aborted && context.response.destroyed) throw context.token.reason
    const isPartial = value.partial.length > 0
    const heeded = this.#prefer && applied(this.#prefer, deadline)
    if (isPartial && this.#isStrict) throw partialRefused(value.partial, heeded)
    const headers = [...this.#view.formats[this.#format].head, 'X-Request-Id', context.requestId]
    const levels = this.#records.length === 0 ? undefined : levelsOf(this.#records)
    if (levels !== undefined && !cached) headers.push('Cache-Status', cacheStatus(undefined, undefined, levels))
    if (cached) {
      context.record.cache = cached.state
      headers.push('Cache-Status', cacheStatus(cached, config.cacheKeys ? key : undefined, levels))
      if (cached.age > 0 || cached.state === 'hit')
        headers.push('Age', String(Math.max(0, Math.floor(cached.age / 1000))))
    }
    if (isPartial) headers.push('Facet-Partial', facetPartial(value.partial))
    if (heeded) headers.push('Preference-Applied', heeded)
    const { started } = context.record
    if (config.serverTiming) headers.push('Server-Timing', serverTiming(started, cached?.state, this.#records))
    const asked = { method: context.record.method, ifNoneMatch: context.header('if-none-match'), codings }
    const sent = send(context.response, asked, status, headers, value)
    context.done(sent)
    return sent
  }
}
