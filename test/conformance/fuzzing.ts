import { type Random, randomFrom } from '../bench/xml/random.ts'
import { check, type Finding } from './check.ts'
import { corpus } from './corpus.ts'
import { mutated } from './mutate.ts'

/** A document that breaks a rule, made as small as it still does. */
export interface Find extends Finding {
  readonly document: Buffer
  /** What it was found with. */
  readonly seed: number
  readonly number: number
}

/** How long to go on. */
export interface Bounds {
  readonly seed: number
  readonly documents?: number
  readonly ms?: number
}

/** More than this is no use to anybody. */
const MOST = 20

/** Checks one mutation after the other: the same seed gives the same documents in the same order. */
export function fuzz({ seed, documents = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY }: Bounds) {
  const originals = corpus()
  const end = performance.now() + ms
  const finds: Find[] = []
  const kinds = new Set<string>()
  let number = 0
  for (; number < documents && performance.now() < end && finds.length < MOST; number++) {
    const random = randomFrom(seed * 1_000_003 + number)
    const document = mutated(random.pick(originals), random, originals)
    const [finding] = check(document)
    // Findings of a kind mostly have one reason, and are shown once.
    if (!finding || kinds.has(kindOf(finding))) continue
    const find = { ...smallest(document, finding, random), seed, number }
    finds.push(find)
    kinds.add(kindOf(finding)).add(kindOf(find))
  }
  return { documents: number, finds }
}

function kindOf({ rule, detail }: Finding): string {
  return `${rule}: ${detail.replace(/\d+/g, '0')}`
}

/** Takes away what is not needed for the rule to be broken, first large parts and then small ones. */
function smallest(document: Buffer, found: Finding, random: Random): Finding & { document: Buffer } {
  let best = { ...found, document }
  if (found.rule === 'time') return best
  for (let size = document.length >> 1; size > 0; size >>= 1) {
    for (let tries = 50 + (2 * best.document.length) / size; tries > 0; tries--) {
      const start = random.below(best.document.length)
      const smaller = Buffer.concat([best.document.subarray(0, start), best.document.subarray(start + size)])
      const same = check(smaller).find(({ rule }) => rule === found.rule)
      if (same) best = { ...same, document: smaller }
    }
  }
  return best
}
