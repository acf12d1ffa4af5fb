import type { RequestListener } from 'node:http'
import { type App, type AppOptions, app } from './app.ts'
import { readConfig } from './config.ts'
import { wantBody } from './http/continue.ts'
import { listen, type RunningServer } from './http/server.ts'
import { controlListener } from './ops/control.ts'
import { catchForgotten } from './ops/forgotten.ts'
import { openLog } from './ops/log.ts'

/** A process that serves, until it is told to stop. */
export interface Serving {
  readonly app: App
  readonly port: number
  /** The control API's port; undefined where it is off. */
  readonly controlPort: number | undefined
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
  const log = openLog(config.logLevel)
  let running: App
  try {
    running = await app({ ...options, config })
  } catch (error) {
    log.close()
    throw error
  }
  const servers: RunningServer[] = []
  const forgotten = catchForgotten(log)
  try {
    servers.push(await listen(running.listener, config.port, config.host, 'PORT', running.upgrade))
    if (config.controlToken !== undefined) {
      const control = controlListener(config.controlToken, running)
      const listener: RequestListener = (request, response) => {
        wantBody(response)
        control(request, response)
      }
      servers.push(await listen(listener, config.controlPort, '127.0.0.1', 'CONTROL_PORT'))
    }
  } catch (error) {
    await Promise.all(servers.map(({ drain }) => drain(0)))
    forgotten.close()
    log.close()
    await running.close()
    throw error
  }
  const port = (servers[0] as RunningServer).port
  log.info(
    { port, endpoints: running.registry.endpoints.length, proxies: running.registry.proxies.length },
    'listening',
  )
  return {
    app: running,
    port,
    controlPort: servers[1]?.port,
    stop: async () => {
      running.readiness.ready = false
      const drained = await Promise.all(servers.map(({ drain }) => drain(config.shutdownSeconds * 1000)))
      const finished = drained.every(Boolean)
      await running.close()
      log.info({ finished }, 'stopped')
      forgotten.close()
      log.close()
      return finished
    },
  }
}
