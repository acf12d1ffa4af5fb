import type { Control } from '../backends/index.ts'
import type { LinkFault } from './link.ts'
import { lowPort, type Program, start } from './process.ts'

/** The demo's, and the two instances of one more (`routes/pair.ts`). */
export const BACKENDS = ['crm', 'shop', 'billing', 'rates', 'east', 'west'] as const
export type BackendName = (typeof BACKENDS)[number]

/** One of the demo's backends in a process of its own, always on the same port. */
export interface Backend {
  readonly name: BackendName
  readonly url: string
  signal(signal: NodeJS.Signals): void
  /** Ends its process; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
  /** Starts it, again if need be; resolves when it listens. */
  start(): Promise<void>
  /** Makes its link bad, or good again. */
  link(fault: LinkFault | undefined): Promise<void>
  /** Makes its answers bad, or good again. */
  control(change: Partial<Control>): Promise<void>
}

/** Starts a backend. */
export async function startBackend(name: BackendName): Promise<Backend> {
  const port = await lowPort()
  const begin = () => start('./backend.ts', [name, String(port)])
  let program: Program = await begin()
  return {
    name,
    url: `http://127.0.0.1:${port}${name === 'billing' ? '/billing' : ''}`,
    signal: (signal) => program.signal(signal),
    end: (signal) => program.end(signal),
    start: async () => {
      program = await begin()
    },
    link: (fault) => program.ask('link', fault),
    control: (change) => program.ask('control', change),
  }
}
