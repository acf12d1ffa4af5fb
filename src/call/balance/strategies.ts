import type { Instance } from './instance.ts'
import { rendezvous } from './rendezvous.ts'

/** Takes one of several instances; there is one at the least. Only `hash` looks at the key. */
export type Chooser = (candidates: readonly Instance[], key: string | undefined) => Instance

/** How instances are chosen between. */
export type StrategyName = keyof typeof STRATEGIES

const STRATEGIES = {
  'round-robin': () => longestAgo(),
  weighted: () => smooth,
  'least-in-flight': leastInFlight,
  'random-of-two': randomOfTwo,
  hash: (random: () => number) => hashed(randomOfTwo(random)),
} as const

/** The names of all strategies. */
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as readonly StrategyName[]

/**
 * A strategy for one set of instances; it keeps what it has to remember in their `turn`.
 *
 * @param random a number from 0 up to but without 1
 */
export function chooser(name: StrategyName, random: () => number = Math.random): Chooser {
  return STRATEGIES[name](random)
}

/**
 * Round robin: whoever was chosen longest ago. A counter modulo the length would do as well while the candidates are the same; but
 * retries leave out who was tried, and with two instances each first attempt would then meet the same one. Weights do not count.
 */
function longestAgo(): Chooser {
  let turn = 0
  return (candidates) => {
    let best = candidates[0] as Instance
    for (const candidate of candidates) if (candidate.turn < best.turn) best = candidate
    best.turn = ++turn
    return best
  }
}

/**
 * Smooth weighted round robin, as nginx does it: everyone gains its weight, the richest is chosen and pays for all. With weights 5,
 * 1, 1 that is a a b a c a a, where a plain one has five a in a row.
 */
const smooth: Chooser = (candidates) => {
  let best = candidates[0] as Instance
  let total = 0
  for (const candidate of candidates) {
    candidate.turn += candidate.weight
    total += candidate.weight
    if (candidate.turn > best.turn) best = candidate
  }
  best.turn -= total
  return best
}

/** Attempts under way for each unit of weight. */
function load({ inFlight, weight }: Instance): number {
  return inFlight / weight
}

/** Least in flight, by weight; among equals a random one, also by weight: where requests are few, all are idle. */
function leastInFlight(random: () => number): Chooser {
  return (candidates) => {
    let best = candidates[0] as Instance
    let equals = best.weight
    for (let at = 1; at < candidates.length; at++) {
      const candidate = candidates[at] as Instance
      const difference = load(candidate) - load(best)
      if (difference > 0) continue
      equals = difference < 0 ? candidate.weight : equals + candidate.weight
      if (difference < 0 || random() * equals < candidate.weight) best = candidate
    }
    return best
  }
}

/**
 * Random of two: two are drawn by their weights, and the one with less in flight is taken (Mitzenmacher, "The power of two choices
 * in randomized load balancing", IEEE Transactions on Parallel and Distributed Systems 12(10), 2001). Nearly as even as the least
 * in flight, but several processes, which do not see each other's requests, do not all run to the same idle instance.
 */
function randomOfTwo(random: () => number): Chooser {
  return (candidates) => {
    const first = drawn(candidates, undefined, random)
    if (candidates.length === 1) return first
    const second = drawn(candidates, first, random)
    return load(second) < load(first) ? second : first
  }
}

/** One of them, by weight. */
function drawn(candidates: readonly Instance[], except: Instance | undefined, random: () => number): Instance {
  let weights = 0
  for (const candidate of candidates) if (candidate !== except) weights += candidate.weight
  let left = random() * weights
  let last = candidates[0] as Instance
  for (const candidate of candidates) {
    if (candidate === except) continue
    last = candidate
    left -= candidate.weight
    if (left < 0) break
  }
  return last
}

/** By the key; what has none goes where there is room. */
function hashed(otherwise: Chooser): Chooser {
  return (candidates, key) => (key === undefined ? otherwise(candidates, key) : rendezvous(candidates, key))
}
