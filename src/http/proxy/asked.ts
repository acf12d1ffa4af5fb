import { inScope, mistake, synchronous } from '../../call/scope.ts'
import type { ProxiedRequest } from '../../endpoint/proxied-request.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { wayOf } from './forwarded.ts'

/**
 * Asks a team's function about a request.
 *
 * @param what whose function it is, for the log
 * @throws FacetError `internal` for what it throws, and for a promise
 */
export function asked<T>(what: string, context: RequestContext, run: () => T): T {
  let value: T
  try {
    value = inScope(context, run, undefined)
  } catch (error) {
    throw mistake(what, error)
  }
  return synchronous(what, value)
}

/** What team's functions see of a request, read as far as they look. */
export class Proxied implements ProxiedRequest {
  readonly path: string
  /** A property, and no method, so that it can be taken out: `({ header }) => header('x-tenant')`. */
  readonly header: ProxiedRequest['header'] = (name) => this.#context.header(name.toLowerCase())
  readonly #context: RequestContext
  readonly #trusted: TrustedProxies
  #query: URLSearchParams | undefined

  /** @param trusted which proxies in front of this server are believed */
  constructor(context: RequestContext, path: string, trusted: TrustedProxies) {
    this.#context = context
    this.path = path
    this.#trusted = trusted
  }

  get method(): string {
    return this.#context.record.method
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#context.search)
    return this.#query
  }

  get host(): string {
    return wayOf(this.#context, this.#trusted).host.replace(/:\d*$/, '').toLowerCase()
  }
}
