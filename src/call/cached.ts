import type { Freshness } from '../cache/cache.ts'
import { keyOf } from '../lib/key.ts'
import type { BackendInfo, CallContext, Policy, Runtime } from './call.ts'

/** How a call's answers are cached. */
export interface CallFreshness<I> {
  /** Milliseconds. */
  readonly ttl: number
  /** Milliseconds. */
  readonly stale: number
  readonly tags: ((input: I) => readonly string[]) | undefined
}

/**
 * Keeps a read's answers, shared by every endpoint. The key is what the answer can depend on: backend, operation, input,
 * and the client's headers that the backend is sent.
 */
export function cached<I>(
  { cache, freeze }: Runtime,
  backend: BackendInfo,
  name: string,
  freshness: CallFreshness<I>,
): Policy {
  return <In, Out>(next: (input: In, context: CallContext) => Promise<Out>) =>
    async (input: In, context: CallContext) => {
      const forwarded = backend.forward.map((header) => context.caller.header(header))
      const key = `call ${backend.name} ${name} ${keyOf(input)}${forwarded.length > 0 ? ` ${keyOf(forwarded)}` : ''}`
      const tags = freshness.tags?.(input as never) ?? []
      const policy: Freshness = { ttl: freshness.ttl, stale: freshness.stale, tags }
      const found = await cache.get(key, policy, context.token, async (token) => {
        // The load belongs to all who wait for it: neither one's cancellation nor its deadline ends it for the others.
        const load: CallContext = { ...context, token, deadline: Number.POSITIVE_INFINITY }
        const value = await next(input, load)
        return { value: freeze ? frozen(value) : value, size: load.bytes * PER_BYTE, store: true }
      })
      context.cache = found.state
      return found.value
    }
}

/** Bytes of memory that a byte of a parsed answer costs: objects, strings and their headers, measured on the demo's answers. */
const PER_BYTE = 3

/** What many requests share must not be changed by one of them. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) frozen(item)
  }
  return value
}
