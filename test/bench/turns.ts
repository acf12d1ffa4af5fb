import { BenchError } from './errors.ts'
import type { LoadScenario } from './scenarios/load-scenario.ts'
import type { Bench } from './scenarios/scenario.ts'
import { requestBytes } from './support/connections.ts'
import { fetchOnce } from './support/fetch.ts'
import { type Load, type LoadResult, openLoad, statusesOf } from './support/load.ts'
import { type Program, portOf } from './support/processes.ts'

const WARM_UP_MS = 2000
/** The untimed start of every slice: opens the connections, here and to the backends, and fills the CPU's caches again. */
const LEAD_IN_MS = 150
const SLICE_MS = 1000

/** One contender's turn. */
export interface Slice extends LoadResult {
  contender: string
  round: number
  cpuMicros: number
  peakRssMb: number
}

/**
 * Warms every contender up, then lets them take turns in short slices, so that whatever else the machine does falls on
 * all of them, and a slice can be compared with the limit's in the same round.
 */
export async function takeTurns(programs: readonly Program[], scenario: LoadScenario, bench: Bench): Promise<Slice[]> {
  const began = performance.now()
  const turn = (program: Program, ms: number): ReturnType<typeof takeTurn> =>
    takeTurn(program, scenario, scenario.paths(performance.now() - began), ms, bench.connections)

  for (const program of programs) {
    bench.progress(`${scenario.name}: warming ${program.name} up`)
    await turn(program, WARM_UP_MS)
  }
  const rounds = Math.max(1, Math.round((bench.seconds * 1000) / SLICE_MS))
  const slices: Slice[] = []
  for (let round = 0; round < rounds; round++) {
    bench.progress(`${scenario.name}: round ${round + 1} of ${rounds}`)
    for (const program of inOrder(programs, round)) {
      const slice = await turn(program, (bench.seconds * 1000) / rounds)
      slices.push({ contender: program.name, round, ...slice })
    }
  }
  return slices
}

/** Another one begins each round, and every second round goes backwards: no one is always the next after the same. */
export function inOrder<T>(items: readonly T[], round: number): T[] {
  const first = round % Math.max(items.length, 1)
  const rotated = [...items.slice(first), ...items.slice(0, first)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}

async function takeTurn(
  program: Program,
  scenario: LoadScenario,
  paths: readonly string[],
  ms: number,
  connections: number,
) {
  try {
    const requests = await requestsFor(portOf(program), scenario, paths)
    const load = await openLoad(portOf(program), requests, connections, scenario.revalidates ? 304 : 200)
    try {
      await load.run(LEAD_IN_MS)
      return await timed(program, load, ms)
    } finally {
      load.close()
    }
  } catch (cause) {
    throw new BenchError(`${program.name}: ${(cause as Error).message}`, { cause })
  }
}

/** What is sent in a slice. What can be cached is cached before anything is timed. */
async function requestsFor(
  port: number,
  { filled, revalidates, body }: LoadScenario,
  paths: readonly string[],
): Promise<Buffer[]> {
  if (filled) return paths.map((path) => requestBytes(port, path))
  const requests: Buffer[] = []
  for (const path of paths) {
    const { headers } = await fetchOnce(port, path, {}, body)
    if (revalidates && headers.etag === undefined) throw new Error(`no ETag with GET ${path}`)
    requests.push(requestBytes(port, path, revalidates ? { 'if-none-match': headers.etag as string } : {}, body))
  }
  return requests
}

/** Nothing is in flight when the CPU time is read, before and after, so it belongs to exactly the requests counted. */
async function timed(program: Program, load: Load, ms: number) {
  const before = await program.usage()
  const result = await load.run(ms)
  const after = await program.usage()
  if (result.unexpected.size > 0) throw new BenchError(`answered ${statusesOf(result)} under load`)
  return { ...result, cpuMicros: after.cpuMicros - before.cpuMicros, peakRssMb: after.peakRssMb }
}
