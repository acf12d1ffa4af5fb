import { memoryStore } from '../../../src/cache/memory.ts'
import type { BackendInfo, Call, CallContext, Effect, Run } from '../../../src/call/call.ts'
import { type OpenRuntime, openRuntime } from '../../../src/call/runtime.ts'
import type { Environment } from '../../../src/config.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'

/** What one app's calls share, for a test. */
export function testRuntime(environment: Environment = {}, freeze = true): OpenRuntime {
  return openRuntime(
    { store: memoryStore({ maxBytes: 1_000_000, maxEntries: 100 }), patience: () => undefined },
    environment,
    freeze,
  )
}

/** What a call is given, with the failures that it said were covered. */
export interface TestContext extends CallContext {
  readonly token: CancelToken
  readonly degraded: unknown[]
}

export function testContext(overrides: Partial<CallContext> = {}): TestContext {
  const degraded: unknown[] = []
  return {
    token: new CancelToken(),
    deadline: Number.POSITIVE_INFINITY,
    caller: { requestId: 'request-1', header: () => undefined },
    source: 'source',
    memo: undefined,
    cache: undefined,
    tags: undefined,
    told: undefined,
    bytes: 0,
    fresh: Number.POSITIVE_INFINITY,
    degrade: (error) => void degraded.push(error),
    degraded,
    ...(overrides as { token?: CancelToken }),
  }
}

export const backendInfo = (name = 'crm', forward: readonly string[] = []): BackendInfo => ({
  name,
  url: 'http://127.0.0.1:9',
  forward,
})

/** A call that does what a test says, without a backend behind it. */
export function testCall<I, O>(
  run: Run<I, O>,
  { name = 'op', effect = 'read' as Effect, backend = backendInfo(), isKept = false } = {},
): Call<I, O> {
  return { name, effect, backends: [backend], parts: [], isKept, bind: () => run }
}
