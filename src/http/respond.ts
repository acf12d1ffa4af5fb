import type { Load } from '../cache/cache.ts'
import type { Cached } from '../cache/entry.ts'
import type { Patience } from '../cache/patience.ts'
import type { Purge } from '../cache/store.ts'
import { routeTag } from '../cache/tags.ts'
import type { Runtime } from '../call/call.ts'
import type { CacheState, SourceRecord } from '../channels.ts'
import type { Config } from '../config.ts'
import type { Format } from '../endpoint/client.ts'
import { type Gathered, gather, newRecords } from '../endpoint/gather.ts'
import type { ReplyCacheSettings } from '../endpoint/options.ts'
import { parsePart, parseQuery } from '../endpoint/parse.ts'
import type { ParsedRequest } from '../endpoint/request.ts'
import { inScope } from '../endpoint/scope.ts'
import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { keyOf, keyOfParams, secretKeyOf } from '../lib/key.ts'
import { refuseXml } from './body.ts'
import { cacheStatus, levelsOf } from './cache-status.ts'
import { acceptedCodings, type Coding, LEAST_BYTES, NO_CODINGS } from './coding.ts'
import type { RequestContext } from './context.ts'
import { facetPartial, type Representation, representation, send, serverTiming } from './reply.ts'
import type { ServedEndpoint, View } from './routes.ts'

/** What answering needs of its app. */
export interface Responder {
  readonly runtime: Runtime
  readonly config: Pick<Config, 'bodyMaxBytes' | 'serverTiming' | 'cacheKeys'>
  /** Makes entries with these tags old, here and in every other worker. */
  readonly invalidate: (purge: Purge | readonly string[]) => Promise<void>
}

const NOTHING = Object.freeze(Object.create(null)) as Readonly<Record<string, never>>

/** Answers one request to an endpoint: parse, allow, reply cache, gather, merge, transform, encode, reply. */
export class Respond {
  readonly #app: Responder
  readonly #context: RequestContext
  readonly #endpoint: ServedEndpoint
  readonly #view: View
  readonly #format: Format
  #records: readonly SourceRecord[] = []

  constructor(app: Responder, context: RequestContext, endpoint: ServedEndpoint, view: View, format: Format) {
    this.#app = app
    this.#context = context
    this.#endpoint = endpoint
    this.#view = view
    this.#format = format
  }

