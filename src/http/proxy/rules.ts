import { randomBytes } from 'node:crypto'
import { isIpAddress } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { urlsOf } from '../../config-backends.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { FieldRules } from '../../endpoint/proxy-head-options.ts'
import { DefinitionError } from '../../errors.ts'
import { without } from '../../lib/fields.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import { DroppedNames } from './dropped-names.ts'
import { CONNECTIONS as INCOMING, type IncomingRules } from './incoming-head.ts'
import { CLIENTS_WORD, CREDENTIALS, CONNECTIONS as OUTGOING, type OutgoingRules } from './outgoing-head.ts'
import { rewritesOf } from './rewrites.ts'
import { fieldMaker, type MakeFields } from './set-fields.ts'
import { innerPrefix } from './target.ts'
import { placeOf } from './upstream-places.ts'

/** What the app says of all its proxied routes. */
export interface ProxySettings {
  /** What this server calls itself in `Via`; a name that nobody else has if not said. */
  readonly viaPseudonym: string | undefined
  /** Which proxies in front of it are believed. */
  readonly trustProxy: TrustedProxies
}

/** What a route does with the heads of its messages. */
export interface HeadRules {
  readonly outgoing: OutgoingRules
  readonly incoming: IncomingRules
  /** Makes the fields that depend on the request; undefined where none do. */
  readonly make: MakeFields | undefined
  /** Whether the backend is told the client's host. */
  readonly keepsHost: boolean
  /** What tells apart what is kept of requests that this route asks in its own way; '' where it asks as all others do. */
  readonly apart: string
}

/** What an app calls itself. */
const NAME = {}

/**
 * Settles what becomes of the fields of a route's messages.
 *
 * @throws DefinitionError for a variable that is not set, and for a kept host where none can be kept
 */
export function rulesOf(proxy: ProxyRoute, runtime: Runtime, settings: ProxySettings): HeadRules {
  const { backend, route, heads } = proxy
  const { request, response, keepsHost } = heads
  const { trustProxy: trusted } = settings
  const { name: pseudonym } = runtime.single(NAME, () => ({
    name: settings.viaPseudonym ?? `facet-${randomBytes(4).toString('hex')}`,
  }))
  const common = backend.headers.flatMap(([name, value]) => [name, runtime.resolve(value)])
  if (backend.budgetHeader !== undefined) common.push(backend.budgetHeader, String(backend.timeout))
  const said = namesOf(request)
  // What a route says takes the place of what its backend is sent otherwise.
  const sent = [...without(common, said), ...settled(request, runtime)]
  const inner = innerPrefix(proxy)
  const places = urlsOf(backend.url, runtime.resolve).map(({ url }) => placeOf(url, inner))
  places.sort((one, other) => other.base.length - one.base.length)
  // TLS would be told the client's host in the place of the backend's, and hold the certificate to it.
  if (keepsHost && places.some(({ protocol, hostname }) => protocol === 'https:' && isIpAddress(hostname)))
    throw new DefinitionError(`proxy '${route}' at 'host' ('keep'): an https backend needs a name, and has an address`)
  const rewrites = rewritesOf(proxy, places, trusted)
  const unsaid = new Set([...request.denied, ...said])
  const dropped = [...OUTGOING, ...CLIENTS_WORD, ...request.denied, ...said, ...names(sent)]
  return {
    outgoing: {
      dropped: new DroppedNames(dropped),
      allowed: request.allowed,
      common: sent,
      trace: { dropped: new DroppedNames([...dropped, ...CREDENTIALS]), common: [] },
      unsaid: unsaid.size > 0 ? unsaid : undefined,
      pseudonym,
      trusted,
    },
    incoming: {
      dropped: new Set([...INCOMING, ...response.denied, ...namesOf(response), ...rewrites.keys()]),
      allowed: response.allowed,
      rewrites,
      common: settled(response, runtime),
      pseudonym,
    },
    make: fieldMaker(route, heads, trusted),
    keepsHost,
    apart: keepsHost || request.allowed || unsaid.size > 0 ? route : '',
  }
}

function namesOf({ set }: FieldRules): ReadonlySet<string> {
  return new Set(set.map(([name]) => name))
}

/** The names among names and values in turn, in lower case. */
function names(fields: readonly string[]): string[] {
  return fields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
}

/** The fields that are the same for all, names and values in turn; `checkRoutes` has seen to it that they can be sent. */
function settled({ set }: FieldRules, runtime: Runtime): string[] {
  return set.flatMap(([name, value]) => (typeof value === 'function' ? [] : [name, runtime.resolve(value)]))
}
