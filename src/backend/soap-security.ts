import type { Runtime } from '../call/call.ts'
import { securityHeader } from '../codec/soap/security.ts'
import type { EnvironmentVariable } from '../config.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'

/** WS-Security: who sends a message, and how long it holds. */
export interface SoapSecurity {
  readonly username?: string | EnvironmentVariable
  readonly password?: string | EnvironmentVariable
  /** Sends a digest of the password, a nonce and the time in place of the password itself. */
  readonly digest?: boolean
  /** How long a message holds: sends a Timestamp. */
  readonly timestamp?: Duration
}

/** What of it may come from the environment, to be checked when the app starts. */
export function secretsOf({
  username,
  password,
}: SoapSecurity = {}): (readonly [option: string, value: string | EnvironmentVariable])[] {
  const named = Object.entries({ 'security.username': username, 'security.password': password })
  return named.flatMap(([option, value]) => (value === undefined ? [] : [[option, value] as const]))
}

/** The header block of one message, '' without credentials: each has its own nonce and its own time. */
export function securityOf(security: SoapSecurity | undefined): (runtime: Runtime) => string {
  if (!security) return () => ''
  const { username, password, digest, timestamp } = security
  const lifetime = timestamp === undefined ? undefined : milliseconds(timestamp)
  return (runtime) => {
    const text = (value: string | EnvironmentVariable | undefined) =>
      value === undefined ? undefined : runtime.resolve(value)
    return securityHeader({ username: text(username), password: text(password), digest, lifetime }, Date.now())
  }
}
