import { percentile } from '../bench/statistics.ts'
import { changesOf, overrun, phaseOf, waited } from './findings.ts'
import type { Sent } from './load.ts'
import type { Chaos, Phase } from './run.ts'
import { PAIR } from './traffic.ts'

const HEAD = [
  '',
  'requests',
  'whole',
  'partial',
  '4xx',
  '5xx',
  'damaged',
  'left',
  'p50',
  'p99',
  'max',
  'overrun',
  'to normal',
]

/** What was measured, for people: what is damaged was cut or garbled where it is passed through as it comes, and what is left was given up by its client. Times in milliseconds; the overrun is the worst one, and negative where all were in time. */
export function figures(chaos: Chaos): string {
  const { sent, phases } = chaos
  const inPhase = (phase: Phase) => sent.filter((one) => phaseOf(phases, one) === phase)
  const rows = phases.map((phase) => [
    ...row(phase.name, inPhase(phase)),
    phase.toNormal === undefined ? '-' : whole(phase.toNormal),
  ])
  const worst = Math.max(...phases.map(({ toNormal = 0 }) => toNormal))
  return `\n${columns([HEAD, ...rows, [...row('all', sent), whole(worst)]])}\n\n${byTarget(sent)}\n\n${pair(chaos)}\n\n${vitals(chaos)}\n`
}

function row(name: string, sent: readonly Sent[]): string[] {
  const count = (holds: (one: Sent) => boolean) => String(sent.filter(holds).length)
  const stayed = sent.filter(({ hasLeft }) => !hasLeft)
  const times = stayed.map(waited)
  return [
    name,
    String(sent.length),
    count(({ isWhole }) => isWhole),
    count(({ status, isPartial, hasLeft }) => status < 300 && isPartial && !hasLeft),
    count(({ status }) => status >= 400 && status < 500),
    count(({ status }) => status >= 500),
    count(
      ({ status, isPartial, isWhole, hasLeft }) => status >= 200 && status < 300 && !isPartial && !isWhole && !hasLeft,
    ),
    count(({ hasLeft }) => hasLeft),
    whole(percentile(times, 50)),
    whole(percentile(times, 99)),
    whole(Math.max(...times)),
    whole(Math.max(...stayed.map(overrun))),
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
    const needed = target.oneOf?.join(' or ') ?? (target.required.join(', ') || 'nothing')
    return [`${name} (${needed} required, ${target.bound} ms)`, ...rest]
  })
  return columns([HEAD.slice(0, -1), ...rows])
}

/** What became of the pair's instances. */
function pair({ urls, changes }: Chaos): string {
  const events = ['unhealthy', 'healthy', 'ejected', 'returned', 'open', 'closed'] as const
  const rows = (PAIR.oneOf ?? []).map((name) => [
    name,
    ...events.map((event) => String(changesOf({ urls, changes }, name).filter((one) => one.event === event).length)),
  ])
  return columns([['instance', ...events], ...rows])
}

function vitals({ vitals: { before, warm, after }, stillMs, duration }: Chaos): string {
  const rows = Object.entries({ before, 'warm, under load': warm, after }).map(([name, now]) => [
    name,
    String(now.sockets),
    String(now.timers),
    String(now.loading),
    String(now.places),
    whole(now.rssMb),
    whole(now.heapMb),
    Object.entries(now.resources)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
  ])
  const head = ['', 'sockets', 'timers', 'loads', 'places', 'MB', 'MB heap', 'resources']
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
