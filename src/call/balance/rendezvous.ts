import { hashOf, mix } from '../../lib/hash.ts'
import type { Instance } from './instance.ts'

/**
 * The instance of a key: highest random weight, or rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to
 * increase hit rates", IEEE/ACM Transactions on Networking 6(1), 1998), with weights by the logarithmic method (Schindelhauer and
 * Schomaker, "Weighted distributed hash tables", SPAA 2005). Each instance scores for the key by itself, the highest wins. So when
 * one goes only its own keys move, and when one comes it takes its share of each other's, whatever the order. There is no ring to keep.
 *
 * @param candidates one at the least
 */
export function rendezvous(candidates: readonly Instance[], key: string): Instance {
  const hashed = hashOf(key)
  let best = candidates[0] as Instance
  let highest = Number.NEGATIVE_INFINITY
  for (const candidate of candidates) {
    const mixed = mix(hashed ^ seedOf(candidate))
    // Between 0 and 1, both exclusive: the logarithm is finite and below 0.
    const score = -candidate.weight / Math.log((mixed + 0.5) / 2 ** 32)
    if (score > highest) {
      highest = score
      best = candidate
    }
  }
  return best
}

/** A memo of a pure function, for as long as the instance is there. */
const SEEDS = new WeakMap<Instance, number>()

function seedOf(instance: Instance): number {
  const known = SEEDS.get(instance)
  if (known !== undefined) return known
  // Mixed, so that what it is combined with below is no near neighbour for addresses that are.
  const seed = mix(hashOf(instance.id))
  SEEDS.set(instance, seed)
  return seed
}
