import { compareAnswers, compareHeaders } from '../compare.ts'
import { contenders } from '../contenders.ts'
import { figures } from '../figures.ts'
import { type Program, start, startAll } from '../support/processes.ts'
import { takeTurns } from '../turns.ts'
import { withFilled } from './filled.ts'
import type { Bench, Scenario } from './scenario.ts'

/** A scenario in which every contender answers the same requests under load. */
export interface LoadScenario {
  name: string
  summary: string
  /** The paths to request in turn. Asked again before every slice, with the milliseconds since the scenario began. */
  paths(elapsedMs: number): readonly string[]
  /** What must be the same in all answers: the JSON value, or every byte. */
  same: 'json' | 'bytes'
  /** Whether the answer has an ETag of the contender's own, so that `If-None-Match` must give a 304 from the limit and from Facet. */
  conditional: boolean
  /** What every request brings, which is a POST then. */
  body?: string
  /** The requests carry the entity tag of what they ask for, so that every timed answer must be a 304. */
  revalidates?: boolean
  /** All that can be asked for: requested once at the start, and then no request may reach a backend any more. */
  filled?: readonly string[]
}

/** So many answers are compared. */
const COMPARED = 10

/** Makes a scenario of the requests that it consists of: compare, warm up, take turns, compute. */
export function loadScenario(options: LoadScenario): Scenario {
  const { name, summary, paths } = options
  return {
    name,
    summary,
    contenders: contenders.map((contender) => contender.name),
    seconds: 10,
    async run(bench) {
      const programs = await startContenders(bench)
      try {
        bench.progress(`${name}: comparing the answers of ${programs.map((program) => program.name).join(', ')}`)
        const compared = paths(0).slice(0, COMPARED)
        await compareAnswers(programs, compared, options)
        await compareHeaders(programs, compared, options)
        const { filled } = options
        const turns = () => takeTurns(programs, options, bench)
        return figures(filled ? await withFilled(name, programs, filled, bench, turns) : await turns())
      } finally {
        await Promise.all(programs.map((program) => program.stop()))
      }
    },
  }
}

/** Fresh processes for each scenario: neither the peak memory nor the compiled code of one has seen the others. */
export async function startContenders(bench: Bench): Promise<Program[]> {
  const backends = await bench.backends()
  const chosen = contenders.filter(({ name }) => bench.contenders.includes(name))
  return startAll(
    chosen.map(({ name, path, env, flags }) => start(name, path, { ...backends, ...bench.env, ...env }, flags)),
  )
}
