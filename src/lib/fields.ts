/** Names in lower case, of which it can only be asked whether one is among them. */
export interface Names {
  has(name: string): boolean
}

/** A part of a raw head: undici gives bytes where it has not made text of them. */
export function text(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}

/** A list of names and values in turn without the fields of some names. */
export function without(raw: readonly string[], names: Names): string[] {
  const kept: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    if (!names.has(name.toLowerCase())) kept.push(name, raw[at + 1] as string)
  }
  return kept
}

/** The header fields of a message, as they came: a flat list of names and values, as node and undici give it. */
export class Fields {
  static readonly NONE: Fields = new Fields([])
  readonly raw: readonly string[]
  #byName: Map<string, string[]> | undefined

  constructor(raw: readonly string[]) {
    this.raw = raw
  }

  /** Those of a message that undici has received. */
  static of(raw: readonly (string | Buffer)[]): Fields {
    return new Fields(raw.map(text))
  }

  /** Every value of a field. @param name in lower case */
  all(name: string): readonly string[] {
    return this.#index().get(name) ?? NONE
  }

  /** A field's value, several lines of it joined by commas (RFC 9110, section 5.3). @param name in lower case */
  get(name: string): string | undefined {
    const values = this.#index().get(name)
    return values === undefined ? undefined : values.length === 1 ? values[0] : values.join(', ')
  }

  has(name: string): boolean {
    return this.#index().has(name)
  }

  /** The names that there are, in lower case. */
  names(): IterableIterator<string> {
    return this.#index().keys()
  }

  /** The same without the fields of some names. */
  without(names: Names): Fields {
    const raw = without(this.raw, names)
    return raw.length === this.raw.length ? this : new Fields(raw)
  }

  /** Those of some names. @param names in lower case */
  only(names: ReadonlySet<string>): Fields {
    const others = new Set(this.names()).difference(names)
    return this.without(others)
  }

  /** The same with other fields in the place of those that have their names, and beside the others. */
  with(others: Fields): Fields {
    if (others.raw.length === 0) return this
    return new Fields([...this.without(new Set(others.names())).raw, ...others.raw])
  }

  #index(): Map<string, string[]> {
    if (this.#byName) return this.#byName
    const byName = new Map<string, string[]>()
    for (let at = 0; at < this.raw.length; at += 2) {
      const name = (this.raw[at] as string).toLowerCase()
      const value = this.raw[at + 1] as string
      const values = byName.get(name)
      if (values) values.push(value)
      else byName.set(name, [value])
    }
    this.#byName = byName
    return byName
  }
}

const NONE: readonly string[] = []
