import { parseDictionary } from 'structured-headers'
import { CacheControl } from '../../lib/cache-control.ts'
import type { Fields } from '../../lib/fields.ts'

/** The directives that count for this cache, and whether they stand in a field that is meant for caches like it. */
export interface Governing {
  readonly directives: CacheControl
  readonly isTargeted: boolean
}

/**
 * The field that counts: CDN-Cache-Control (RFC 9213), which is a dictionary and is passed over where it is none or empty;
 * the Surrogate-Control that came before it; then Cache-Control.
 */
export function governing(fields: Fields): Governing {
  const targeted = fields.get('cdn-cache-control')
  const directives = targeted === undefined ? undefined : fromDictionary(targeted)
  if (directives) return { directives, isTargeted: true }
  const surrogate = fields.get('surrogate-control')
  if (surrogate !== undefined) return { directives: new CacheControl(forSurrogate(surrogate)), isTargeted: true }
  return { directives: new CacheControl(fields.get('cache-control')), isTargeted: false }
}

/** The name by which an origin can speak to this cache alone, as it is told in Surrogate-Capability. */
export const SURROGATE = 'facet'

/** The directives that are for every surrogate, or behind a semicolon for this one (Edge Architecture, section 2.2). */
function forSurrogate(field: string): string {
  return field
    .split(',')
    .flatMap((directive) => {
      const [said = '', target] = directive.split(';').map((part) => part.trim())
      return target === undefined || target === SURROGATE ? [said] : []
    })
    .join(', ')
}

/** Directives of the wrong type are passed over, one by one; a field that cannot be read is, as a whole (section 2.1). */
function fromDictionary(text: string): CacheControl | undefined {
  let members: ReturnType<typeof parseDictionary>
  try {
    members = parseDictionary(text)
  } catch {
    return undefined
  }
  if (members.size === 0) return undefined
  const said: string[] = []
  for (const [name, [value]] of members) {
    if (value === true) said.push(name)
    else if (Number.isInteger(value) && (value as number) >= 0) said.push(`${name}=${value}`)
  }
  return new CacheControl(said.join(', '))
}
