import { hash, randomUUID } from 'node:crypto'
import { canonical } from '../lib/key.ts'
import type { Attempts, CallContext, Caller, Policy } from './call.ts'
import type { Upstream } from './upstream.ts'

/** What a client's own key may be: it goes into a hash, and is never sent on as it is. */
const CLIENTS_KEY = /^[\x20-\x7e]{1,255}$/

/** How the `Idempotency-Key` of a call is made. */
export interface KeyOptions {
  /** What is asked. */
  readonly operation: string
  /** The headers of the client's request, in lower case, that tell one sender from another. */
  readonly sender: readonly string[]
}

/**
 * Begins a call that may take several attempts: counts it for the budget of its backend, and gives its attempts what they share.
 *
 * @param keyed how its key is made, where its attempts bear one
 */
export function attempts(upstream: Upstream, keyed: KeyOptions | undefined): Policy {
  return (next) => (input, context) => {
    upstream.budget.count()
    const shared: Attempts = {
      tried: upstream.isSeveral ? new Set() : undefined,
      key: keyed && keyFor(keyed, input, context),
    }
    return next(input, context, shared)
  }
}

/**
 * A key for the `Idempotency-Key` field (draft-ietf-httpapi-idempotency-key-header-07, section 2.1): a new one for each call, or,
 * where the client has sent one, one made from it. That is another one for each operation, source, input and sender, and for the second
 * of two equal calls: several payments of one request must not be taken for the same, nor somebody else's answer be had with his key.
 */
function keyFor({ operation, sender }: KeyOptions, input: unknown, context: CallContext): string {
  const { caller, source } = context
  const given = caller.header('idempotency-key')
  if (given === undefined || !CLIENTS_KEY.test(given)) return randomUUID()
  const who = sender.map((name) => caller.header(name))
  const text = canonical([operation, source, given, input, who])
  return hash('sha256', `${nthOf(text, caller)} ${text}`, 'base64url').slice(0, 32)
}

/** How many equal calls a request has made before. It is known by its caller: parts of it may have contexts of their own. */
const calls = new WeakMap<Caller, Map<string, number>>()

function nthOf(text: string, caller: Caller): number {
  const counts = calls.get(caller) ?? new Map<string, number>()
  const before = counts.get(text) ?? 0
  counts.set(text, before + 1)
  calls.set(caller, counts)
  return before
}
