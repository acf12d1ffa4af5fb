import { firstDifference } from '../difference.ts'
import { BenchError } from '../errors.ts'
import { largeDocuments, type Summary, summaryOf } from '../large/documents.ts'
import { figures, IDLE, takeTurns } from '../large/turns.ts'
import { fetchOnce } from '../support/fetch.ts'
import { type Program, portOf, start, startAll } from '../support/processes.ts'
import type { Scenario } from './scenario.ts'

/** How the gateways read their large answers. */
const READERS: Record<string, string> = { sliced: 'sliced', whole: 'whole', worker: 'worker', [IDLE]: 'sliced' }

/** What small requests notice of ten documents of 5 MB a second, by how the documents are read. */
export const xmlLarge: Scenario = {
  name: 'xmlLarge',
  summary: 'ten XML answers of 5 MB a second, beside small requests',
  contenders: Object.keys(READERS),
  seconds: 10,
  async run(bench) {
    const { CRM_URL = '' } = await bench.backends()
    const service = await start('the service of large answers', 'large/backend.ts', {})
    try {
      const env = { CRM_URL, STATEMENTS_URL: service.started.STATEMENTS_URL as string }
      const chosen = Object.entries(READERS).filter(([name]) => bench.contenders.includes(name))
      const programs = await startAll(
        chosen.map(([name, READER]) => start(name, 'large/gateway.ts', { ...env, READER })),
      )
      try {
        bench.progress(`xmlLarge: comparing what ${chosen.map(([name]) => name).join(', ')} read`)
        const documents = largeDocuments()
        for (const program of programs)
          await compare(
            program,
            documents.map(({ value }) => summaryOf(value)),
          )
        return figures(await takeTurns(programs, documents.length, bench))
      } finally {
        await Promise.all(programs.map((program) => program.stop()))
      }
    } finally {
      await service.stop()
    }
  },
}

/** Throws unless a gateway's summary of each document is that of what it was made from. */
async function compare(program: Program, expected: readonly Summary[]): Promise<void> {
  for (const [index, summary] of expected.entries()) {
    const path = `/large/${index}`
    const { status, body } = await fetchOnce(portOf(program), path)
    if (status !== 200) throw new BenchError(`${program.name} answered ${path} with ${status}: ${body}`)
    const difference = firstDifference(summary, JSON.parse(body.toString()))
    if (difference === null) continue
    const { at, left, right } = difference
    throw new BenchError(`${program.name} differs on ${path} at ${at}: ${right} in place of ${left}`)
  }
}
