import { keyOf } from '../lib/key.ts'
import type { BackendInfo, Policy } from './call.ts'

/**
 * Equal reads within one request are made once. The engine gives a request its memo only where two sources of the
 * endpoint use the same backend and operation, so that everywhere else no key is made.
 */
export function memo(backend: BackendInfo, name: string): Policy {
  return (next) => (input, context) => {
    if (!context.memo) return next(input, context)
    const key = `${backend.name} ${name} ${keyOf(input)}`
    const running = context.memo.get(key) as ReturnType<typeof next> | undefined
    if (running) return running
    const started = next(input, context)
    context.memo.set(key, started)
    return started
  }
}
