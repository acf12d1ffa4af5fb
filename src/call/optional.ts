import { z } from 'zod'
import { DefinitionError, FacetError, isFacetError } from '../errors.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { checkOptions, durationOption, functionOption } from '../options.ts'
import { after } from './after.ts'
import type { Call, CallContext, Cover, Rescue, Run, Runtime } from './call.ts'
import { type LastGoodPolicy, lastGood, operationOf } from './last-good.ts'
import { isRefusal } from './outcome.ts'
import { inScope, synchronous } from './scope.ts'
import { beforeDeadline } from './wait.ts'

/** A call that may fail without failing the request. `W` is what it answers when it does not. */
export interface Optional<I, O, W = O> extends Call<I, O> {
  readonly cover: Cover<O>
  /** Asks another call, with the same input, when this one fails; only when that fails too the fallback stands in. */
  orElse(other: Call<I, W>): Optional<I, O, W>
  /** Makes what stands in from the error, instead of one fixed value. */
  recover(recover: (error: FacetError) => W): Optional<I, W>
  /** Takes the last good answer to the same input where it is not too old, before any fallback. Reads only. */
  lastGood(options: LastGoodOptions<I>): Optional<I, O, W>
  /** Waits no longer than that, since the call began. A read whose answer is cached goes on being loaded for the next one. */
  after(duration: Duration): Optional<I, O, W>
}

/** Which last good answers may stand in. */
export interface LastGoodOptions<I> {
  /** How old it may be. */
  readonly maxAge: Duration
  /** What it can be purged by, besides the tags that the call's own cache gives it. */
  readonly tags?: (input: I) => readonly string[]
}

const lastGoodSchema = z.strictObject({
  maxAge: durationOption,
  tags: functionOption<(input: never) => readonly string[]>().optional(),
})

/** The errors that mean a mistake in the program: no fallback hides them. */
const MISTAKES: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'EvalError',
  'URIError',
])

/** Whether an error means a mistake in the program, and not that something outside has failed. */
export function isMistake({ name }: Pick<Error, 'name'>): boolean {
  return MISTAKES.has(name)
}

/** Whether a fallback may stand in for this failure: not for a programming error, nor for a request that was given up. */
export function isCoverable(error: unknown, context: CallContext): boolean {
  if (context.token.aborted) return false
  if (isFacetError(error)) return error.code !== 'client-closed' && error.code !== 'internal'
  return error instanceof Error && !isMistake(error)
}

/**
 * Makes a part of a call ready to run. Where the part is optional, its failure becomes its fallback and the reply is marked partial; so
 * does one that is still missing when the deadline comes, since the whole, which may be required, waits for it.
 */
export function covering<I, O>(call: Call<I, O>, runtime: Runtime): Run<I, O> {
  const run = runtime.bind(call)
  const { cover } = call
  if (!cover) return run
  const rescue = call.rescue?.(runtime)
  return async (input, context) => {
    try {
      return await beforeDeadline(() => run(input, context), context, runtime.timers)
    } catch (error) {
      if (!isCoverable(error, context)) throw error
      context.degrade(error)
      const rescued = isRefusal(error) ? undefined : await rescue?.(input, context)
      return rescued ? rescued.value : synchronous('the fallback', inScope(context, cover, error))
    }
  }
}

/**
 * The answer may be missing: a failure yields the fallback (`undefined` if none is named), the type says so, and the
 * reply is marked `Facet-Partial: <source>;reason=<code>`.
 *
 * The fallback is a value. `.recover(…)` makes it from the error, `.orElse(…)` asks another call first, `.lastGood(…)` takes the
 * last good answer: a function and a call are values too, so one name cannot mean all. They are tried in the order in
 * which they are said.
 *
 * @example optional(invoices, [])
 * @example optional(stock).recover((error) => ({ known: false, why: error.code }))
 * @example optional(invoices, []).orElse(archivedInvoices)
 * @example optional(recommendations, []).after('300ms').lastGood({ maxAge: '1h' })
 */
