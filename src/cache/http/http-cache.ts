import { FacetError } from '../../errors.ts'
import { CacheControl } from '../../lib/cache-control.ts'
import type { CancelToken } from '../../lib/cancel.ts'
import { Fields } from '../../lib/fields.ts'
import { type Flight, Flights } from '../flights.ts'
import type { Store } from '../store.ts'
import { endToEnd } from './connection.ts'
import { invalidatedBy } from './invalidation.ts'
import type { AskOrigin, HttpRequest, OriginResponse, Served } from './messages.ts'
import { cookiesOf, discard, drain, passedOn, withStatus } from './passing.ts'
import { type Received, Receiver } from './receiver.ts'
import { directivesOf, flightKey, hasConditions, isPersonal } from './request.ts'
import { ageAt } from './response.ts'
import { Responses, type StoredResponse } from './responses.ts'
import { lifetimeOf, mayBeStale, mayCoverError, reuseOf } from './reuse.ts'
import { Serving } from './serving.ts'
import { allowsAuthorized, isStorable } from './storable.ts'
import type { Unsaid } from './unsaid.ts'
import { confirms, updated, validating } from './validation.ts'
import { isSameVariant } from './vary.ts'

/** What can be said of a cache of HTTP responses. */
export interface HttpCacheOptions {
  /** Responses with larger bodies are passed on and not kept. Bytes. */
  readonly maxBytes: number
  /** Whether the directives of requests count: a client can then make the origin work. */
  readonly directives: boolean
  /** Whether requests with credentials may be answered with what everybody gets, where the origin allows it. */
  readonly share: 'everyone' | 'user'
  /** What holds where a response says nothing; what the standard says if not said. */
  readonly unsaid?: Unsaid | undefined
}

/** What a load brought: a response that others may have too, or one for whoever asked first. */
interface Landed {
  /** The request that it was asked for with. */
  readonly request: HttpRequest
  readonly stored: StoredResponse | undefined
  readonly direct: Served | undefined
  readonly forwarded: string
  readonly isKept: boolean
  /** Cookies, which are for whoever asked first alone. */
  readonly cookies: Fields
}

const NOTHING = { stored: undefined, direct: undefined, forwarded: '', isKept: false, cookies: Fields.NONE }

/** Why a request was forwarded (RFC 9211, section 2.2). */
type Reason = 'uri-miss' | 'vary-miss' | 'stale' | 'request'

/** A shared cache of HTTP responses (RFC 9111), in front of one origin. */
export class HttpCache {
  readonly #responses: Responses
  readonly #options: HttpCacheOptions
  readonly #receiver: Receiver
  readonly #flights = new Flights<Landed>()

  /** @param name what is kept is kept under this name: two backends at one address may be asked with different credentials */
  constructor(store: Store, name: string, tags: readonly string[], options: HttpCacheOptions) {
    this.#responses = new Responses(store, name, tags, options.unsaid)
    this.#options = options
    this.#receiver = new Receiver(this.#responses, options.maxBytes)
  }

