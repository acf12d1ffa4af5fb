import { compareAnswers } from '../compare.ts'
import { contenders } from '../contenders.ts'
import { BenchError } from '../errors.ts'
import { figures, type Turn, takeTurns, WAITERS } from '../stampede/turns.ts'
import { startContenders } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'

/** Those that look up and set, and do not wait for what another request is loading. */
const EVERYONE_LOADS = ['express']

/** A thousand clients who ask at once for what takes 100 ms and is not in the cache. */
export const stampede: Scenario = {
  name: 'stampede',
  summary: `${WAITERS} requests at once for one answer that is not there yet`,
  contenders: contenders.map((contender) => contender.name),
  seconds: 10,
  async run(bench) {
    const programs = await startContenders(bench)
    try {
      bench.progress(`stampede: comparing the answers of ${programs.map((program) => program.name).join(', ')}`)
      await compareAnswers(programs, ['/bench/single/compared'], { same: 'json' })
      const turns = await takeTurns(programs, bench)
      expectOneCall(turns)
      return figures(turns)
    } finally {
      await Promise.all(programs.map((program) => program.stop()))
    }
  },
}

/** Throws where a contender that lets others wait has called its backend more than once in a round. */
function expectOneCall(turns: readonly Turn[]): void {
  for (const { contender, calls } of turns) {
    if (EVERYONE_LOADS.includes(contender) || calls.every((count) => count === 1)) continue
    throw new BenchError(`stampede: ${contender} has called its backend ${calls.join(', ')} times, not once a round`)
  }
}
