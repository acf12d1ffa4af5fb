import type { CacheControl } from '../../lib/cache-control.ts'
import type { CancelToken } from '../../lib/cancel.ts'
import { Fields } from '../../lib/fields.ts'
import type { Mark } from '../store.ts'
import { endToEnd } from './connection.ts'
import type { HttpRequest, OriginResponse } from './messages.ts'
import type { CacheInfo } from './response.ts'
import type { Responses, StoredResponse } from './responses.ts'
import { lifetimeOf } from './reuse.ts'
import { isStorable } from './storable.ts'

/** A response that has been read, or is to be passed on as it comes. */
export interface Received {
  readonly stored: StoredResponse | undefined
  readonly isKept: boolean
  readonly body: Buffer | AsyncIterable<Buffer>
}

/** Takes in what the origin sends, and keeps what may be kept. */
export class Receiver {
  readonly #responses: Responses
  readonly #maxBytes: number

  constructor(responses: Responses, maxBytes: number) {
    this.#responses = responses
    this.#maxBytes = maxBytes
  }

  /** @throws what reading the body throws: what is cut off is kept by nobody (RFC 9111, section 3.3) */
  async receive(
    request: HttpRequest,
    asked: CacheControl,
    response: OriginResponse,
    flight: { readonly purged: boolean; readonly token: CancelToken },
    mark: Mark,
  ): Promise<Received> {
    const fields = endToEnd(response.fields)
    const luck = this.#responses.luck()
    const info = this.#responses.infoOfHead({ ...response, luck })
    if (!isStorable(request, asked, info) || !isWorthIt(info))
      return { stored: undefined, isKept: false, body: response.body }
    const length = Number(fields.get('content-length') ?? 0)
    if (length > this.#maxBytes) return { stored: undefined, isKept: false, body: response.body }
    const { whole, parts } = await readUpTo(response.body, this.#maxBytes, flight.token)
    if (!whole) return { stored: undefined, isKept: false, body: parts }
    const { status, requested, received } = response
    // A cookie is one client's; what is said with it everybody may have, since the origin said so.
    const raw = fields.without(COOKIES).raw
    const stored = { status, raw, body: whole, requested, received, ...(luck !== undefined && { luck }) }
    if (flight.purged) return { stored: undefined, isKept: false, body: whole }
    const isKept = await this.#responses.keep(request, stored, { ...info, fields: new Fields(raw) }, mark, flight)
    return { stored, isKept, body: whole }
  }
}

const COOKIES: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])

/** Whether it could ever be used: fresh for a while, or confirmed; and with a cookie, only where the origin means it. */
function isWorthIt(info: CacheInfo): boolean {
  const { fields, directives, lifetime } = info
  if (/^text\/event-stream\b/i.test(fields.get('content-type') ?? '')) return false
  if (fields.has('set-cookie') && lifetime === undefined && !directives.has('public')) return false
  return lifetimeOf(info) > 0 || fields.has('etag') || fields.has('last-modified') || info.stale > 0
}

/**
 * All of a body; or, where it has more bytes than that, all of it as it comes, beginning with what has been read.
 *
 * @throws the token's reason, when nobody waits for it any more; what reading it throws
 */
async function readUpTo(
  body: AsyncIterable<Buffer>,
  most: number,
  token: CancelToken,
): Promise<
  | { readonly whole: Buffer; readonly parts?: undefined }
  | { readonly whole?: undefined; readonly parts: AsyncIterable<Buffer> }
> {
  const chunks: Buffer[] = []
  let size = 0
  const iterator = body[Symbol.asyncIterator]()
  const leave = () => void iterator.return?.()
  token.on(leave)
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      chunks.push(next.value)
      size += next.value.length
      if (size > most) return { parts: joined(chunks, iterator) }
    }
  } catch (error) {
    throw token.aborted ? token.reason : error
  } finally {
    token.off(leave)
  }
  // Memory of its own: a slice of Node's pool would keep what else is in that alive, for as long as it is kept.
  const whole = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const chunk of chunks) at += chunk.copy(whole, at)
  return { whole }
}

/** No generator, which would not let go of the rest where nobody has begun with it. */
function joined(chunks: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  let at = 0
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const chunk = chunks[at++]
    return chunk ? { done: false, value: chunk } : rest.next()
  }
  const end = async (): Promise<IteratorResult<Buffer>> => (await rest.return?.()) ?? { done: true, value: undefined }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}