  /**
   * Answers a request, from what is stored or by asking the origin.
   *
   * @throws what asking the origin throws, unless a stored response may stand in; FacetError 504 where only a stored one was
   *   asked for, or where the origin cannot be reached and must be
   */
  async handle(request: HttpRequest, ask: AskOrigin, token: CancelToken): Promise<Served> {
    const { method, fields } = request
    if (method !== 'GET' && method !== 'HEAD') return this.#forward(request, ask, token, 'fwd=method')
    const asked = this.#options.directives ? directivesOf(fields) : CacheControl.NONE
    const isOnes = isPersonal(fields)
    if (isOnes && this.#options.share !== 'everyone') return this.#forward(request, ask, token, 'fwd=bypass')
    if (asked.has('no-store')) return this.#forward(request, ask, token, 'fwd=request')
    const found = await this.#responses.find(request)
    if (typeof found === 'string') return this.#load(request, ask, token, asked, undefined, found)
    const { response, isOld } = found
    const info = this.#responses.infoOf(response)
    if (isOnes && !allowsAuthorized(info.directives)) return this.#forward(request, ask, token, 'fwd=bypass')
    const serving = new Serving(request, response, info)
    const now = Date.now()
    // Made stale before its time, by a purge.
    const isPurged = isOld && lifetimeOf(info) > ageAt(info, now)
    switch (isPurged ? 'validate' : reuseOf(info, now, asked)) {
      case 'fresh':
        return serving.stored('hit')
      case 'stale':
        this.#refresh(request, ask, asked, response)
        return serving.stored('hit')
      case 'validate':
        return this.#load(request, ask, token, asked, response, asked.has('no-cache') ? 'request' : 'stale')
    }
  }

  /** Keeps what is being loaded from being kept: something has been purged, and nobody knows yet what tags it will have. */
  purged(): void {
    this.#flights.orphanAll()
  }

  /** Forgets what a request has changed, by what it was answered (RFC 9111, section 4.4). */
  async changed(method: string, url: string, status: number, fields: Fields): Promise<void> {
    const invalidated = invalidatedBy(method, url, status, fields)
    // What is being loaded may be old as well.
    this.#flights.orphan(invalidated)
    for (const old of invalidated) await this.#responses.forget(old)
  }

  /** Passes a request on; what it changes is forgotten. */
  async #forward(request: HttpRequest, ask: AskOrigin, token: CancelToken, why: string): Promise<Served> {
    const { method, url, fields } = request
    const response = await ask(fields, token, false)
    await this.changed(method, url, response.status, response.fields)
    return passedOn(response, method, why)
  }

