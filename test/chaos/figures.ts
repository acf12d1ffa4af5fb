import { percentile } from '../bench/statistics.ts'
import { overrun, phaseOf, waited } from './findings.ts'
import type { Sent } from './load.ts'
import type { Chaos, Phase } from './run.ts'

const HEAD = ['', 'requests', 'whole', 'partial', '4xx', '5xx', 'damaged', 'p50', 'p99', 'max', 'overrun', 'to normal']

/** What was measured, for people: what is damaged was cut or garbled where it is passed through as it comes. Times in milliseconds; the overrun is the worst one, and negative where all were in time. */
export function figures(chaos: Chaos): string {
  const { sent, phases } = chaos
  const inPhase = (phase: Phase) => sent.filter((one) => phaseOf(phases, one) === phase)
  const rows = phases.map((phase) => [
    ...row(phase.name, inPhase(phase)),
    phase.toNormal === undefined ? '-' : whole(phase.toNormal),
  ])
  const worst = Math.max(...phases.map(({ toNormal = 0 }) => toNormal))
  return `\n${columns([HEAD, ...rows, [...row('all', sent), whole(worst)]])}\n\n${byTarget(sent)}\n\n${vitals(chaos)}\n`
}

function row(name: string, sent: readonly Sent[]): string[] {
  const count = (holds: (one: Sent) => boolean) => String(sent.filter(holds).length)
  const times = sent.map(waited)
  return [
    name,
    String(sent.length),
    count(({ isWhole }) => isWhole),
    count(({ status, isPartial }) => status < 300 && isPartial),
    count(({ status }) => status >= 400 && status < 500),
    count(({ status }) => status >= 500),
    count(({ status, isPartial, isWhole }) => status >= 200 && status < 300 && !isPartial && !isWhole),
    whole(percentile(times, 50)),
    whole(percentile(times, 99)),
    whole(Math.max(...times)),
    whole(Math.max(...sent.map(overrun))),
  ]
}

/** Each endpoint's bound, and how near it came to it. */
function byTarget(sent: readonly Sent[]): string {
  const targets = [...new Set(sent.map(({ ask }) => ask.target))]
  const rows = targets.map((target) => {
    const [name = '', ...rest] = row(
      target.name,
      sent.filter(({ ask }) => ask.target === target),
    )
    return [`${name} (${target.required.join(', ') || 'nothing'} required, ${target.bound} ms)`, ...rest]
  })
  return columns([HEAD.slice(0, -1), ...rows])
}

function vitals({ vitals: { before, warm, after }, stillMs, duration }: Chaos): string {
  const rows = Object.entries({ before, 'warm, under load': warm, after }).map(([name, now]) => [
    name,
    String(now.sockets),
    String(now.timers),
    String(now.loading),
    whole(now.rssMb),
    whole(now.heapMb),
    Object.entries(now.resources)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
  ])
  const head = ['', 'sockets', 'timers', 'loads', 'MB', 'MB heap', 'resources']
  return `${columns([head, ...rows])}\n\nThe longest pause of Facet's event loop: ${whole(after.stillMs)} ms; of the one that measures: ${whole(stillMs)} ms. All took ${(duration / 1000).toFixed(1)} s.`
}

function whole(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value)) : '-'
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .join('\n')
}
