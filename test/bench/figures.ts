import { LIMIT } from './contenders.ts'
import type { Figures } from './scenarios/scenario.ts'
import { median, percentile, quartiles, rounded } from './statistics.ts'
import type { Slice } from './turns.ts'

/** Computes what is quoted, by contender. */
export function figures(slices: readonly Slice[]): Record<string, Figures> {
  const byContender = Map.groupBy(slices, (slice) => slice.contender)
  const limit = byContender.get(LIMIT)
  return Object.fromEntries([...byContender].map(([name, own]) => [name, figuresOf(own, limit)]))
}

function figuresOf(slices: readonly Slice[], limit: readonly Slice[] | undefined): Figures {
  const latencies = slices.flatMap((slice) => slice.latenciesMs)
  const requests = slices.reduce((sum, slice) => sum + slice.requests, 0)
  const seconds = slices.reduce((sum, slice) => sum + slice.elapsedMs, 0) / 1000
  const ratios = limit ? pairedRatios(slices, limit) : null
  return {
    cpuMicros: rounded(median(slices.map(cpuARequest)), 1),
    ratioToLimit: ratios && rounded(median(ratios), 3),
    ratioSpread: ratios && pair(quartiles(ratios)),
    rps: rounded(requests / seconds, 0),
    p50Ms: rounded(percentile(latencies, 50), 2),
    p99Ms: rounded(percentile(latencies, 99), 2),
    rssMb: rounded(Math.max(...slices.map((slice) => slice.peakRssMb)), 1),
  }
}

/** Each slice against the limit's slice of the same round: what slowed the machine down in that round is in both. */
function pairedRatios(slices: readonly Slice[], limit: readonly Slice[]): number[] {
  const base = new Map(limit.map((slice) => [slice.round, cpuARequest(slice)]))
  return slices.map((slice) => cpuARequest(slice) / (base.get(slice.round) ?? Number.NaN))
}

function cpuARequest({ cpuMicros, requests }: Slice): number {
  return cpuMicros / requests
}

function pair([low, high]: [number, number]): [number, number] {
  return [rounded(low, 3), rounded(high, 3)]
}
