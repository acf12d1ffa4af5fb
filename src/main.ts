import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { readConfig } from './config.ts'
import { DefinitionError } from './errors.ts'
import { tellServing } from './ops/bus.ts'
import { runWorkers } from './ops/workers.ts'
import { type Serving, serve } from './serve.ts'

/**
 * The process: start, SIGTERM or SIGINT, drain, exit 0. What a team got wrong is told in its own words, without a stack,
 * and exits 1.
 */
async function main(): Promise<void> {
  const { workers } = readConfig()
  if (workers > 1 && cluster.isPrimary) {
    const module = fileURLToPath(import.meta.url)
    process.exit(await runWorkers(workers, module, process.execArgv, (message) => console.error(message)))
  }
  let serving: Serving | undefined
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await serving?.stop()
    process.exit(0)
  }
  // Before it listens: whoever reaches it may also stop it.
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  serving = await serve()
  tellServing()
}

main().catch((error: unknown) => {
  if (error instanceof DefinitionError) console.error(`Facet cannot start:\n${error.message.replace(/^/gm, '  ')}`)
  else console.error(error)
  process.exit(1)
})
