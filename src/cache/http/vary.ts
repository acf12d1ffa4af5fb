import type { Fields } from '../../lib/fields.ts'
import { secretKeyOf } from '../../lib/key.ts'

/**
 * The request fields that a response says it depends on, in lower case and in order (RFC 9110, section 12.5.5).
 *
 * @returns undefined where it depends on more than that: `*`
 */
export function varyOf(fields: Fields): readonly string[] | undefined {
  // Not every origin says that it has compressed because the client took it.
  const names = new Set<string>(fields.has('content-encoding') ? ['accept-encoding'] : [])
  for (const value of fields.all('vary')) {
    for (const part of value.split(',')) {
      const name = part.trim().toLowerCase()
      if (name === '*') return undefined
      if (name !== '') names.add(name)
    }
  }
  return [...names].sort()
}

/** What tells the variants of a resource apart: requests for which this is the same get the same one (RFC 9111, section 4.1). */
export function variantOf(names: readonly string[], request: Fields): string {
  return secretKeyOf(names.map((name) => [name, normal(request.get(name))]))
}

/** Whether what one request has brought is what another one selects. @param response its fields */
export function isSameVariant(response: Fields, first: Fields, request: Fields): boolean {
  const names = varyOf(response)
  return names !== undefined && variantOf(names, first) === variantOf(names, request)
}

/** White space around list members and the case of names do not matter to anybody; the order of members may. */
function normal(value: string | undefined): string | undefined {
  return value?.trim().replace(/[ \t]*,[ \t]*/g, ', ')
}