  async #load(
    request: HttpRequest,
    ask: AskOrigin,
    token: CancelToken,
    asked: CacheControl,
    old: StoredResponse | undefined,
    reason: Reason,
  ): Promise<Served> {
    if (asked.has('only-if-cached'))
      throw new FacetError('backend-unreachable', { status: 504, detail: 'only a stored response was asked for' })
    const { method, fields } = request
    // A part, or a question about the client's own copy where there is none here, is between the two.
    const isAlone = method === 'HEAD' || fields.has('range') || (!old && hasConditions(fields))
    if (isAlone) return this.#forward(request, ask, token, `fwd=${fields.has('range') ? 'partial' : reason}`)
    const key = flightKey(request)
    const running = this.#flights.find(key)
    const flight = running ?? this.#start(key, request, ask, asked, old)
    // What is for nobody else is let go of where the one who asked for it leaves.
    const joined = this.#flights.join(key, flight, token)
    if (!running) joined.catch(() => flight.result.then(({ direct }) => discard(direct?.body)).catch(() => {}))
    const { request: first, stored, direct, forwarded, cookies } = await joined
    if (!running && direct) return withStatus(direct, `fwd=${reason}${forwarded}`)
    if (!stored || (running && !isSameVariant(this.#responses.infoOf(stored).fields, first.fields, request.fields)))
      return this.#forward(request, ask, token, `fwd=${reason}`)
    const info = this.#responses.infoOf(stored)
    const collapsed = running ? '; collapsed' : ''
    const served = new Serving(request, stored, info).stored(`fwd=${reason}${forwarded}${collapsed}`)
    return running ? served : { ...served, fields: served.fields.with(cookies) }
  }

  #refresh(request: HttpRequest, ask: AskOrigin, asked: CacheControl, old: StoredResponse): void {
    const key = flightKey(request)
    if (this.#flights.has(key)) return
    const flight = this.#start(key, request, ask, asked, old)
    flight.waiters++
    flight.result.then(({ direct }) => discard(direct?.body)).catch(() => {})
  }

  #start(
    key: string,
    request: HttpRequest,
    ask: AskOrigin,
    asked: CacheControl,
    old: StoredResponse | undefined,
  ): Flight<Landed> {
    return this.#flights.start(key, [request.url], async (flight) => {
      const claim = await this.#responses.claim(request, key, flight.token)
      flight.onPurged = () => claim?.release?.(false)
      const others = claim?.hasWaited ? await this.#loadedElsewhere(request, asked) : undefined
      let landed = others
      try {
        landed ??= await this.#fetch(request, ask, flight, asked, old)
        return landed
      } finally {
        claim?.release?.(landed?.isKept ?? false)
      }
    })
  }

  /** What another process has fetched while this one waited for it. */
  async #loadedElsewhere(request: HttpRequest, asked: CacheControl): Promise<Landed | undefined> {
    const found = await this.#responses.find(request)
    if (typeof found === 'string' || found.isOld) return undefined
    const { response: stored } = found
    if (reuseOf(this.#responses.infoOf(stored), Date.now(), asked) !== 'fresh') return undefined
    return { ...NOTHING, request, stored, isKept: true, forwarded: '; collapsed' }
  }

  /** Asks the origin whether the stored response still holds, or for another one. */
  async #fetch(
    request: HttpRequest,
    ask: AskOrigin,
    flight: Flight<Landed>,
    asked: CacheControl,
    old: StoredResponse | undefined,
  ): Promise<Landed> {
    const oldInfo = old && this.#responses.infoOf(old)
    const question = (oldInfo && validating(request.fields, oldInfo.fields)) ?? request.fields
    const landed: Landed = { ...NOTHING, request }
    const mark = this.#responses.mark()
    let response: OriginResponse
    try {
      response = await ask(question, flight.token, true)
    } catch (error) {
      return this.#withoutOrigin(request, old, error)
    }
    if (old && oldInfo && response.status >= 500 && mayCoverError(oldInfo, Date.now(), asked)) {
      discard(response.body)
      return { ...landed, stored: old, forwarded: `; fwd-status=${response.status}` }
    }
    if (old && oldInfo && response.status === 304 && question !== request.fields) {
      void drain(response.body)
      const stored = oldInfo.fields
      if (!confirms(response.fields, stored)) return this.#fetch(request, ask, flight, asked, undefined)
      const { requested, received } = response
      const raw = updated(stored, endToEnd(response.fields, ['set-cookie'])).raw
      const confirmed: StoredResponse = { ...old, raw, requested, received }
      const info = this.#responses.infoOf(confirmed)
      const forwarded = '; fwd-status=304'
      const cookies = cookiesOf(response.fields)
      if (!isStorable(request, asked, info)) {
        // It was for everybody, and is not any more.
        await this.#responses.forget(request.url)
        const direct = { status: old.status, fields: info.fields.with(cookies), body: old.body }
        return { ...landed, direct, forwarded }
      }
      const isKept = !flight.purged && (await this.#responses.keep(request, confirmed, info, mark, flight))
      return { ...landed, stored: confirmed, isKept, forwarded: isKept ? `${forwarded}; stored` : forwarded, cookies }
    }
    let received: Received
    try {
      received = await this.#receiver.receive(request, asked, response, flight, mark)
    } catch (error) {
      return this.#withoutOrigin(request, old, error)
    }
    const { stored, body, isKept } = received
    if (isKept) return { ...landed, stored, isKept, forwarded: '; stored', cookies: cookiesOf(response.fields) }
    return { ...landed, direct: { ...passedOn(response, request.method, ''), body } }
  }

  /** Whoever cannot reach the origin may send what it has, unless that says otherwise (section 4.2.4). */
  #withoutOrigin(request: HttpRequest, old: StoredResponse | undefined, error: unknown): Landed {
    if (!old) throw error
    if (mayBeStale(this.#responses.infoOf(old), Date.now()))
      return { ...NOTHING, request, stored: old, forwarded: '; detail=unreachable' }
    throw new FacetError('backend-unreachable', { status: 504, cause: error })
  }
}
