import type { Call } from './call.ts'
import { type EachOptions, inParallel } from './each.ts'
import { covering } from './optional.ts'

/** How many keys become one call and one call's answers become an answer a key. */
export interface BatchOptions<K, I, T> extends EachOptions {
  /** The call's input for some distinct keys. */
  readonly input: (keys: readonly K[]) => I
  /** The key of one item of the answer. */
  readonly key: (item: T) => K
  /** How many keys the backend takes in one call, 100 if not said; more keys make more calls. */
  readonly size?: number
}

/**
 * Many keys in one call, for backends that offer it: the cure for one call an item. Keys in, items out, in the order of
 * the keys and as many; a key that the backend does not know gives `undefined`; equal keys are asked once.
 *
 * @example
 * export const products = batch(productsBySku, { input: (skus) => ({ skus }), key: (product) => product.sku })
 * // in an endpoint
 * .source('products', products, ['orders'], ({ orders }) => orders.map(({ sku }) => sku))
 */
export function batch<K extends string | number | bigint, I, T>(
  call: Call<I, readonly T[]>,
  { input, key, size = 100, concurrency = 8 }: BatchOptions<K, I, T>,
): Call<readonly K[], (T | undefined)[]> {
  if (call.effect === 'write')
    throw new TypeError(`batch: '${call.name}' is a write, and writes are never merged; use each`)
  for (const [name, value] of Object.entries({ size, concurrency })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`batch: ${name} is ${value}; a whole number from 1 was expected`)
  }
  return {
    name: call.name,
    effect: 'read',
    backends: call.backends,
    parts: [call],
    isSpread: true,
    isKept: call.isKept ?? false,
    bind: (runtime) => {
      const run = covering(call, runtime)
      return async (keys, context) => {
        if (keys.length === 0) return []
        const distinct = [...new Set(keys)]
        const chunks: K[][] = []
        for (let at = 0; at < distinct.length; at += size) chunks.push(distinct.slice(at, at + size))
        const items = new Map<K, T>()
        const answers = await inParallel(chunks, (chunk) => run(input(chunk), context), concurrency)
        for (const answer of answers) for (const item of answer) items.set(key(item), item)
        return keys.map((wanted) => items.get(wanted))
      }
    },
  }
}
