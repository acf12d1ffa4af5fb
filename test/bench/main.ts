import { parseArguments, usage } from './arguments.ts'
import { contenders } from './contenders.ts'
import { BenchError } from './errors.ts'
import { type Results, table } from './report.ts'
import { scenarios } from './scenarios/index.ts'
import type { Bench } from './scenarios/scenario.ts'
import { killAll, start } from './support/processes.ts'

const known = {
  scenarios: scenarios.map((scenario) => scenario.name),
  contenders: contenders.map((contender) => contender.name),
}

/** A minute a contender and scenario, besides what is timed: far more than is needed, so that it ends even so. */
const SPARE_MS = 60_000

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2), known)
  if (options.help) {
    console.log(usage(known))
    return
  }
  const chosen = contenders.filter(({ name }) => options.contenders.includes(name))
  const timed = options.scenarios.length * chosen.length * (options.seconds * 2000 + SPARE_MS)
  setTimeout(() => fail(new BenchError(`not done after ${timed / 1000} s`)), timed).unref()

  const backends = await start('the mock backends', 'support/backends.ts', {})
  const bench: Bench = {
    seconds: options.seconds,
    connections: options.connections,
    contenders: chosen,
    backends: backends.started as Record<string, string>,
    progress: (text) => console.error(text),
  }
  const results: Results = {}
  for (const scenario of scenarios) {
    if (options.scenarios.includes(scenario.name)) results[scenario.name] = await scenario.run(bench)
  }
  await backends.stop()
  console.log(options.json ? JSON.stringify({ scenarios: results }) : table(results))
}

/** Ends at once, with all that was started here: what is still under way can no longer matter. */
function fail(error: unknown): never {
  console.error(error instanceof BenchError ? error.message : error)
  killAll()
  process.exit(1)
}

/** As a shell reports a process that a signal has ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 }
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    killAll()
    process.exit(code)
  })
}

await main().catch(fail)
