import type { StoreRecord } from '../channels.ts'
import { failure } from './failure.ts'

/** A full store fails with each write, and one line tells as much as a thousand. Milliseconds. */
const BETWEEN = 1_000

/** Makes a few lines of what is heard of a store: each change, and of single failures one a second, with how many there were. */
export function storeLines(
  write: (level: 'info' | 'warn', fields: object, message: string) => void,
): (message: unknown) => void {
  let told = Number.NEGATIVE_INFINITY
  let more = 0
  return (message) => {
    const { event, key, error } = message as StoreRecord
    if (event === 'up') return write('info', {}, 'the shared cache is used')
    if (event === 'down') return write('warn', { error: failure(error).error }, 'the shared cache is passed over')
    more++
    const now = performance.now()
    if (now - told < BETWEEN) return
    write('warn', { key, failures: more, error: failure(error).error }, 'the shared cache failed')
    told = now
    more = 0
  }
}
