import { setTimeout as pause } from 'node:timers/promises'
import type { Figures } from '../scenarios/scenario.ts'
import { rounded } from '../statistics.ts'
import { SoakedFacet } from './facet.ts'

const MB = 2 ** 20
/** How often the bound is written. */
const TIMES = 10
/** The cache of the process that the other one is compared with: so small that its memory is that of the traffic. */
const BASE_BYTES = MB
/** Requests before the cache is asked what it has by now. The base needs fewer to come to the memory that it stays at. */
const BATCH = 4_000
const BASE_BATCH = 500
/**
 * After the load come bursts, each with a little traffic after it. V8 gives memory back in steps, some time after it has
 * collected, and without a burst now and then it may not collect for minutes.
 */
const BURST = 4_000
const LIGHT_MS = 12_000
const BEAT_MS = 250
const REQUESTS_A_BEAT = 10
const LEAST_BURSTS = 2
const MOST_BURSTS = 8
/** What the cache may cost, against what it was allowed. */
export const MOST = 1.3

/** One kind under load, then at rest. */
export interface Soaked {
  /** Settles when the load is over. */
  readonly loaded: Promise<void>
  /** What there is to say when V8 has come to rest: `share` is what the bound has cost. */
  readonly figures: Promise<Figures>
}

/** Writes the bound of a cache ten times over, and finds what memory that has taken. */
export function soak(kind: string, bound: number, backend: Record<string, string>): Soaked {
  const starting = Promise.all([SoakedFacet.start(kind, bound, backend), SoakedFacet.start(kind, BASE_BYTES, backend)])
  const loaded = starting.then(([full, base]) => fill(full, base, bound))
  const figures = Promise.all([starting, loaded]).then(async ([[full, base], written]) => {
    const peak = await full.memory()
    const [fullMb, baseMb] = await atRest(full, base, bound)
    const { entries, bytes } = await full.reckoning()
    await Promise.all([full.stop(), base.stop()])
    return {
      boundMb: bound / MB,
      writtenMb: rounded(written / MB, 0),
      entries,
      reckonedMb: rounded(bytes / MB, 1),
      loadedMb: rounded(peak, 1),
      restMb: rounded(fullMb, 1),
      baseMb: rounded(baseMb, 1),
      share: rounded((fullMb - baseMb) / (bound / MB), 2),
    }
  })
  return { loaded: loaded.then(() => {}), figures }
}

/** @returns the bytes that were written, by what the cache reckons an entry */
async function fill(full: SoakedFacet, base: SoakedFacet, bound: number): Promise<number> {
  for (;;) {
    await Promise.all([full.drive(BATCH), base.drive(BASE_BATCH)])
    const { entries, bytes } = await full.reckoning()
    const written = full.requests * (bytes / entries)
    if (written >= TIMES * bound) return written
  }
}

/** The least memory of each between bursts; there are no more of them once the bound holds. */
async function atRest(full: SoakedFacet, base: SoakedFacet, bound: number): Promise<[number, number]> {
  let [fullMb, baseMb] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let burst = 1; burst <= MOST_BURSTS; burst++) {
    const end = performance.now() + LIGHT_MS
    while (performance.now() < end) {
      await Promise.all([pause(BEAT_MS), full.trickle(REQUESTS_A_BEAT), base.trickle(REQUESTS_A_BEAT)])
      fullMb = Math.min(fullMb, await full.memory())
      baseMb = Math.min(baseMb, await base.memory())
    }
    if (burst >= LEAST_BURSTS && (fullMb - baseMb) * MB <= MOST * bound) break
    await Promise.all([full.drive(BURST), base.drive(BURST)])
  }
  return [fullMb, baseMb]
}