  /**
   * Answers at once where the reply cache can, else later.
   *
   * @throws FacetError, at once or later
   */
  run(params: ParsedRequest['params']): void | Promise<void> {
    const { settings } = this.#endpoint.registered.endpoint
    const query = settings.query ? parsePart('query', settings.query, parseQuery(this.#context.search)) : NOTHING
    const headers =
      settings.headers &&
      parsePart('headers', settings.headers, this.#declaredHeaders(Object.keys(settings.headers.shape)))
    const request: ParsedRequest = headers === undefined ? { params, query } : { params, query, headers }
    if (this.#endpoint.readBody) return this.#withBody(request)
    if (this.#context.record.method !== 'GET') refuseXml(this.#context)
    return this.#answer(request)
  }

  #declaredHeaders(names: readonly string[]): Record<string, string | undefined> {
    return Object.fromEntries(
      names.flatMap((name) => (this.#context.header(name) === undefined ? [] : [[name, this.#context.header(name)]])),
    )
  }

  async #withBody(request: ParsedRequest): Promise<void> {
    const { settings } = this.#endpoint.registered.endpoint
    const { config, runtime } = this.#app
    this.#context.watchClient()
    const value = await this.#endpoint.readBody?.(this.#context, {
      maxBytes: config.bodyMaxBytes,
      deadline: settings.deadline,
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
    const key = this.#key(request)
    if (cache.bypass && this.#wantsFresh()) return this.#fresh(request, key)
    const entry = this.#app.runtime.cache.peek<Representation>(key)
    if (!entry) return this.#throughCache(key, cache, request)
    const now = Date.now()
    const codings = this.#codings(entry.value)
    const hit = { state: 'hit', age: now - entry.stored, ttl: entry.fresh - now, stored: true } as const
    const status = this.#send(entry.value, key, hit, codings)
    // Now that it is out; and only for those who are sent bodies.
    if (codings.length > 0 && status !== 304) this.#endpoint.variants?.make(key, entry, codings)
  }

  /** Whether the client wants nothing from a cache; whether that counts is for the endpoint to say. */
  #wantsFresh(): boolean {
    return /(^|[\s,])no-(cache|store)([\s,=]|$)/i.test(this.#context.header('cache-control') ?? '')
  }

  /** The codings that this client is sent a reply in, where there is such a variant of it. */
  #codings({ bytes }: Representation): readonly Coding[] {
    if (!this.#endpoint.variants || bytes.length < LEAST_BYTES) return NO_CODINGS
    return acceptedCodings(this.#context.header('accept-encoding'))
  }

  /** All that the answer can depend on, and nothing else: equal requests share an entry, different ones never do. */
  #key({ params, query, headers }: ParsedRequest): string {
    const { route, forward } = this.#endpoint
    const sent = forward.length === 0 ? '' : secretKeyOf(forward.map((name) => this.#context.header(name)))
    return `reply ${route} ${this.#view.client.name} ${this.#format} ${keyOfParams(params)}${query === NOTHING ? '' : keyOf(query)}${headers === undefined ? '' : secretKeyOf(headers)}${sent}`
  }

  async #throughCache(key: string, cache: ReplyCacheSettings, request: ParsedRequest): Promise<void> {
    this.#context.watchClient()
    const said = cache.tags?.({ params: request.params, query: request.query }) ?? []
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
    const found = await this.#app.runtime.cache.get(key, freshness, this.#context.token, load)
    this.#send(found.value, key, found)
  }

  async #fresh(request: ParsedRequest, bypassed?: string): Promise<void> {
    const { invalidates } = this.#endpoint.registered.endpoint.settings
    if (!this.#endpoint.readBody) this.#context.watchClient()
    // Before anything is done: a mistake in there must not make a payment look as if it had failed.
    const tags = invalidates?.(request)
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
      isBypassing: settings.data?.bypass === true && this.#wantsFresh(),
      // A load that others may join has a deadline of its own.
      started: isShared ? performance.now() : this.#context.record.started,
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
    // The client has left: there is nobody to write to, and the record says so.
    if (context.token.aborted && context.response.destroyed) throw context.token.reason
    const headers = [...this.#view.formats[this.#format].head, 'X-Request-Id', context.requestId]
    const levels = this.#records.length === 0 ? undefined : levelsOf(this.#records)
    if (levels !== undefined && !cached) headers.push('Cache-Status', cacheStatus(undefined, undefined, levels))
    if (cached) {
      context.record.cache = cached.state
      headers.push('Cache-Status', cacheStatus(cached, config.cacheKeys ? key : undefined, levels))
      if (cached.age > 0 || cached.state === 'hit')
        headers.push('Age', String(Math.max(0, Math.floor(cached.age / 1000))))
    }
    if (value.partial.length > 0) headers.push('Facet-Partial', facetPartial(value.partial))
    if (config.serverTiming) headers.push('Server-Timing', this.#timing(cached?.state))
    const asked = { method: context.record.method, ifNoneMatch: context.header('if-none-match'), codings }
    const { status } = this.#endpoint.registered.endpoint.settings
    const sent = send(context.response, asked, status, headers, value)
    context.done(sent)
    return sent
  }

  #timing(state: CacheState | undefined): string {
    const total = `total;dur=${(performance.now() - this.#context.record.started).toFixed(1)}${state === undefined ? '' : `;desc=${state}`}`
    const sources = serverTiming(this.#records)
    return sources === '' ? total : `${total}, ${sources}`
  }
}
