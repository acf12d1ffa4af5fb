import type { Instance } from './instance.ts'

/** What an instance may save up while the strategy takes others: enough not to lose its share to chance, too little for a burst. */
const MOST_CREDIT = 10

/**
 * Who takes part in one choice, while some have only just come into service. With each choice such an instance is credited with
 * its usual share times its ramp, and it takes part while it has credit for a request; being chosen costs one. So no strategy can
 * give it more than its ramp allows. A ramp that only scaled the load that is compared would not do: least in flight runs to the
 * instance that has nothing to do, and where requests are few it would never be asked at all.
 *
 * The ramp counts in comparison to the others': where all are new, all have their whole share.
 *
 * @param candidates one at the least
 * @param now `performance.now()`
 */
export function admitted(candidates: readonly Instance[], now: number): readonly Instance[] {
  let most = 0
  let weights = 0
  for (const candidate of candidates) {
    most = Math.max(most, candidate.ramp(now))
    weights += candidate.weight
  }
  let taking: Instance[] | undefined
  for (const [at, candidate] of candidates.entries()) {
    const share = candidate.ramp(now) / most
    if (share < 1) {
      candidate.credit = Math.min(MOST_CREDIT, candidate.credit + (share * candidate.weight) / weights)
      if (candidate.credit < 1) {
        taking ??= candidates.slice(0, at)
        continue
      }
    }
    taking?.push(candidate)
  }
  return taking ?? candidates
}

/** It was chosen. */
export function charge(instance: Instance): void {
  if (instance.credit >= 1) instance.credit--
}
