import { Instance, type InstanceAddress } from '../../../src/call/balance/instance.ts'
import { type InstanceChange, Instances, type InstancesOptions } from '../../../src/call/balance/instances.ts'
import type { Outcome } from '../../../src/call/outcome.ts'

/** `http://a:80`, `http://b:80` and so on. */
export const urls = (count: number): InstanceAddress[] =>
  Array.from({ length: count }, (_, nth) => ({ url: `http://i${nth}` }))

/** Instances with these weights. */
export const weighted = (...weights: number[]): Instance[] =>
  weights.map((weight, nth) => new Instance({ url: `http://i${nth}`, weight }))

/** The same numbers from 0 to 1 in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How often each was chosen, in the order of `instances`. */
export function counted(instances: readonly Instance[], times: number, choose: (nth: number) => Instance): number[] {
  const counts = new Map(instances.map((instance) => [instance, 0]))
  for (let nth = 0; nth < times; nth++) {
    const chosen = choose(nth)
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** A set, with what it has told so far: `ejected http://i0`. */
export interface TestSet {
  readonly set: Instances
  readonly told: string[]
  readonly removed: Instance[]
  /** The nth of all. */
  nth(nth: number): Instance
  /** An attempt at the nth that ends at once. */
  attempt(nth: number, outcome: Outcome, times?: number): void
}

export function testSet(addresses: readonly InstanceAddress[], options: Partial<InstancesOptions> = {}): TestSet {
  const told: string[] = []
  const removed: Instance[] = []
  const set = new Instances(addresses, {
    strategy: 'round-robin',
    slowStart: 0,
    onChange: ({ event, instance: { url }, reason }: InstanceChange) =>
      void told.push(`${event} ${url}${reason ? ` ${reason}` : ''}`),
    onRemoved: (instance) => void removed.push(instance),
    ...options,
  })
  told.length = 0
  const nth = (at: number) => set.all[at] as Instance
  return {
    set,
    told,
    removed,
    nth,
    attempt: (at, outcome, times = 1) => {
      for (let time = 0; time < times; time++) {
        set.started(nth(at))
        set.ended(nth(at), outcome)
      }
    },
  }
}
