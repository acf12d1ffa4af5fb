import type { Answered, IncomingRules } from './incoming-head.ts'
import { withMember } from './via.ts'

/** What the cache says itself, whatever of the backend's fields is allowed. */
const OWN: ReadonlySet<string> = new Set(['age', 'cache-status'])

/**
 * The head of a response from the cache for one client. What is kept is what the backend has said, so that what is made of it for one
 * client is nobody else's.
 *
 * @param raw names and values in turn, without those of a connection
 */
export function servedHead(
  raw: readonly string[],
  { context, path, made }: Answered,
  { dropped, allowed, rewrites, common, pseudonym }: IncomingRules,
): string[] {
  const head: string[] = []
  let via: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const given = raw[at] as string
    const value = raw[at + 1] as string
    const name = given.toLowerCase()
    if (!dropped.has(name)) {
      if (allowed === undefined || allowed.has(name) || OWN.has(name)) head.push(given, value)
    } else if (name === 'via') via = via === undefined ? value : `${via}, ${value}`
    else {
      const rewrite = rewrites.get(name)
      if (rewrite !== undefined) head.push(given, rewrite(value, context, path))
    }
  }
  head.push('Via', withMember(via, '1.1', pseudonym), 'X-Request-Id', context.requestId, ...common, ...(made ?? []))
  return head
}
