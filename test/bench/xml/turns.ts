import type { Bench, Figures } from '../scenarios/scenario.ts'
import { median, pairedRatios, rounded, spread } from '../statistics.ts'
import type { Program } from '../support/processes.ts'
import { inOrder } from '../turns.ts'

const WARM_UP_MS = 1000
/** Short, so that there are many rounds. */
const SLICE_MS = 100
const LEAST_ROUNDS = 3

/** One contender's turn. */
export interface Slice {
  contender: string
  round: number
  cpuMicros: number
  documents: number
  /** Bytes of an average document. */
  bytes: number
}

/** Warms every contender up, then lets them take turns in short slices and changing order, as those of services do. */
export async function takeTurns(scenario: string, programs: readonly Program[], bench: Bench): Promise<Slice[]> {
  for (const program of programs) {
    bench.progress(`${scenario}: warming ${program.name} up`)
    await turn(program, WARM_UP_MS)
  }
  bench.progress(`${scenario}: ${programs.length} contenders for ${bench.seconds} s each`)
  const slices: Slice[] = []
  const end = performance.now() + bench.seconds * 1000 * programs.length
  // By the clock and not by their number: with large documents a slice is as long as they take.
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < end; round++) {
    for (const program of inOrder(programs, round)) {
      const slice = await turn(program, SLICE_MS)
      slices.push({ contender: program.name, round, bytes: program.started.bytes as number, ...slice })
    }
  }
  return slices
}

function turn(program: Program, ms: number): Promise<Pick<Slice, 'cpuMicros' | 'documents'>> {
  return program.ask('slice', ms)
}

/** Computes what is quoted, by contender. */
export function figures(slices: readonly Slice[], floor: string): Record<string, Figures> {
  const byContender = Map.groupBy(slices, (slice) => slice.contender)
  const base = byContender.get(floor)
  return Object.fromEntries([...byContender].map(([name, own]) => [name, figuresOf(own, base)]))
}

function figuresOf(slices: readonly Slice[], floor: readonly Slice[] | undefined): Figures {
  const ratios = floor ? pairedRatios(slices, floor, microsADocument) : null
  const micros = slices.map(microsADocument)
  return {
    // A byte a microsecond is a megabyte a second.
    mbPerSecond: rounded((slices[0]?.bytes ?? Number.NaN) / median(micros), 1),
    microsPerDocument: rounded(median(micros), 1),
    microsSpread: spread(micros, 1),
    ratioToFloor: ratios && rounded(median(ratios), 3),
    ratioSpread: ratios && spread(ratios, 3),
  }
}

function microsADocument({ cpuMicros, documents }: Slice): number {
  return cpuMicros / documents
}
