import { type Program, start, startAll } from '../support/processes.ts'
import { compareRead, compareWritten } from '../xml/compare.ts'
import { readers, writers } from '../xml/contenders.ts'
import { FLAVOURS, type FlavourName } from '../xml/documents.ts'
import { figures, takeTurns } from '../xml/turns.ts'
import type { Scenario } from './scenario.ts'

interface Direction {
  readonly direction: 'read' | 'write'
  readonly contenders: readonly string[]
  /** The contender that the others' time is compared with: the same work for JSON. */
  readonly floor: string
  compare(program: Program, flavour: FlavourName): Promise<void>
}

const reading: Direction = {
  direction: 'read',
  contenders: Object.keys(readers),
  floor: 'jsonParse',
  compare: compareRead,
}

const writing: Direction = {
  direction: 'write',
  contenders: Object.keys(writers),
  floor: 'jsonStringify',
  compare: compareWritten,
}

/** Makes a scenario of one kind of document, read or written: no servers, each contender works in a process of its own. */
function xmlScenario(flavour: FlavourName, { direction, contenders, floor, compare }: Direction): Scenario {
  const name = `${direction === 'read' ? 'xmlRead' : 'xmlWrite'}-${flavour}`
  return {
    name,
    summary: `documents of ${flavour}, ${direction === 'read' ? 'bytes to the declared shape' : 'the shape to bytes'}`,
    contenders,
    seconds: 2,
    async run(bench) {
      const env = { DIRECTION: direction, FLAVOUR: flavour }
      const chosen = contenders.filter((contender) => bench.contenders.includes(contender))
      const programs = await startAll(
        chosen.map((contender) => start(contender, 'xml/worker.ts', { ...env, CONTENDER: contender })),
      )
      try {
        bench.progress(`${name}: comparing what ${chosen.join(', ')} give`)
        for (const program of programs) await compare(program, flavour)
        return figures(await takeTurns(name, programs, bench), floor)
      } finally {
        await Promise.all(programs.map((program) => program.stop()))
      }
    },
  }
}

/** What the XML codec costs, without a service around it. */
export const xmlScenarios: readonly Scenario[] = [
  ...(Object.keys(FLAVOURS) as FlavourName[]).map((flavour) => xmlScenario(flavour, reading)),
  ...(['1.5k', '50k', '1M'] as const).map((flavour) => xmlScenario(flavour, writing)),
]
