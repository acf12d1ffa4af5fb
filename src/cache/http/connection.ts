import type { Fields } from '../../lib/fields.ts'
import { listed } from '../../lib/headers.ts'

/** What belongs to one connection (RFC 9110, section 7.6.1; RFC 9111, section 3.1). */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authentication-info'],
  ...['proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]

/** A message's fields without those of its connection, and without what the connection names besides. */
export function endToEnd(fields: Fields, also: readonly string[] = []): Fields {
  return fields.without(new Set([...HOP_BY_HOP, ...listed(fields.get('connection')), ...also]))
}
