import { LIMIT } from '../contenders.ts'
import { BenchError } from '../errors.ts'
import type { Bench, Figures } from '../scenarios/scenario.ts'
import { median, pairedRatios, percentile, rounded, spread } from '../statistics.ts'
import { SLOW } from '../support/answers.ts'
import { callsFor } from '../support/calls.ts'
import { fetchOnce } from '../support/fetch.ts'
import { type Program, portOf } from '../support/processes.ts'
import { inOrder } from '../turns.ts'
import { gather } from './crowd.ts'

export const WAITERS = 1_000
const TURN_MS = 2_000
/** Of each contender in all, whatever the seconds. */
const LEAST_ROUNDS = 5
const ROUTE = '/bench/single'

/** One contender's turn: some rounds on the same connections. */
export interface Turn {
  readonly contender: string
  readonly round: number
  readonly latenciesMs: readonly number[]
  /** How often the backend was called in each round. */
  readonly calls: readonly number[]
  readonly cpuMicros: number
}

/** Lets the contenders take turns, after one each that is not timed. */
export async function takeTurns(programs: readonly Program[], bench: Bench): Promise<Turn[]> {
  const count = Math.max(1, Math.round((bench.seconds * 1000) / TURN_MS))
  const least = Math.ceil(LEAST_ROUNDS / count)
  const ms = (bench.seconds * 1000) / count
  const turns: Turn[] = []
  for (const program of programs) {
    bench.progress(`stampede: warming ${program.name} up`)
    await takeTurn(program, -1, ms, least, bench)
  }
  for (let round = 0; round < count; round++) {
    bench.progress(`stampede: turn ${round + 1} of ${count}`)
    for (const program of inOrder(programs, round)) turns.push(await takeTurn(program, round, ms, least, bench))
  }
  return turns
}

/** New connections each turn, since no contender keeps idle ones for as long as the others' turns take. */
async function takeTurn(program: Program, round: number, ms: number, least: number, bench: Bench): Promise<Turn> {
  const backends = await bench.backends()
  let crowd: Awaited<ReturnType<typeof gather>> | undefined
  try {
    crowd = await gather(portOf(program), WAITERS)
    // Every connection has carried a request before it counts, and the way to the backend is open too.
    await fetchOnce(portOf(program), `${ROUTE}/known`)
    await crowd.ask(`${ROUTE}/known`)
    await crowd.ask(`${ROUTE}/${SLOW}-${program.name}-${round}-first`)

    const latenciesMs: number[] = []
    const calls: number[] = []
    let cpuMicros = 0
    const end = performance.now() + ms
    while (performance.now() < end || calls.length < least) {
      const id = `${SLOW}-${program.name}-${round}-${calls.length}`
      const before = await program.usage()
      for (const latency of await crowd.ask(`${ROUTE}/${id}`)) latenciesMs.push(latency)
      cpuMicros += (await program.usage()).cpuMicros - before.cpuMicros
      calls.push(await callsFor(backends, id))
    }
    return { contender: program.name, round, latenciesMs, calls, cpuMicros }
  } catch (cause) {
    throw new BenchError(`${program.name}: ${(cause as Error).message}`, { cause })
  } finally {
    crowd?.leave()
  }
}

/** What is quoted, by contender. */
export function figures(turns: readonly Turn[]): Record<string, Figures> {
  const byContender = Map.groupBy(turns, (turn) => turn.contender)
  const limit = byContender.get(LIMIT)
  return Object.fromEntries([...byContender].map(([name, own]) => [name, figuresOf(own, limit)]))
}

function figuresOf(turns: readonly Turn[], limit: readonly Turn[] | undefined): Figures {
  const latencies = turns.flatMap((turn) => turn.latenciesMs)
  const ratios = limit ? pairedRatios(turns, limit, p99) : null
  return {
    p50Ms: rounded(percentile(latencies, 50), 1),
    p99Ms: rounded(percentile(latencies, 99), 1),
    p99RatioToLimit: ratios && rounded(median(ratios), 3),
    p99RatioSpread: ratios && spread(ratios, 3),
    callsARound: rounded(median(turns.flatMap((turn) => turn.calls)), 0),
    rounds: turns.reduce((sum, turn) => sum + turn.calls.length, 0),
    cpuMicros: rounded(median(turns.map((turn) => turn.cpuMicros / turn.latenciesMs.length)), 1),
  }
}

function p99({ latenciesMs }: Turn): number {
  return percentile(latenciesMs, 99)
}
