import { LIMIT } from './contenders.ts'
import type { Figures } from './scenarios/scenario.ts'
import { median, pairedRatios, percentile, rounded, spread } from './statistics.ts'
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
  const ratios = limit ? pairedRatios(slices, limit, cpuARequest) : null
  return {
    cpuMicros: rounded(median(slices.map(cpuARequest)), 1),
    ratioToLimit: ratios && rounded(median(ratios), 3),
    ratioSpread: ratios && spread(ratios, 3),
    rps: rounded(requests / seconds, 0),
    p50Ms: rounded(percentile(latencies, 50), 2),
    p99Ms: rounded(percentile(latencies, 99), 2),
    rssMb: rounded(Math.max(...slices.map((slice) => slice.peakRssMb)), 1),
  }
}

function cpuARequest({ cpuMicros, requests }: Slice): number {
  return cpuMicros / requests
}
