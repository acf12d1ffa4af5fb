import { type App, type AppOptions, app } from './app.ts'
import { readConfig } from './config.ts'
import { listen } from './http/server.ts'
import { openLog } from './ops/log.ts'

/** A process that serves, until it is told to stop. */
export interface Serving {
  readonly app: App
  readonly port: number
  /** Stops accepting, finishes what is in flight within the bound, closes everything. */
  stop(): Promise<boolean>
}

/**
 * Starts an app and listens.
 *
 * @throws DefinitionError with all that is wrong, one mistake a line
 */
export async function serve(options: AppOptions = {}): Promise<Serving> {
  const config = options.config ?? readConfig()
  const running = await app({ ...options, config })
  const log = openLog(config.logLevel)
  const { port, drain } = await listen(running.listener, config.port, config.host).catch(async (error: unknown) => {
    log.close()
    await running.close()
    throw error
  })
  log.info(
    { port, endpoints: running.registry.endpoints.length, proxies: running.registry.proxies.length },
    'listening',
  )
  return {
    app: running,
    port,
    stop: async () => {
      running.readiness.ready = false
      const finished = await drain(config.shutdownSeconds * 1000)
      await running.close()
      log.info({ finished }, 'stopped')
      log.close()
      return finished
    },
  }
}
