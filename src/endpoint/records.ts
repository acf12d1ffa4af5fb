import type { SourceRecord } from '../channels.ts'
import type { Plan } from './plan.ts'

/** A record for every source of a plan, before any has started. */
export function newRecords({ steps }: Plan): SourceRecord[] {
  return steps.map(({ name }) => ({
    name,
    duration: 0,
    outcome: 'idle',
    code: undefined,
    cache: undefined,
    told: undefined,
  }))
}
