import { asSaid, conditionsFor, confirmed } from '../cache/http/said.ts'
import type { CachePolicy } from '../cache/policy.ts'
import { tagsOf } from '../cache/tags.ts'
import { DefinitionError } from '../errors.ts'
import { type BackendInfo, type CallContext, type Policy, type Runtime, UNCHANGED } from './call.ts'
import { keeping } from './keeping.ts'
import { noteTags } from './note.ts'

/** How a call's answers are cached. */
export interface CallFreshness<I> extends CachePolicy {
  /** Whether the backend says for how long: `ttl` is then no more than a bound. */
  readonly isOrigins: boolean
  readonly tags: ((input: I) => readonly string[]) | undefined
  readonly answerTags?: ((answer: never, input: I) => readonly string[]) | undefined
}

/** Under which a runtime keeps the names of its cached operations. */
const NAMES = {}

/**
 * Keeps a read's answers, shared by every endpoint.
 *
 * @throws DefinitionError when another cached operation has the same name, since each would be given the other's answers
 */
export function cached<I>(runtime: Runtime, backend: BackendInfo, name: string, freshness: CallFreshness<I>): Policy {
  const names = runtime.single(NAMES, () => new Set<string>())
  if (names.has(`${backend.name} ${name}`))
    throw new DefinitionError(
      `backend '${backend.name}': two operations with a cache are named '${name}'; give one of them another 'name'`,
    )
  names.add(`${backend.name} ${name}`)
  const personal = backend.forward.filter((header) => CREDENTIALS.has(header))
  const isPersonal = ({ caller }: CallContext) => personal.some((header) => caller.header(header) !== undefined)
  return keeping(runtime, {
    level: 'call',
    name: `${backend.name} ${name}`,
    forward: backend.forward,
    freshness,
    partial: 0,
    tags: (input) => freshness.tags?.(input as never) ?? [],
    load: async (run, load, input, old) => {
      if (freshness.isOrigins) load.conditions = conditionsFor(old?.head)
      let value = await run(input, load).catch((error: unknown) => {
        // That there is nothing may be said with tags as well.
        if (load.head) noteTags(load, tagsOf(load.head.fields))
        throw error
      })
      let { head } = load
      let size: { size?: number } = {}
      if (value === UNCHANGED) {
        const still = head && confirmed(old?.head as readonly string[], head)
        if (still) {
          head = still
          value = old?.value
          size = { size: old?.size as number }
        } else {
          load.conditions = undefined
          value = await run(input, load)
          head = load.head
        }
      }
      const tags = [
        ...(head ? tagsOf(head.fields) : []),
        ...(freshness.answerTags?.(value as never, input as never) ?? []),
      ]
      if (!freshness.isOrigins) return { value, tags }
      return head ? { value, tags, ...size, ...asSaid(head, isPersonal(load)) } : { value, tags, store: false }
    },
  })
}

/** What says who a client is. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie'])
