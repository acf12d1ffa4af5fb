import type { Call } from '../call/call.ts'
import { TRACE_FIELDS } from '../lib/headers.ts'

/** The headers of the client's request that some calls send on, and that an answer can depend on. */
export function forwarded(calls: readonly Call<never, unknown>[]): string[] {
  const headers = new Set(calls.flatMap(({ backends }) => backends.flatMap(({ forward }) => forward)))
  return [...headers.difference(TRACE_FIELDS)].sort()
}
