import { type Arguments, parseArguments, usage } from './arguments.ts'
import { BenchError } from './errors.ts'
import { type Results, table } from './report.ts'
import { scenarios } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { endOnSignals, fail } from './support/ending.ts'
import { type Program, start } from './support/processes.ts'

const known = {
  scenarios: scenarios.map((scenario) => scenario.name),
  contenders: [...new Set(scenarios.flatMap((scenario) => scenario.contenders))],
}

/** Two minutes a contender and scenario, besides what is timed: far more than is needed, so that it ends even so. */
const SPARE_MS = 120_000

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2), known)
  if (options.help) {
    console.log(usage(known))
    return
  }
  const plan = planOf(options)
  const timed = plan.reduce((sum, { contenders, seconds }) => sum + contenders.length * (seconds * 2000 + SPARE_MS), 0)
  setTimeout(() => fail(new BenchError(`not done after ${timed / 1000} s`)), timed).unref()

  let mocks: Promise<Program> | undefined
  const backends = async () => {
    mocks ??= start('the mock backends', 'support/backends.ts', {})
    return (await mocks).started as Record<string, string>
  }
  const results: Results = {}
  for (const { scenario, contenders, seconds } of plan) {
    const progress = (text: string): void => console.error(text)
    const { connections } = options
    results[scenario.name] = await scenario.run({ seconds, connections, contenders, backends, progress })
  }
  await (await mocks)?.stop()
  console.log(options.json ? JSON.stringify({ scenarios: results }) : table(results))
}

interface Planned {
  readonly scenario: Scenario
  readonly contenders: readonly string[]
  readonly seconds: number
}

/** What is run: each chosen scenario with those of the chosen contenders that it has. */
function planOf(options: Arguments): Planned[] {
  const plan = scenarios
    .filter((scenario) => options.scenarios.includes(scenario.name))
    .map((scenario) => ({
      scenario,
      contenders: scenario.contenders.filter((name) => options.contenders.includes(name)),
      seconds: options.seconds ?? scenario.seconds,
    }))
    .filter(({ contenders }) => contenders.length > 0)
  if (plan.length > 0) return plan
  throw new BenchError(`${options.scenarios.join(', ')}: has none of the contenders ${options.contenders.join(', ')}`)
}

endOnSignals()
await main().catch(fail)
