import { z } from 'zod'
import { DefinitionError } from './errors.ts'

/** What teams write of backends, endpoints, clients and proxies is checked with these, when it is written. */

/** A length of time, as `lib/duration.ts` reads it. */
export const durationOption = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a duration such as 300ms, 30s, 5m, 2h was expected')

/** A zod schema, of whatever copy of zod. */
export const schemaOption = z.custom<z.ZodType>(
  (value) => typeof (value as z.ZodType | undefined)?.safeParse === 'function',
  'a zod schema was expected',
)

/** A function; what it takes and gives, the compiler has checked. */
export function functionOption<F extends (...input: never[]) => unknown>(): z.ZodType<F> {
  return z.custom<F>((value) => typeof value === 'function', 'a function was expected')
}

/**
 * Checks options against their schema.
 *
 * @param what whose options they are, for the message
 * @throws DefinitionError with the first option that is wrong, its value and what was expected
 */
export function checkOptions<S extends z.ZodType>(what: string, options: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = [...(issue?.path ?? []), ...unknown]
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], options)
  const shown = path.length === 0 ? '' : ` at '${path.join('.')}' (${shownValue(value)})`
  throw new DefinitionError(`${what}${shown}: ${unknown.length > 0 ? 'there is no such option' : issue?.message}`)
}

/** A value for a message: not the source of a function, and also what has no text of its own, such as a module's namespace. */
function shownValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null && !('toString' in value)
    ? Object.prototype.toString.call(value)
    : String(value)
}
