import { z } from 'zod'
import { DefinitionError } from './errors.ts'

/** What teams write of backends, endpoints, clients and proxies is checked with these, when it is written. */

/** A length of time, as `lib/duration.ts` reads it. */
export const durationOption = z
  .string('a duration such as 300ms, 30s, 5m, 2h was expected')
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a duration such as 300ms, 30s, 5m, 2h was expected')

/** A part of all, from none to all. */
export const shareOption = z
  .number('a number from 0 to 1 was expected')
  .refine((share) => share >= 0 && share <= 1, 'a number from 0 to 1 was expected')

/** A number of bytes, at least one. */
export const bytesOption = z
  .number('a number of bytes was expected')
  .refine((bytes) => Number.isSafeInteger(bytes) && bytes >= 1, 'a whole number of bytes above 0 was expected')

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
  throw new DefinitionError(`${what}${shown}: ${unknown.length > 0 ? 'there is no such option' : expected(issue)}`)
}

/** Of a table's key zod says only that it is wrong, and keeps the schema's own words within. */
function expected(issue: z.core.$ZodIssue | undefined): string | undefined {
  return issue?.code === 'invalid_key'
    ? `the key '${String(issue.path.at(-1))}' is wrong: ${issue.issues[0]?.message}`
    : issue?.message
}

/** A value for a message: not the source of a function, and also what has no text of its own, such as a module's namespace. */
function shownValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null && !('toString' in value)
    ? Object.prototype.toString.call(value)
    : String(value)
}