export function optional<I, O>(call: Call<I, O>): Optional<I, O | undefined, O>
export function optional<I, O>(call: Call<I, O>, fallback: NoInfer<O>): Optional<I, O>
export function optional<I, O>(call: Call<I, O>, fallback?: O): Optional<I, O | undefined, O> {
  return covered(call, () => fallback)
}

function covered<I, O extends W | undefined, W>(
  call: Call<I, W>,
  cover: Cover<O>,
  rescue?: (runtime: Runtime) => Rescue<I, W>,
): Optional<I, O, W> {
  return {
    name: call.name,
    effect: call.effect,
    backends: call.backends,
    parts: [call],
    isKept: call.isKept ?? false,
    cover,
    ...(rescue && { rescue: rescue as (runtime: Runtime) => Rescue<I, never> }),
    bind: (runtime) => runtime.bind(call) as Run<I, never>,
    orElse: (other) => covered(chain(rescue ? rescuing(call, rescue) : call, other), cover, rescue),
    recover: (recover) =>
      covered(
        call,
        (error): W => recover(isFacetError(error) ? error : new FacetError('internal', { cause: error })),
        rescue,
      ),
    lastGood: (options) => {
      const policy = lastGoodPolicy(call, options)
      const keeping = wrapped(call, (run, runtime) => lastGood(runtime, call, policy).keep(run))
      return covered(keeping, cover, (runtime) => lastGood(runtime, call, policy).find)
    },
    after: (duration) => {
      checkOptions(`optional '${call.name}', after`, { duration }, z.object({ duration: durationOption }))
      const late = wrapped(call, (run, { timers }) => after(milliseconds(duration), timers, call.isKept ?? false)(run))
      return { ...covered(late, cover, rescue), late: { ms: milliseconds(duration), call } }
    },
  }
}

/** The same call with something around its run. */
function wrapped<I, O>(call: Call<I, O>, wrap: (run: Run<I, O>, runtime: Runtime) => Run<I, O>): Call<I, O> {
  return {
    name: call.name,
    effect: call.effect,
    backends: call.backends,
    parts: [call],
    isKept: call.isKept ?? false,
    bind: (runtime) => wrap(runtime.bind(call), runtime),
  }
}

function lastGoodPolicy<I>(call: Call<I, unknown>, options: LastGoodOptions<I>): LastGoodPolicy {
  const what = `optional '${call.name}', lastGood`
  const { maxAge, tags } = checkOptions(what, options, lastGoodSchema)
  if (call.effect === 'write') throw new DefinitionError(`${what}: a write has no last good answer`)
  if (!operationOf(call))
    throw new DefinitionError(`${what}: it is said of the operation itself: each(optional(…).lastGood(…))`)
  return { maxAge: milliseconds(maxAge), tags }
}

/** The first call's answer, or where it fails its last good one. */
function rescuing<I, O>(call: Call<I, O>, rescue: (runtime: Runtime) => Rescue<I, O>): Call<I, O> {
  return wrapped(call, (run, runtime) => {
    const find = rescue(runtime)
    return async (input, context) => {
      try {
        return await run(input, context)
      } catch (error) {
        if (isRefusal(error) || !isCoverable(error, context)) throw error
        const found = await find(input, context)
        if (!found) throw error
        context.degrade(error)
        return found.value
      }
    }
  })
}

/** The first call's answer, or where it fails the second's. */
function chain<I, O>(first: Call<I, O>, second: Call<I, O>): Call<I, O> {
  return {
    name: first.name,
    effect: first.effect === 'read' ? second.effect : 'write',
    backends: [...first.backends, ...second.backends],
    parts: [first, second],
    // What goes on without anybody waiting only reads.
    isKept: second.effect === 'read' && (first.isKept ?? false) && (second.isKept ?? false),
    bind: (runtime) => {
      const ask = runtime.bind(first)
      const askOther = covering(second, runtime)
      return async (input, context) => {
        try {
          return await ask(input, context)
        } catch (error) {
          if (!isCoverable(error, context)) throw error
          return askOther(input, context)
        }
      }
    },
  }
}
