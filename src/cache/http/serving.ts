import { Fields } from '../../lib/fields.ts'
import type { HttpRequest, Served } from './messages.ts'
import { told } from './passing.ts'
import { isRangeWanted, rangeOf } from './range.ts'
import { ageAt, type CacheInfo } from './response.ts'
import type { StoredResponse } from './responses.ts'
import { lifetimeOf } from './reuse.ts'
import { isNotModified } from './validation.ts'

/** What a 304 has of the response that it stands for (RFC 9110, section 15.4.5), and what tells where it came from. */
const WITHOUT_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
])

/** Sends a stored response to one client: all of it, a part, or that there is nothing new. */
export class Serving {
  readonly #request: HttpRequest
  readonly #stored: StoredResponse
  readonly #info: CacheInfo

  constructor(request: HttpRequest, stored: StoredResponse, info: CacheInfo) {
    this.#request = request
    this.#stored = stored
    this.#info = info
  }

  /** @param how what `Cache-Status` says of it */
  stored(how: string): Served {
    const { method, fields: asked } = this.#request
    const { status, body } = this.#stored
    const fields = this.#fields(how)
    if (status === 200 && isNotModified(asked, fields))
      return { status: 304, fields: fields.without(WITHOUT_BODY), body: undefined }
    const range =
      status === 200 && method === 'GET' && isRangeWanted(asked, fields) ? rangeOf(asked, body.length) : undefined
    if (range === 'none')
      return {
        status: 416,
        fields: new Fields(['Content-Range', `bytes */${body.length}`, 'Content-Length', '0']),
        body: undefined,
      }
    if (range) {
      const { first, last } = range
      const part = new Fields([
        ...['Content-Range', `bytes ${first}-${last}/${body.length}`],
        ...['Content-Length', String(last - first + 1)],
      ])
      return { status: 206, fields: fields.with(part), body: body.subarray(first, last + 1) }
    }
    if (status === 204) return { status, fields, body: undefined }
    const whole = fields.with(new Fields(['Content-Length', String(body.length)]))
    return { status, fields: whole, body: method === 'HEAD' ? undefined : body }
  }

  #fields(how: string): Fields {
    const age = ageAt(this.#info, Date.now())
    const ttl = Math.floor((lifetimeOf(this.#info) - age) / 1000)
    const fields = this.#info.fields
    return fields.with(new Fields(['Age', String(Math.floor(age / 1000))])).with(told(fields, `${how}; ttl=${ttl}`))
  }
}
