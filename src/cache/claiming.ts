import { setTimeout } from 'node:timers/promises'
import type { CancelToken } from '../lib/cancel.ts'
import type { Claim, Look, Store } from './store.ts'

/** How long another process is waited for, in milliseconds: after that this one loads as well. */
const LONGEST = 5_000
/** How often it is looked whether it is done, from and to, in milliseconds. */
const [FIRST, LAST] = [10, 50]

/**
 * The right to load something that several processes want, or what one of them has loaded meanwhile. Undefined where the
 * store cannot say, and where each does it for itself.
 *
 * @throws the reason of the cancellation, when nobody waits for it any more
 */
export async function claimed(store: Store, key: string, look: Look, token: CancelToken): Promise<Claim | undefined> {
  const started = performance.now()
  let hasWaited = false
  let claim = await store.claim?.(key, look)
  for (let wait = FIRST; claim?.state === 'busy' && !claim.entry; wait = Math.min(LAST, wait * 1.5)) {
    if (performance.now() - started > LONGEST) return undefined
    await setTimeout(wait, undefined, { ref: false })
    if (token.aborted) throw token.reason
    hasWaited = true
    // It is the other one's load that is waited for now, not the store.
    claim = await store.claim?.(key, { tags: look.tags })
  }
  return claim && hasWaited ? { ...claim, hasWaited } : claim
}
