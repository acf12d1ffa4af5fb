import type { BackendRecord } from '../channels.ts'
import { failure } from './failure.ts'

/** What each change means, and whether somebody should look. */
const LINES: Readonly<Record<BackendRecord['event'], readonly ['info' | 'warn', string]>> = {
  open: ['warn', 'a breaker has opened'],
  'half-open': ['info', 'a breaker lets probes through'],
  closed: ['info', 'a breaker has closed'],
  ejected: ['warn', 'an instance is out because of its answers'],
  returned: ['info', 'an instance is back'],
  unhealthy: ['warn', 'an instance fails its checks'],
  healthy: ['info', 'an instance passes its checks again'],
  added: ['info', 'DNS has a new instance'],
  removed: ['info', 'DNS has an instance no more'],
  unresolved: ['warn', 'DNS does not know a backend'],
  resolved: ['info', 'DNS knows a backend again'],
}

/** Makes a line of each change of a backend. */
export function backendLines(
  write: (level: 'info' | 'warn', fields: object, message: string) => void,
): (message: unknown) => void {
  return (message) => {
    const { backend, event, instance, reason, error } = message as BackendRecord
    const [level, text] = LINES[event]
    write(
      level,
      { backend, event, instance, reason, ...(error !== undefined && { error: failure(error).error }) },
      text,
    )
  }
}
