/** An object that a document is read to. */
export type Values = Record<string, unknown>

/**
 * Gives an object a property of its own, whatever its name: `__proto__` too is data, as it is for `JSON.parse`.
 *
 * The objects have `Object.prototype`, so that they are like those that `JSON.parse` makes to everything that looks at them
 * (schemas, equality in tests, `hasOwnProperty`). That is safe, since nothing is ever looked up by a name from a document
 * without asking whether it is the object's own.
 */
export function put(values: Values, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(values, key, { value, writable: true, enumerable: true, configurable: true })
  else values[key] = value
}

/** An object that is being filled; what comes more than once is a list. */
export class Properties {
  readonly values: Values = {}
  /** How many properties there are. */
  size = 0
  /** Those that are lists because of what came, and not because of what somebody's function made of a value. */
  #lists: Set<string> | undefined

  has(key: string): boolean {
    return Object.hasOwn(this.values, key)
  }

  /** Sets a property, whatever it was before. */
  set(key: string, value: unknown): void {
    if (!this.has(key)) this.size++
    put(this.values, key, value)
  }

  /**
   * Adds one of a property's values.
   *
   * @param asList whether it is a list from the first one on
   */
  add(key: string, value: unknown, asList: boolean): void {
    const { values } = this
    if (!this.has(key)) {
      this.size++
      put(values, key, asList ? [value] : value)
      if (asList) this.#remember(key)
    } else if (this.#lists?.has(key)) (values[key] as unknown[]).push(value)
    else {
      put(values, key, [values[key], value])
      this.#remember(key)
    }
  }

  /** Whether a property is a list of several, or of what was to be a list. */
  isList(key: string): boolean {
    return this.#lists?.has(key) === true
  }

  #remember(key: string): void {
    this.#lists ??= new Set()
    this.#lists.add(key)
  }
}
