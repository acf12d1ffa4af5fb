import { z } from 'zod'
import type { BackendInfo } from '../call/call.ts'
import { plainUpstream } from '../call/plain-upstream.ts'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'

/** What a proxy needs of a backend. */
export interface Upstream extends BackendInfo {
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number
  /** Milliseconds until a connection to it must be there, with TLS. */
  readonly connectTimeout: number
  /**
   * How many connections to an instance there are at the most for what is passed on; as many as there are streams if undefined. Upgrades
   * have connections of their own.
   */
  readonly streams?: number | undefined
  /** The header in which it is told how long it is waited for. */
  readonly budgetHeader?: string | undefined
  readonly headers: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  /** The client that its calls go through; a proxied request cannot. */
  readonly client?: unknown
}

/** A backend, or where one is: then it is one with the defaults of `rest(…)`. */
export type UpstreamOption = Upstream | string | EnvironmentVariable

/** For a schema: a backend, or where one is. */
export const upstreamOption = z.custom<UpstreamOption>(
  (value) => isHttpUrl(value) || isEnvironmentVariable(value) || isUpstream(value),
  'a backend, an http URL or env(…) was expected',
)

/**
 * The backend that was said.
 *
 * @param name of the one that is made for a URL
 * @throws DefinitionError for what is none, and for a backend that nothing can be streamed to
 */
export function upstreamFor(what: string, name: string, said: UpstreamOption): Upstream {
  if (!isUpstream(said)) {
    if (isHttpUrl(said) || isEnvironmentVariable(said)) return plainUpstream(name, said)
    const shown = typeof said === 'string' ? `'${said}'` : typeof said
    throw new DefinitionError(`${what}: a backend, an http URL or env(…) was expected, and not ${shown}`)
  }
  if (said.client !== undefined)
    throw new DefinitionError(
      `${what}: backend '${said.name}' has a client of its own, through which nothing can be streamed; define it once more without 'client', under another name`,
    )
  return said
}

function isUpstream(value: unknown): value is Upstream {
  return typeof value === 'object' && value !== null && 'url' in value && 'timeout' in value && 'headers' in value
}

function isHttpUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '')
}
