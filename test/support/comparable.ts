/**
 * A value as something that `isDeepStrictEqual` finds equal exactly where two values are the same to whoever answers them, made
 * without the code that keys are made by: the order of properties does not count, nor one that is undefined, nor what kind of
 * zero, of bytes or of object without a class it is.
 */
export function comparable(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Array.from(value, comparable)
  // No value of ours stays an object, so that these cannot be taken for one.
  if (value instanceof Date) return { date: String(value.getTime()) }
  if (value instanceof Uint8Array) return { bytes: [...value].join() }
  return new Map(
    Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [[name, comparable(item)]])),
  )
}
