import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../call/call.ts'
import { channels, type RequestRecord } from '../channels.ts'
import type { EndpointSettings } from '../endpoint/options.ts'
import { FacetError } from '../errors.ts'
import { CancelToken } from '../lib/cancel.ts'
import { rawField } from '../lib/headers.ts'

/** An id that somebody else chose is used and logged only in this form and length. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/

/** One request on its way through Facet. */
export class RequestContext implements Caller {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly token: CancelToken = new CancelToken()
  readonly requestId: string
  readonly isIdGiven: boolean
  /** The path as it came, without its query. */
  readonly path: string
  /** The query as it came, without its question mark. */
  readonly search: string
  readonly record: RequestRecord
  /** The endpoint's own statuses of failures, once it is known. */
  statuses: EndpointSettings['statuses'] = undefined
  /** The headers as they came; undefined where somebody's middleware may have changed what node made of them. */
  readonly #raw: readonly string[] | undefined

  /** @param untouched whether the request comes straight from the server, past nobody's middleware */
  constructor(request: IncomingMessage, response: ServerResponse, untouched = false) {
    this.request = request
    this.response = response
    this.#raw = untouched ? request.rawHeaders : undefined
    const given = this.header('x-request-id')
    this.isIdGiven = given !== undefined && REQUEST_ID.test(given)
    this.requestId = this.isIdGiven ? (given as string) : randomUUID()
    const url = originForm(request.url ?? '/')
    const mark = url.indexOf('?')
    this.path = mark < 0 ? url : url.slice(0, mark)
    this.search = mark < 0 ? '' : url.slice(mark + 1)
    this.record = {
      id: this.requestId,
      method: request.method ?? 'GET',
      path: this.path,
      started: performance.now(),
      route: undefined,
      client: undefined,
      status: 0,
      duration: 0,
      cache: undefined,
      code: undefined,
      error: undefined,
      sources: [],
    }
  }

  /** Itself, as the scope of a team's function. */
  get caller(): this {
    return this
  }

  /** A header of the request, by its lower-case name. */
  header(name: string): string | undefined {
    const once = this.#raw ? rawField(this.#raw, name) : null
    if (once !== null) return once
    const value = this.request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** All headers, names and values in turn: as they came, or as somebody's middleware has left them. */
  fields(): readonly string[] {
    if (this.#raw) return this.#raw
    return Object.entries(this.request.headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value ?? '']).flatMap((each) => [name, each]),
    )
  }

  /** Those of some headers that were sent. */
  headers(names: readonly string[]): Record<string, string> {
    const sent = names.map((name) => [name, this.header(name)] as const)
    return Object.fromEntries(sent.filter((entry): entry is [string, string] => entry[1] !== undefined))
  }

  /** Gives the request up when its client leaves before it has the answer. Only for what takes time. */
  watchClient(): void {
    this.response.once('close', () => {
      if (!this.response.writableFinished) this.token.cancel(new FacetError('client-closed'))
    })
  }

  /** Publishes the request's record; once, when the answer is out. */
  done(status: number): void {
    const { record } = this
    if (record.status !== 0) return
    record.status = status
    record.duration = performance.now() - record.started
    if (channels.request.hasSubscribers) channels.request.publish(record)
  }
}

/** The target as a path, also where a client sends it in absolute form, as it may (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  if (target.charCodeAt(0) === 47) return target
  const [, rest] = /^https?:\/\/[^/?]*(.*)$/is.exec(target) ?? []
  return rest === undefined ? target : rest.startsWith('/') ? rest : `/${rest}`
}
