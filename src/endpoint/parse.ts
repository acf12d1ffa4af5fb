import type { z } from 'zod'
import { FacetError, type Issue } from '../errors.ts'

/**
 * A query string as a record: a name that is repeated has a list.
 *
 * @throws FacetError `input-invalid` for malformed percent-encoding
 */
export function parseQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  if (text === '') return query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const known = query[name]
    if (known === undefined) query[name] = value
    else if (Array.isArray(known)) known.push(value)
    else query[name] = [known, value]
  }
  return query
}

function decode(text: string): string {
  try {
    return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text
  } catch {
    throw new FacetError('input-invalid', { issues: [{ path: 'query', message: 'malformed percent-encoding' }] })
  }
}

const MOST_ISSUES = 100

/**
 * A part of the request as its schema says.
 *
 * @param part `params`, `query`, `body` or `headers`: the first word of each issue's path
 * @throws FacetError `input-invalid` with the first hundred issues: an answer must not be many times what was asked
 */
export function parsePart(part: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, MOST_ISSUES).map((issue) => describe(part, issue))
  throw new FacetError('input-invalid', { issues })
}

function describe(part: string, { path, message }: z.core.$ZodIssue): Issue {
  return { path: [part, ...path.map(String)].join('.'), message }
}
