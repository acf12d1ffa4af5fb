import { BenchError } from '../errors.ts'
import { killAll } from './processes.ts'

/** As a shell reports a process that a signal has ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 }

/** Ends at once, with all that was started here: what is still under way can no longer matter. */
export function fail(error: unknown): never {
  console.error(error instanceof BenchError ? error.message : error)
  killAll()
  process.exit(1)
}

/** Takes what was started here along when this process is told to end. */
export function endOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      killAll()
      process.exit(code)
    })
  }
}
