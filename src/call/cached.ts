import { asSaid } from '../cache/http/said.ts'
import type { CachePolicy } from '../cache/policy.ts'
import { sizeOfValue } from '../cache/value-size.ts'
import { DefinitionError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { TRACE_FIELDS } from '../lib/headers.ts'
import { keyOf } from '../lib/key.ts'
import type { BackendInfo, CallContext, Policy, Runtime } from './call.ts'

/** How a call's answers are cached. */
export interface CallFreshness<I> extends CachePolicy {
  /** Whether the backend says for how long: `ttl` is then no more than a bound. */
  readonly isOrigins: boolean
  readonly tags: ((input: I) => readonly string[]) | undefined
}

/** Under which a runtime keeps the names of its cached operations. */
const NAMES = {}

/**
 * Keeps a read's answers, shared by every endpoint. The key is what the answer can depend on: backend, operation, input,
 * and the client's headers that the backend is sent.
 *
 * @throws DefinitionError when another cached operation has the same name, since each would be given the other's answers
 */
export function cached<I>(
  { cache, freeze, single }: Runtime,
  backend: BackendInfo,
  name: string,
  freshness: CallFreshness<I>,
): Policy {
  const names = single(NAMES, () => new Set<string>())
  if (names.has(`${backend.name} ${name}`))
    throw new DefinitionError(
      `backend '${backend.name}': two operations with a cache are named '${name}'; give one of them another 'name'`,
    )
  names.add(`${backend.name} ${name}`)
  const personal = backend.forward.filter((header) => CREDENTIALS.has(header))
  const isPersonal = ({ caller }: CallContext) => personal.some((header) => caller.header(header) !== undefined)
  const keyed = backend.forward.filter((header) => !TRACE_FIELDS.has(header))
  return <In, Out>(next: (input: In, context: CallContext) => Promise<Out>) =>
    async (input: In, context: CallContext) => {
      const forwarded = keyed.map((header) => context.caller.header(header))
      const key = `call ${backend.name} ${name} ${keyOf(input)}${forwarded.length > 0 ? ` ${keyOf(forwarded)}` : ''}`
      const tags = freshness.tags?.(input as never) ?? []
      const { patience } = context
      const found = await cache.get(key, { ...freshness, tags, patience }, context.token, async (token) => {
        // The load belongs to all who wait for it: neither one's cancellation nor its deadline ends it for the others.
        const load = loading(context, token, freshness.isOrigins)
        const value = await next(input, load)
        const loaded = {
          value: freeze ? frozen(value) : value,
          size: sizeOfValue(value, load.bytes, freshness.maxBytes),
          store: true,
          fresh: load.fresh,
        }
        if (!freshness.isOrigins) return loaded
        return load.head ? { ...loaded, ...asSaid(load.head, isPersonal(context)) } : { ...loaded, store: false }
      })
      context.cache = found.state
      if (found.stored) context.fresh = Math.min(context.fresh, Date.now() + found.ttl)
      return found.value
    }
}

/** What a load runs with: the context of whoever came first, but with a token of its own and no deadline. */
function loading(context: CallContext, token: CancelToken, wantsHead: boolean): CallContext {
  const { caller, source, memo, patience } = context
  const degrade = (error: unknown) => context.degrade(error)
  const never = Number.POSITIVE_INFINITY
  const shared = { isShared: true, wantsHead, cache: undefined, bytes: 0, fresh: never }
  return { ...shared, token, deadline: never, caller, source, memo, patience, degrade }
}

/** What says who a client is. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie'])

/** What many requests share must not be changed by one of them. */
function frozen<T>(value: T): T {
  // The bytes of a buffer cannot be frozen.
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) frozen(item)
  }
  return value
}
