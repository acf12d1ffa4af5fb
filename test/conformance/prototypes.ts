/** What every object inherits from, with what it had when this was loaded. */
const PROTOTYPES = [Object, Array, String, Number, Boolean, Function, Date, Map].map((owner) => {
  return { name: owner.name, prototype: owner.prototype, keys: keysOf(owner.prototype) }
})
const PLAIN: readonly unknown[] = [Object.prototype, Array.prototype, Date.prototype, null]

/** Says which prototype has got or lost a property since the start. */
export function touchedPrototype(): string | undefined {
  const touched = PROTOTYPES.find(({ prototype, keys }) => keysOf(prototype) !== keys)
  return touched && `${touched.name}.prototype has other keys: ${keysOf(touched.prototype)}`
}

/** Says where in a value something is that is no plain data: a prototype itself, or what inherits from another one. */
export function foreignPrototype(value: unknown, path = 'value'): string | undefined {
  if (typeof value === 'function') return `${path} is a function`
  if (typeof value !== 'object' || value === null) return undefined
  if (PROTOTYPES.some(({ prototype }) => prototype === value)) return `${path} is a prototype`
  if (!PLAIN.includes(Object.getPrototypeOf(value))) return `${path} inherits from something`
  for (const key of Object.keys(value)) {
    const found = foreignPrototype((value as Record<string, unknown>)[key], `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function keysOf(object: object): string {
  return Reflect.ownKeys(object).map(String).join()
}
