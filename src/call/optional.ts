import { FacetError, isFacetError } from '../errors.ts'
import type { Call, CallContext, Cover, Run } from './call.ts'

/** A call that may fail without failing the request. `W` is what it answers when it does not. */
export interface Optional<I, O, W = O> extends Call<I, O> {
  readonly cover: Cover<O>
  /** Asks another call, with the same input, when this one fails; only when that fails too the fallback stands in. */
  orElse(other: Call<I, W>): Optional<I, O, W>
  /** Makes what stands in from the error, instead of one fixed value. */
  recover(recover: (error: FacetError) => W): Optional<I, W>
}

/** The errors that mean a mistake in the program: no fallback hides them. */
const MISTAKES: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'EvalError',
  'URIError',
])

/** Whether a fallback may stand in for this failure: not for a programming error, nor for a request that was given up. */
export function isCoverable(error: unknown, context: CallContext): boolean {
  if (context.token.aborted) return false
  if (isFacetError(error)) return error.code !== 'client-closed' && error.code !== 'internal'
  return error instanceof Error && !MISTAKES.has(error.name)
}

/** Runs a part of a call; where the part is optional, its failure becomes its fallback and the reply is marked partial. */
export function covering<I, O>(call: Call<I, O>, run: Run<I, O>): Run<I, O> {
  const { cover } = call
  if (!cover) return run
  return async (input, context) => {
    try {
      return await run(input, context)
    } catch (error) {
      if (!isCoverable(error, context)) throw error
      context.degrade(error)
      return cover(error)
    }
  }
}

/**
 * The answer may be missing: a failure yields the fallback (`undefined` if none is named), the type says so, and the
 * reply is marked `Facet-Partial: <source>;reason=<code>`.
 *
 * The fallback is a value. `.recover(…)` makes it from the error, `.orElse(…)` asks another call first: a function and a
 * call are values too, so one name cannot mean all three.
 *
 * @example optional(invoices, [])
 * @example optional(stock).recover((error) => ({ known: false, why: error.code }))
 * @example optional(invoices, []).orElse(archivedInvoices)
 */
export function optional<I, O>(call: Call<I, O>): Optional<I, O | undefined, O>
export function optional<I, O>(call: Call<I, O>, fallback: NoInfer<O>): Optional<I, O>
export function optional<I, O>(call: Call<I, O>, fallback?: O): Optional<I, O | undefined, O> {
  return covered(call, () => fallback)
}

function covered<I, O extends W | undefined, W>(call: Call<I, W>, cover: Cover<O>): Optional<I, O, W> {
  return {
    name: call.name,
    effect: call.effect,
    backends: call.backends,
    parts: [call],
    cover,
    bind: (runtime) => runtime.bind(call) as Run<I, never>,
    orElse: (other) => covered(chain(call, other), cover),
    recover: (recover) =>
      covered(call, (error): W => recover(isFacetError(error) ? error : new FacetError('internal', { cause: error }))),
  }
}

/** The first call's answer, or where it fails the second's. */
function chain<I, O>(first: Call<I, O>, second: Call<I, O>): Call<I, O> {
  return {
    name: first.name,
    effect: first.effect === 'read' ? second.effect : 'write',
    backends: [...first.backends, ...second.backends],
    parts: [first, second],
    bind: (runtime) => {
      const ask = runtime.bind(first)
      const askOther = covering(second, runtime.bind(second))
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
