import type { CancelToken } from '../../lib/cancel.ts'
import { Fields } from '../../lib/fields.ts'
import { isPromise } from '../../lib/promise.ts'
import { claimed } from '../claiming.ts'
import { CONFIRMABLE } from '../entry.ts'
import type { Claim, Entry, Mark, Store } from '../store.ts'
import { tagsOf } from '../tags.ts'
import type { HttpRequest } from './messages.ts'
import { ageAt, type CacheInfo, cacheInfo, type ReceivedHead } from './response.ts'
import { lifetimeOf } from './reuse.ts'
import { NOTHING_SETTLED, type Unsaid } from './unsaid.ts'
import { variantOf, varyOf } from './vary.ts'

/** What is kept for a request. */
export interface Found {
  readonly response: StoredResponse
  /** It is no longer fresh, by its time or by a purge. */
  readonly isOld: boolean
}

/** A whole response, as it is kept. */
export interface StoredResponse {
  readonly status: number
  /** Names and values in turn. */
  readonly raw: readonly string[]
  readonly body: Buffer
  readonly requested: number
  readonly received: number
  /** As `ReceivedHead` has it. */
  readonly luck?: number | undefined
}

/** Which request fields the variants of one resource depend on: a set for each that is kept. */
interface VariantIndex {
  readonly varies: readonly (readonly string[])[]
}

/** Sets of fields that one resource may have at a time; origins use one, and change it now and then. */
const MOST_SETS = 4

/** Memory besides the body and the characters of the head: of each text in it, and of a response with what is read of it. Measured. */
const [TEXT, RESPONSE] = [32, 900]

/** Stored responses by URI and, where they vary, by the request fields that they depend on (RFC 9111, section 4.1). */
export class Responses {
  readonly #store: Store
  readonly #name: string
  readonly #tags: readonly string[]
  readonly #unsaid: Unsaid
  /** What is kept by one team's word for how long is not for who has given another one. */
  readonly #apart: string
  readonly #infos = new WeakMap<StoredResponse, CacheInfo>()

  /**
   * @param tags that everything kept here has
   * @param unsaid what holds where a response says nothing
   */
  constructor(store: Store, name: string, tags: readonly string[], unsaid: Unsaid = NOTHING_SETTLED) {
    this.#store = store
    this.#name = name
    this.#tags = tags
    this.#unsaid = unsaid
    this.#apart = unsaid === NOTHING_SETTLED ? '' : `${Object.values(unsaid).join()} `
  }

  /** What a stored response says to a cache: read once, and asked at every hit. */
  infoOf(stored: StoredResponse): CacheInfo {
    const known = this.#infos.get(stored)
    if (known) return known
    const info = this.infoOfHead({ ...stored, fields: new Fields(stored.raw) })
    this.#infos.set(stored, info)
    return info
  }

  /** What a response says to a cache, before it is stored. */
  infoOfHead(head: ReceivedHead): CacheInfo {
    return cacheInfo(head, this.#unsaid)
  }

  /** Draws by what the lifetime of a response that has come differs from others'; undefined where none do. */
  luck(): number | undefined {
    return this.#unsaid.jitter > 0 ? Math.random() : undefined
  }

  /**
   * The response that a request selects: of several the one with the latest Date.
   *
   * @returns it, or whether there are others of this URI
   */
  async find(request: HttpRequest): Promise<Found | 'vary-miss' | 'uri-miss'> {
    const index = (await this.#get(this.#indexKey(request.url), request))?.value as VariantIndex | undefined
    if (!index) return 'uri-miss'
    const found = await Promise.all(index.varies.map((names) => this.#get(this.#variantKey(names, request), request)))
    const latest = found.reduce((best, one) => (one && (!best || one.stored > best.stored) ? one : best), undefined)
    return latest ? { response: latest.value as StoredResponse, isOld: latest.fresh <= Date.now() } : 'vary-miss'
  }

  /** The moment among purges that a response is kept with which is asked for now. */
  mark(): Mark {
    return this.#store.mark?.()
  }

  /** Keeps a response; says whether it was. A store that needs time for it is not waited for. */
  async keep(
    request: HttpRequest,
    response: StoredResponse,
    info: CacheInfo,
    mark: Mark,
    flight: { readonly purged: boolean },
  ): Promise<boolean> {
    const names = varyOf(info.fields)
    if (!names) return false
    const index = (await this.#get(this.#indexKey(request.url), request))?.value as VariantIndex | undefined
    if (flight.purged) return false
    const others = (index?.varies ?? []).filter((set) => set.join() !== names.join())
    const varies = [names, ...others].slice(0, MOST_SETS)
    const entry = entryOf(response, info, this.#tagsOf(request))
    const isKept = this.#set(this.#variantKey(names, request), entry, mark)
    return (
      isKept && this.#set(this.#indexKey(request.url), { ...entry, value: { varies }, size: 100 * varies.length }, mark)
    )
  }

  #set(key: string, entry: Entry, mark: Mark): boolean {
    try {
      const kept = this.#store.set(key, entry, mark)
      if (isPromise(kept)) kept.catch(() => {})
      return true
    } catch {
      return false
    }
  }

  /** The right to ask the origin on behalf of all who share the store; undefined where nobody does, or it cannot say. */
  async claim(request: HttpRequest, flight: string, token: CancelToken): Promise<Claim | undefined> {
    if (!this.#store.claim) return undefined
    const look = { tags: this.#tagsOf(request), patience: request.patience }
    try {
      return await claimed(this.#store, `http flight ${this.#name} ${this.#apart}${flight}`, look, token)
    } catch (error) {
      if (token.aborted) throw error
    }
  }

  /** Forgets all that is kept of a URI. */
  async forget(url: string): Promise<void> {
    try {
      await this.#store.purge({ tags: [this.#indexKey(url)] })
    } catch {}
  }

  /** All that is kept of one URI goes at once: a store in front of a shared one may have variants that this one does not know. */
  #tagsOf({ url }: HttpRequest): string[] {
    return [...this.#tags, this.#indexKey(url)]
  }

  #indexKey(url: string): string {
    return `http ${this.#name} ${url}`
  }

  #variantKey(names: readonly string[], { url, reached, fields }: HttpRequest): string {
    return `${this.#indexKey(url)} ${this.#apart}${reached} ${names.length === 0 ? '' : variantOf(names, fields)}`
  }

  async #get(key: string, request: HttpRequest): Promise<Entry | undefined> {
    const { patience } = request
    try {
      return await this.#store.get(key, { tags: this.#tagsOf(request), patience })
    } catch {
      return undefined
    }
  }
}

function entryOf(response: StoredResponse, info: CacheInfo, tags: readonly string[]): Entry {
  const now = response.received
  const fresh = now + Math.max(0, lifetimeOf(info) - ageAt(info, now))
  const isConfirmable = info.fields.has('etag') || info.fields.has('last-modified')
  const { stale, staleIfError = 0 } = info
  const kept = fresh + Math.max(stale, staleIfError, CONFIRMABLE * (isConfirmable ? 1 : 0.01))
  const size = response.body.length + response.raw.reduce((sum, text) => sum + text.length + TEXT, RESPONSE)
  return {
    value: response,
    stored: now,
    fresh,
    usable: kept,
    covers: kept,
    kept,
    tags: [...tags, ...tagsOf(info.fields)],
    size,
  }
}
