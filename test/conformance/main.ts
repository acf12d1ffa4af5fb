import { parseArgs } from 'node:util'
import { CLASSES } from './classes.ts'
import { loadSuite, type Suite } from './suite.ts'
import { PARSERS, type Verdict, verdicts } from './verdicts.ts'

const USAGE = `npm run conformance                    how many documents of W3C's suite each parser takes as it should
npm run conformance -- --list facet    the documents that a parser (${PARSERS.join(', ')}) does not, by name`

function main(): void {
  const { list, help } = options()
  if (help) return console.log(USAGE)
  const suite = loadSuite()
  if (list === undefined) return console.log(`${table(suite)}\n\n${leftOut(suite)}`)
  if (!PARSERS.includes(list)) throw new UsageError(`unknown parser '${list}'; known: ${PARSERS.join(', ')}`)
  console.log(listed(verdicts(list, suite.cases)))
}

class UsageError extends Error {}

function options(): { list?: string; help?: boolean } {
  try {
    return parseArgs({ options: { list: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

/** In Markdown, so that it can be put into a page. */
function table({ cases }: Suite): string {
  const columns = PARSERS.map((parser) => verdicts(parser, cases))
  const of = (all: readonly Verdict[], name: string) => all.filter((verdict) => verdict.case.class.name === name)
  const rows = CLASSES.map((name) => {
    const count = cases.filter((each) => each.class.name === name).length
    return [name, String(count), ...columns.map((column) => right(of(column, name)))]
  })
  const total = ['all', String(cases.length), ...columns.map(right)]
  const all = [['taken as expected', 'documents', ...PARSERS], ...rows, total]
  const widths = total.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const [head, ...body] = all.map((row) => line(row.map((text, column) => padded(text, column, widths))))
  const rule = line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)))
  return [head, rule, ...body].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function padded(text: string, column: number, widths: readonly number[]): string {
  return column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)
}

function right(verdicts: readonly Verdict[]): string {
  const count = (outcome: Verdict['outcome']) => verdicts.filter((verdict) => verdict.outcome === outcome).length
  const onPurpose = count('onPurpose')
  return onPurpose === 0 ? String(count('right')) : `${count('right')} (+${onPurpose} refused on purpose)`
}

function leftOut({ leftOut }: Suite): string {
  return ['left out:', ...[...leftOut].map(([reason, count]) => `  ${count} ${reason}`)].join('\n')
}

function listed(all: readonly Verdict[]): string {
  const byClass = Map.groupBy(
    all.filter(({ outcome }) => outcome !== 'right'),
    ({ case: each, outcome, detail }) =>
      outcome === 'onPurpose' ? `refused on purpose: ${detail}` : `${each.class.name}, to be ${each.class.expected}`,
  )
  const line = ({ case: { id, about }, outcome, detail }: Verdict) =>
    outcome === 'onPurpose' ? `  ${id}` : `  ${id}: ${detail}\n      (${about})`
  const parts = [...byClass].map(([title, some]) => [`${title} (${some.length})`, ...some.map(line)].join('\n'))
  return parts.join('\n\n') || 'all are taken as expected'
}

try {
  main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 1
}
