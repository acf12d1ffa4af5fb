import { setTimeout as sleep } from 'node:timers/promises'
import { BenchError } from '../errors.ts'
import type { Bench, Figures } from '../scenarios/scenario.ts'
import { median, percentile, rounded, spread } from '../statistics.ts'
import { fetchOnce } from '../support/fetch.ts'
import { type Program, portOf } from '../support/processes.ts'
import { inOrder } from '../turns.ts'
import type { Delay } from './gateway.ts'

/** Long enough for a thousand ticks of the gateway's timer, so that the 99th percentile is ten of them and not one. */
const TURN_MS = 2500
/** Ten large answers a second, two hundred small ones. */
const LARGE_EVERY_MS = 100
const SMALL_EVERY_MS = 5

/** The contender that gets no large answers: what the delay is on this machine anyway. */
export const IDLE = 'idle'

/** One contender's turn. */
export interface Turn {
  readonly contender: string
  readonly delay: Delay
  readonly smallMs: readonly number[]
  readonly largeMs: readonly number[]
  readonly cpuMs: number
  readonly peakRssMb: number
}

/** Warms every gateway up, then lets them take turns, in changing order, as the contenders of other scenarios do. */
export async function takeTurns(programs: readonly Program[], documents: number, bench: Bench): Promise<Turn[]> {
  for (const program of programs) {
    bench.progress(`xmlLarge: warming ${program.name} up`)
    await takeTurn(program, documents, TURN_MS)
  }
  const turns: Turn[] = []
  const rounds = Math.max(1, Math.round((bench.seconds * 1000) / TURN_MS))
  for (let round = 0; round < rounds; round++) {
    bench.progress(`xmlLarge: round ${round + 1} of ${rounds}`)
    for (const program of inOrder(programs, round)) {
      turns.push(await takeTurn(program, documents, (bench.seconds * 1000) / rounds))
    }
  }
  return turns
}

/** Nothing is in flight when the gateway's figures are read, before and after. */
async function takeTurn(program: Program, documents: number, ms: number): Promise<Turn> {
  const port = portOf(program)
  const smallMs: number[] = []
  const largeMs: number[] = []
  const before = await program.usage()
  await program.ask('resetDelay')
  await Promise.all([
    steadily(SMALL_EVERY_MS, ms, async (index) => {
      smallMs.push(await timed(program, port, `/small/${1 + (index % 10)}`))
    }),
    steadily(LARGE_EVERY_MS, program.name === IDLE ? 0 : ms, async (index) => {
      largeMs.push(await timed(program, port, `/large/${index % documents}`))
    }),
  ])
  const delay = await program.ask<Delay>('delay')
  const { cpuMicros, peakRssMb } = await program.usage()
  const cpuMs = (cpuMicros - before.cpuMicros) / 1000
  return { contender: program.name, delay, smallMs, largeMs, cpuMs, peakRssMb }
}

/** Asks at its times, whether or not what was asked before has been answered: a queue is to be seen, not to be waited for. */
async function steadily(everyMs: number, ms: number, ask: (index: number) => Promise<void>): Promise<void> {
  const asking = Array.from({ length: Math.ceil(ms / everyMs) }, async (_, index) => {
    await sleep(index * everyMs)
    await ask(index)
  })
  await Promise.all(asking)
}

async function timed({ name }: Program, port: number, path: string): Promise<number> {
  const began = performance.now()
  const { status, body } = await fetchOnce(port, path)
  const took = performance.now() - began
  if (status !== 200) throw new BenchError(`${name} answered ${path} with ${status}: ${body}`)
  return took
}

/** Computes what is quoted, by contender. */
export function figures(turns: readonly Turn[]): Record<string, Figures> {
  const byContender = Map.groupBy(turns, ({ contender }) => contender)
  return Object.fromEntries([...byContender].map(([name, own]) => [name, figuresOf(own)]))
}

function figuresOf(turns: readonly Turn[]): Figures {
  const p99s = turns.map(({ delay }) => delay.p99)
  const small = turns.flatMap(({ smallMs }) => smallMs)
  const large = turns.flatMap(({ largeMs }) => largeMs)
  const cpuMs = turns.reduce((sum, turn) => sum + turn.cpuMs, 0)
  return {
    delayP50Ms: rounded(median(turns.map(({ delay }) => delay.p50)), 2),
    delayP99Ms: rounded(median(p99s), 2),
    delayP99Spread: spread(p99s, 2),
    delayMaxMs: rounded(Math.max(...turns.map(({ delay }) => delay.max)), 1),
    smallP50Ms: rounded(percentile(small, 50), 2),
    smallP99Ms: rounded(percentile(small, 99), 2),
    largeMs: large.length > 0 ? rounded(median(large), 1) : null,
    cpuMsPerLarge: large.length > 0 ? rounded(cpuMs / large.length, 1) : null,
    rssMb: rounded(Math.max(...turns.map(({ peakRssMb }) => peakRssMb)), 1),
  }
}
