/** Longer than anybody keeps anything, and what a recipient may take for more than it can hold (RFC 9111, section 1.2.2). */
const FOREVER = 2 ** 31

/**
 * The directives of a Cache-Control field (RFC 9111, section 5.2), by name in lower case; one without a value is ''.
 *
 * Of a directive that is there twice with different values the smaller number counts, since one of them is a mistake.
 */
export class CacheControl {
  static readonly NONE: CacheControl = new CacheControl(undefined)
  readonly #directives = new Map<string, string>()

  /** @param field the field's value, several lines of it joined by commas */
  constructor(field: string | undefined) {
    if (field === undefined) return
    for (const [, name = '', string, token] of field.matchAll(DIRECTIVE)) {
      const value = string === undefined ? (token ?? '').trim() : string.replace(/\\(.)/g, '$1')
      this.#add(name.toLowerCase(), value)
    }
  }

  #add(name: string, value: string): void {
    const known = this.#directives.get(name)
    if (known === undefined || (secondsOf(value) ?? 0) < (secondsOf(known) ?? 0)) this.#directives.set(name, value)
  }

  has(name: string): boolean {
    return this.#directives.has(name)
  }

  /** The directive's value; '' where it has none, undefined where it is not there. */
  value(name: string): string | undefined {
    return this.#directives.get(name)
  }

  /**
   * The directive's number of seconds, undefined where it is not there. One that cannot be read is 0: nobody knows for how
   * long it was meant to hold (section 4.2.1).
   */
  seconds(name: string): number | undefined {
    const value = this.#directives.get(name)
    return value === undefined ? undefined : (secondsOf(value) ?? 0)
  }
}

/** A name, and perhaps a value: a quoted string, or whatever there is up to the next comma. */
const DIRECTIVE = /([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^,"]*)))?[^,]*(?:,|$)/g

/** delta-seconds (section 1.2.2); undefined for anything else. */
export function secondsOf(value: string): number | undefined {
  return /^\d+$/.test(value) ? Math.min(Number(value), FOREVER) : undefined
}
