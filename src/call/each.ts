import { keyOf } from '../lib/key.ts'
import type { Call, Run } from './call.ts'
import { covering } from './optional.ts'

/** How `each` and `batch` spread their calls. */
export interface EachOptions {
  /** How many run at the same time, 8 if not said: a long list must not become a burst at the backend. */
  readonly concurrency?: number
}

const CONCURRENCY = 8

/**
 * One call for every element: inputs in, answers out, in the same order. Equal inputs of a read are asked once; a write
 * is done as often as it is said. For a backend that takes many keys in one call there is `batch`.
 *
 * @example .source('products', each(product), ['orders'], ({ orders }) => orders.map(({ sku }) => ({ sku })))
 */
export function each<I, O>(call: Call<I, O>, { concurrency = CONCURRENCY }: EachOptions = {}): Call<readonly I[], O[]> {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError(`each: concurrency is ${concurrency}; a whole number from 1 was expected`)
  return {
    name: call.name,
    effect: call.effect,
    backends: call.backends,
    parts: [call],
    isSpread: true,
    isKept: call.isKept ?? false,
    bind: (runtime) => {
      const run = covering(call, runtime)
      const spread: Run<readonly I[], O[]> = (inputs, context) =>
        inParallel(inputs, (input) => run(input, context), concurrency)
      return call.effect === 'write' ? spread : unique(spread)
    },
  }
}

/** Runs a list's distinct elements alone, and gives every element the answer of its equal. */
function unique<I, O>(spread: Run<readonly I[], O[]>): Run<readonly I[], O[]> {
  return async (inputs, context) => {
    if (inputs.length < 2) return spread(inputs, context)
    const positions = new Map<string, number>()
    const distinct: I[] = []
    const places = inputs.map((input) => {
      const key = keyOf(input)
      let place = positions.get(key)
      if (place === undefined) {
        place = distinct.push(input) - 1
        positions.set(key, place)
      }
      return place
    })
    const answers = await spread(distinct, context)
    return places.map((place) => answers[place] as O)
  }
}

/** Maps a list with at most `limit` calls under way; the first failure ends it and starts nothing more. */
export async function inParallel<I, O>(
  items: readonly I[],
  work: (item: I) => Promise<O>,
  limit: number,
): Promise<O[]> {
  // A call that throws instead of rejecting must not leave the ones before it without anybody who hears of their failure.
  if (items.length <= limit) return Promise.all(items.map(async (item) => work(item)))
  const answers = new Array<O>(items.length)
  let next = 0
  let failed = false
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        answers[index] = await work(items[index] as I)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return answers
}
