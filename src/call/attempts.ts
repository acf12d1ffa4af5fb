import { hash, randomUUID } from 'node:crypto'
import { canonical } from '../lib/key.ts'
import type { Attempts, CallContext, Caller, Policy } from './call.ts'
import type { Upstream } from './upstream.ts'

/** What a client's own key may be: it goes into a hash, and is never sent on as it is. */
const CLIENTS_KEY = /^[\x20-\x7e]{1,255}$/

/**
 * Begins a call that may take several attempts: counts it for the budget of its backend, and gives its attempts what they share.
 *
 * @param operation what is asked, where its attempts bear an `Idempotency-Key`
 */
export function attempts(upstream: Upstream, operation: string | undefined): Policy {
  return (next) => (input, context) => {
    upstream.budget.count()
    const shared: Attempts = {
      tried: upstream.isSeveral ? new Set() : undefined,
      key: operation === undefined ? undefined : keyFor(operation, input, context),
    }
    return next(input, context, shared)
  }
}

/**
 * A key for the `Idempotency-Key` field (draft-ietf-httpapi-idempotency-key-header-07, section 2.1): a new one for each call, or,
 * where the client has sent one, one made from it. That is another one for each operation, source, input and sender, and for the second
 * of two equal calls: several payments of one request must not be taken for the same, nor somebody else's answer be had with his key.
 */
function keyFor(operation: string, input: unknown, context: CallContext): string {
  const { caller, source } = context
  const given = caller.header('idempotency-key')
  if (given === undefined || !CLIENTS_KEY.test(given)) return randomUUID()
  const sender = [caller.header('authorization'), caller.header('cookie')]
  const text = canonical([operation, source, given, input, sender])
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
