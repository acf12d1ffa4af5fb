import { Cache } from '../cache/cache.ts'
import type { OpenStore } from '../cache/open-store.ts'
import { type Environment, isEnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { TimerWheel } from '../lib/timer-wheel.ts'
import type { Call, Run, Runtime } from './call.ts'

/** Something that lives with the app and ends with it. */
interface Closable {
  close(): Promise<void> | void
}

/** What one app's calls share, and a way to end it. */
export interface OpenRuntime extends Runtime {
  close(): Promise<void>
}

/** Makes what one app's calls share. Nothing of it is global: two apps in one process know nothing of each other. */
export function openRuntime(
  { store, patience }: Pick<OpenStore, 'store' | 'patience'>,
  environment: Environment,
  freeze: boolean,
): OpenRuntime {
  const singles = new Map<object, object>()
  const runs = new Map<object, Run<never, unknown>>()
  const runtime: OpenRuntime = {
    cache: new Cache(store),
    store,
    patience,
    timers: new TimerWheel(),
    freeze,
    resolve: (value) => {
      if (!isEnvironmentVariable(value)) return value
      const found = environment[value.name]
      // An empty credential would be sent as if it were one.
      if (!found) throw new DefinitionError(`${value.name} is not set`)
      return found
    },
    single: <T extends object>(key: object, create: () => T): T => {
      const known = singles.get(key)
      if (known) return known as T
      const made = create()
      singles.set(key, made)
      return made
    },
    bind: <I, O>(call: Call<I, O>): Run<I, O> => {
      const known = runs.get(call)
      if (known) return known as Run<I, O>
      const run = call.bind(runtime)
      runs.set(call, run)
      return run
    },
    close: async () => {
      await Promise.all([...singles.values()].map((single) => (single as Partial<Closable>).close?.()))
    },
  }
  return runtime
}
