import { LIMIT } from './contenders.ts'
import { firstDifference } from './difference.ts'
import { BenchError } from './errors.ts'
import type { LoadScenario } from './scenarios/load-scenario.ts'
import { type Fetched, fetchOnce } from './support/fetch.ts'
import { type Program, portOf } from './support/processes.ts'

/** Contenders whose response headers must be the limit's: a ratio between unequal headers would say nothing. */
const SAME_HEADERS = ['facet', 'facet1000']

/** Throws unless all contenders give the same answer, with status 200, on every path. */
export async function compareAnswers(
  programs: readonly Program[],
  paths: readonly string[],
  { same, body }: Pick<LoadScenario, 'same' | 'body'>,
) {
  for (const path of paths) {
    const answers = await Promise.all(programs.map((program) => fetchOnce(portOf(program), path, {}, body)))
    const values = answers.map((answer, index) => comparable(answer, same, `${programs[index]?.name} to GET ${path}`))
    for (const [index, value] of values.entries()) {
      const difference = firstDifference(values[0], value)
      if (difference === null) continue
      const { at, left, right } = difference
      const lines = [`  ${programs[0]?.name}: ${left}`, `  ${programs[index]?.name}: ${right}`]
      throw new BenchError(`the answers to GET ${path} differ at ${at || 'the top'}:\n${lines.join('\n')}`)
    }
  }
}

function comparable({ status, headers, body }: Fetched, same: 'json' | 'bytes', whose: string): unknown {
  const type = headers['content-type'] ?? 'none'
  if (status !== 200) throw new BenchError(`the answer of ${whose} has status ${status}: ${body.toString()}`)
  if (!/^application\/json\b/.test(type)) throw new BenchError(`the answer of ${whose} has the content type ${type}`)
  return same === 'bytes' ? body.toString('latin1') : JSON.parse(body.toString())
}

/**
 * Throws unless Facet sends the header names that the limit sends, and, for `conditional` answers, unless both answer
 * their own ETag with 304. The second answer is looked at: the first one of a cached endpoint is a miss.
 */
export async function compareHeaders(
  programs: readonly Program[],
  [path]: readonly string[],
  { conditional, body }: Pick<LoadScenario, 'conditional' | 'body'>,
) {
  if (path === undefined) return
  const names = new Map<string, string>()
  for (const program of programs) {
    if (program.name !== LIMIT && !SAME_HEADERS.includes(program.name)) continue
    const answer = await fetchOnce(portOf(program), path, {}, body)
    // Whether the connection's own headers are written out or left to node makes no difference worth a ratio.
    const own = answer.headerNames.filter((header) => header !== 'connection' && header !== 'keep-alive')
    names.set(program.name, own.toSorted().join(', '))
    if (conditional) await expectNotModified(program, path, answer.headers.etag)
  }
  const limits = names.get(LIMIT)
  for (const [name, own] of names) {
    if (limits === undefined || own === limits) continue
    throw new BenchError(`warning: other response headers on GET ${path}:\n  ${LIMIT}: ${limits}\n  ${name}: ${own}`)
  }
}

async function expectNotModified(program: Program, path: string, etag: string | undefined): Promise<void> {
  if (etag === undefined) throw new BenchError(`${program.name} sends no ETag with GET ${path}`)
  const { status } = await fetchOnce(portOf(program), path, { 'if-none-match': etag })
  if (status !== 304)
    throw new BenchError(`${program.name} answers its own ETag on GET ${path} with ${status}, not 304`)
}
