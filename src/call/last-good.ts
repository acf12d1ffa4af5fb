import type { Entry } from '../cache/store.ts'
import { sizeOfValue } from '../cache/value-size.ts'
import { DefinitionError } from '../errors.ts'
import { isPromise } from '../lib/promise.ts'
import type { Call, CallContext, Rescue, Run, Runtime } from './call.ts'
import { frozen, keyedHeaders, sentKey } from './keeping.ts'
import { noteTags } from './note.ts'

/** How long a last good answer may stand in. */
export interface LastGoodPolicy {
  /** Milliseconds. */
  readonly maxAge: number
  readonly tags: ((input: never) => readonly string[]) | undefined
}

/** What an app knows of its last good answers: whose names are taken, and how many purges there have been. */
interface Known {
  readonly operations: Map<string, object>
  purges: number
}

const KNOWN = {}

function knownTo({ cache, single }: Runtime): Known {
  return single(KNOWN, () => {
    const known: Known = { operations: new Map(), purges: 0 }
    cache.onPurge(() => void known.purges++)
    return known
  })
}

/** The operation whose answers are meant: the call itself, or the first of those that are asked one after the other. */
export function operationOf(call: Call<never, unknown>): Call<never, unknown> | undefined {
  if (call.parts.length === 0) return call
  return call.isSpread || !call.parts[0] ? undefined : operationOf(call.parts[0])
}

/** Keeps each good answer of a call for when there is none, with how to find it. */
export function lastGood<I, O>(
  runtime: Runtime,
  call: Call<I, O>,
  { maxAge, tags }: LastGoodPolicy,
): { keep(run: Run<I, O>): Run<I, O>; find: Rescue<I, O> } {
  const known = knownTo(runtime)
  const operation = operationOf(call) as Call<never, unknown>
  const name = `${operation.backends[0]?.name} ${operation.name}`
  if ((known.operations.get(name) ?? operation) !== operation)
    throw new DefinitionError(
      `two operations whose last good answers are kept are named '${name}'; give one of them another 'name'`,
    )
  known.operations.set(name, operation)
  const keyed = keyedHeaders(call.backends.flatMap((backend) => backend.forward))
  const { store, freeze } = runtime
  const keyFor = (input: I, context: CallContext) => `last ${name} ${sentKey(input, keyed, context)}`
  const tagsFor = (input: I) => tags?.(input as never) ?? []
  const save = async (input: I, value: O, context: CallContext, mark: number | undefined) => {
    const now = Date.now()
    const until = now + maxAge
    const size = sizeOfValue(value, context.bytes, Number.POSITIVE_INFINITY)
    const all = [...new Set([...tagsFor(input), ...(context.tags ?? [])])]
    const entry: Entry = { value, size, tags: all, stored: now, fresh: now, usable: now, covers: until, kept: until }
    await store.set(keyFor(input, context), entry, mark)
  }
  return {
    keep: (run) => async (input, context) => {
      const mark = store.mark?.()
      const { purges } = known
      const value = freeze ? frozen(await run(input, context)) : await run(input, context)
      // What a cache had was good when it was loaded, and has been kept then; what was loaded during a purge may be old already.
      const isOld = context.cache === 'hit' || context.cache === 'stale' || context.cache === 'stale-if-error'
      // Nobody waits for it, and a store that fails has been noted by its guard.
      if (!isOld && purges === known.purges) save(input, value, context, mark).catch(() => {})
      return value
    },
    find: async (input, context) => {
      const found = store.get(keyFor(input, context), { tags: tagsFor(input), patience: context.patience })
      const entry = isPromise(found) ? await found : found
      if (!entry || entry.failure || entry.stored + maxAge <= Date.now()) return undefined
      noteTags(context, entry.tags)
      return { value: entry.value as O }
    },
  }
}
