import { channels } from '../channels.ts'
import type { BackendInfo, Policy } from './call.ts'

/** Publishes every call with its duration and outcome on `facet:call`; costs nothing while nobody subscribes. */
export function trace(backend: BackendInfo, name: string): Policy {
  return (next) => (input, context) => {
    if (!channels.call.hasSubscribers) return next(input, context)
    const started = performance.now()
    const running = next(input, context)
    const publish = (error: unknown) =>
      channels.call.publish({
        request: context.caller.requestId,
        backend: backend.name,
        call: name,
        source: context.source,
        duration: performance.now() - started,
        error,
      })
    running.then(() => publish(undefined), publish)
    return running
  }
}
