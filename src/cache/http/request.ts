import { CacheControl } from '../../lib/cache-control.ts'
import type { Fields } from '../../lib/fields.ts'
import type { HttpRequest } from './messages.ts'

/** What the request says; `Pragma: no-cache` where it says nothing (RFC 9111, section 5.4). */
export function directivesOf(fields: Fields): CacheControl {
  const said = fields.get('cache-control')
  if (said !== undefined) return new CacheControl(said)
  return fields.has('pragma') ? new CacheControl(fields.get('pragma')) : CacheControl.NONE
}

/** The fields in which clients are known to say who they are: the standard's, and those of common gateways and clouds. */
const WHO: readonly string[] = [
  ...['authorization', 'cookie', 'proxy-authorization'],
  ...['x-api-key', 'api-key', 'apikey', 'x-apikey', 'x-api-token', 'x-auth-token', 'x-access-token', 'x-session-token'],
  ...['x-goog-api-key', 'x-amz-security-token', 'ocp-apim-subscription-key', 'x-functions-key', 'x-rapidapi-key'],
]

/** Whether a request says who sends it. */
export function isPersonal(fields: Fields): boolean {
  return WHO.some((name) => fields.has(name))
}

export function flightKey({ url, reached, fields }: HttpRequest): string {
  return `${isPersonal(fields)} ${reached} ${url}`
}

export function hasConditions(fields: Fields): boolean {
  return ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'].some((name) =>
    fields.has(name),
  )
}
