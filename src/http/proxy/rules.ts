import { randomBytes } from 'node:crypto'
import type { Runtime } from '../../call/call.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import { CONNECTIONS as INCOMING, type IncomingRules } from './incoming-head.ts'
import { CLIENTS_WORD, CONNECTIONS as OUTGOING, type OutgoingRules } from './outgoing-head.ts'

/** What the app says of all its proxied routes. */
export interface ProxySettings {
  /** What this server calls itself in `Via`; a name that nobody else has if not said. */
  readonly viaPseudonym: string | undefined
  /** How many proxies in front of it are believed. */
  readonly trustProxy: number
}

/** What a route does with the heads of its messages. */
export interface HeadRules {
  readonly outgoing: OutgoingRules
  readonly incoming: IncomingRules
}

/** What an app calls itself. */
const NAME = {}

/** Settles what becomes of the fields of a route's messages. */
export function rulesOf({ backend }: ProxyRoute, runtime: Runtime, settings: ProxySettings): HeadRules {
  const { trustProxy: trusted } = settings
  const { name: pseudonym } = runtime.single(NAME, () => ({
    name: settings.viaPseudonym ?? `facet-${randomBytes(4).toString('hex')}`,
  }))
  const common = backend.headers.flatMap(([name, value]) => [name, runtime.resolve(value)])
  if (backend.budgetHeader !== undefined) common.push(backend.budgetHeader, String(backend.timeout))
  const replaced = common.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  return {
    outgoing: {
      dropped: new Set([...OUTGOING, ...CLIENTS_WORD, ...replaced]),
      allowed: undefined,
      common,
      pseudonym,
      trusted,
    },
    incoming: { dropped: new Set(INCOMING), pseudonym },
  }
}
