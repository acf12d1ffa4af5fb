import type { ProxiedRequest } from '../../endpoint/proxied-request.ts'
import type { FieldRules } from '../../endpoint/proxy-head-options.ts'
import { FacetError } from '../../errors.ts'
import { isFieldValue } from '../../lib/headers.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { asked as askedOf, Proxied } from './asked.ts'

/** A field whose value a team's function makes. */
type MadeField = readonly [name: string, make: (request: ProxiedRequest) => string | undefined]

/** Fields that were made of one request, names and values in turn. */
export interface MadeFields {
  readonly request: readonly string[]
  readonly response: readonly string[]
}

/** Makes fields of a request. @param path of the request, without what only says the client */
export type MakeFields = (context: RequestContext, path: string) => MadeFields

/**
 * What makes the fields of a route that depend on the request, for both directions at once: who cannot be answered is told before the
 * backend is asked.
 *
 * @param route whose functions they are, for the log
 * @param trusted which proxies in front of this server are believed
 * @returns undefined where none do
 */
export function fieldMaker(
  route: string,
  { request, response }: { readonly request: FieldRules; readonly response: FieldRules },
  trusted: TrustedProxies,
): MakeFields | undefined {
  const [asked, answered] = [made(request), made(response)]
  if (asked.length + answered.length === 0) return undefined
  return (context, path) => {
    const seen = new Proxied(context, path, trusted)
    return {
      // The backend sends a TRACE back to the client, for which none of it is meant.
      request: isTrace(context) ? [] : makeAll(asked, `headers.request.set of proxy '${route}'`, context, seen),
      response: makeAll(answered, `headers.response.set of proxy '${route}'`, context, seen),
    }
  }
}

function isTrace({ record }: RequestContext): boolean {
  return record.method === 'TRACE'
}

function made({ set }: FieldRules): MadeField[] {
  return set.flatMap(([name, value]) => (typeof value === 'function' ? [[name, value] as const] : []))
}

/**
 * @throws FacetError `input-invalid` for a value with a line break or another character that no header can carry, `internal` for a
 *   mistake of the function
 */
function makeAll(fields: readonly MadeField[], where: string, context: RequestContext, seen: ProxiedRequest): string[] {
  const all: string[] = []
  for (const [name, make] of fields) {
    const what = `the function of '${name}' in ${where}`
    const value: unknown = askedOf(what, context, () => make(seen))
    if (value === undefined) continue
    if (typeof value !== 'string') throw new FacetError('internal', { detail: `${what} gave no string` })
    if (!isFieldValue(value))
      throw new FacetError('input-invalid', {
        issues: [{ path: `headers.${name}`, message: 'cannot be sent in a header' }],
      })
    all.push(name, value)
  }
  return all
}
