import type { EnvironmentVariable } from '../config.ts'
import type { BackendInfo } from './call.ts'
import { BACKEND_DEFAULTS, upstreamPolicies } from './upstream-options.ts'

/** A backend of which nothing was said but where it is. */
export interface PlainUpstream extends BackendInfo {
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
}

/** A backend for a URL, balanced, bounded and protected as every backend is of which nothing else was said. */
export function plainUpstream(name: string, url: string | EnvironmentVariable): PlainUpstream {
  const { attempt, connect, connections } = BACKEND_DEFAULTS
  return Object.freeze({
    name,
    url,
    policies: upstreamPolicies(`backend '${name}'`, {}, url, connections, undefined),
    timeout: attempt,
    connectTimeout: connect,
    forward: [],
    headers: [],
  })
}
