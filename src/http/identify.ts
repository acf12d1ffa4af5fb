import Negotiator from 'negotiator'
import { synchronous } from '../call/scope.ts'
import type { Client, Format } from '../endpoint/client.ts'
import { FacetError } from '../errors.ts'
import type { RequestContext } from './context.ts'

/** Says who a request is from and in which format it is to be answered. */
export interface Identify {
  /** The client that a path prefix means, with the rest of the path. */
  byPath(path: string): { readonly client: Client; readonly rest: string } | undefined
  /**
   * The client: by `X-Client`, else by path, host, predicate, else the default one.
   *
   * @throws FacetError `client-unknown` with the known names
   */
  client(context: RequestContext, byPath: Client | undefined): Client
  /** The request headers that decide about any client or format, for `Vary`: also where they were not sent. */
  readonly vary: readonly string[]
}

/** Makes the recognition for an app's clients. */
export function identifier(clients: readonly Client[]): Identify {
  const byName = new Map(clients.map((client) => [client.name, client]))
  const byHost = new Map(
    clients.flatMap((client) => (client.options.host ? [[client.options.host.toLowerCase(), client] as const] : [])),
  )
  const prefixes = clients.flatMap((client) => (client.options.path ? [{ client, prefix: client.options.path }] : []))
  // The longest first, so that /m/tablet is not taken for /m.
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length)
  const predicates = clients.filter((client) => client.options.when)
  const fallback = clients.find((client) => client.options.default) as Client
  return {
    byPath: (path) => {
      for (const { client, prefix } of prefixes) {
        if (path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 47)) {
          return { client, rest: path.slice(prefix.length) || '/' }
        }
      }
      return undefined
    },
    client: (context, byPath) => {
      const name = context.header('x-client')
      if (name !== undefined) {
        const named = byName.get(name.toLowerCase())
        if (!named) throw new FacetError('client-unknown', { known: [...byName.keys()] })
        return named
      }
      if (byPath) return byPath
      const host =
        byHost.size > 0 ? byHost.get((context.header('host') ?? '').replace(/:\d+$/, '').toLowerCase()) : undefined
      if (host) return host
      for (const client of predicates) {
        const when = client.options.when as NonNullable<typeof client.options.when>
        const headers = Object.fromEntries(when.headers.map((header) => [header, context.header(header)]))
        if (synchronous(`the predicate of client '${client.name}'`, when.test({ headers }))) return client
      }
      return fallback
    },
    vary: ['X-Client', 'Accept', ...new Set(predicates.flatMap((client) => client.options.when?.headers ?? []))],
  }
}

const TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
}
const JSON_FIRST = ['application/json', 'application/xml', 'text/xml']
const XML_FIRST = ['application/xml', 'text/xml', 'application/json']

/** `Accept` has few values in practice, and reading one costs more than routing; the bound is for those who make them up. */
const known = { json: new Map<string, Format | 'none'>(), xml: new Map<string, Format | 'none'>() }
const MOST = 500
const LONGEST = 256

/**
 * The format for an `Accept` header, by its q-values (RFC 9110, section 12.5.1), and among equals in its own
 * order; where it names neither format, or is not sent, the client's.
 *
 * @throws FacetError `not-acceptable`
 */
export function negotiate(accept: string | undefined, preferred: Format): Format {
  if (!accept || accept === '*/*') return preferred
  const answers = known[preferred]
  let format = answers.get(accept)
  if (format === undefined) {
    // The older name of XML is taken where it is meant; for `application/xml;q=0, */*` it would be a way around what was said.
    const types = (preferred === 'json' ? JSON_FIRST : XML_FIRST).filter(
      (type) => type !== 'text/xml' || /text\/xml/i.test(accept),
    )
    // Parameters such as charset=utf-8 do not make another type of it, and Negotiator would think so.
    const plain = accept.replace(/;\s*(?!q\s*=)[^;,=\s]+\s*=\s*("[^"]*"|[^;,]*)/gi, '')
    const type = new Negotiator({ headers: { accept: plain } }).mediaType(types)
    format = type === undefined ? 'none' : (TYPES[type] as Format)
    if (answers.size >= MOST) answers.clear()
    if (accept.length <= LONGEST) answers.set(accept, format)
  }
  if (format === 'none') throw new FacetError('not-acceptable')
  return format
}

/** The format for a problem: one that nobody accepts is still better told than not. */
export function negotiateProblem(accept: string | undefined): Format {
  try {
    return negotiate(accept?.replaceAll('problem+', ''), 'json')
  } catch {
    return 'json'
  }
}
