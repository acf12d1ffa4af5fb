import type { Figures } from './scenarios/scenario.ts'

/** Figures by scenario and contender. */
export type Results = Record<string, Record<string, Figures>>

type Figure = Figures[string] | undefined

/** How the usual figures are headed. A spread stands next to its median, not in a column of its own. */
const TITLES: Record<string, string> = {
  cpuMicros: 'CPU µs',
  ratioToLimit: 'ratio',
  rps: 'req/s',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  rssMb: 'peak MB',
  mbPerSecond: 'MB/s',
  microsPerDocument: 'CPU µs/doc',
  ratioToFloor: 'ratio to floor',
  delayP50Ms: 'delay p50 ms',
  delayP99Ms: 'delay p99 ms',
  delayMaxMs: 'max ms',
  smallP50Ms: 'small p50 ms',
  smallP99Ms: 'small p99 ms',
  largeMs: 'large ms',
  cpuMsPerLarge: 'CPU ms/large',
  p99RatioToLimit: 'p99 ratio',
  callsARound: 'backend calls',
  boundMb: 'bound MB',
  writtenMb: 'written MB',
  reckonedMb: 'reckoned MB',
  loadedMb: 'loaded MB',
  restMb: 'at rest MB',
  baseMb: 'base MB',
  share: '(at rest - base) / bound',
}
const SPREADS: Record<string, string> = {
  ratioToLimit: 'ratioSpread',
  ratioToFloor: 'ratioSpread',
  microsPerDocument: 'microsSpread',
  delayP99Ms: 'delayP99Spread',
  p99RatioToLimit: 'p99RatioSpread',
}

/** A table a scenario; its columns are the figures that the scenario gave. */
export function table(results: Results): string {
  return Object.entries(results)
    .map(([scenario, byContender]) => scenarioTable(scenario, byContender))
    .join('\n\n')
}

function scenarioTable(scenario: string, byContender: Record<string, Figures>): string {
  const spreads = Object.values(SPREADS)
  const keys = [...new Set(Object.values(byContender).flatMap((figures) => Object.keys(figures)))]
  const columns = keys.filter((key) => !spreads.includes(key))
  const rows = Object.entries(byContender).map(([contender, figures]) => [
    contender,
    ...columns.map((key) => cell(figures[key], figures[SPREADS[key] ?? ''])),
  ])
  return aligned([[scenario, ...columns.map((key) => TITLES[key] ?? key)], ...rows])
}

function cell(figure: Figure, spread: Figure): string {
  if (figure === null || figure === undefined) return '-'
  if (Array.isArray(figure)) return figure.join(' to ')
  return Array.isArray(spread)
    ? `${figure.toFixed(2)} (${spread.map((end) => end.toFixed(2)).join(' to ')})`
    : `${figure}`
}

/** Names to the left, figures to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}
