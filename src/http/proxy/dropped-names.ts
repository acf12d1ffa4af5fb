import type { Names } from '../../lib/fields.ts'

/** All names that begin so are a word about whom a request stands for, whoever has made them up. */
const FAMILY = 'x-forwarded'
/** A request has it, and nobody but its parser may say it: in another spelling it would be a second one. */
const LENGTH = 'content-length'

/**
 * The names of fields that are not passed on, in every spelling that a backend may take for theirs: CGI, WSGI and PHP make one variable
 * of `X-Forwarded-For` and `X_Forwarded_For` (RFC 3875, section 4.1.18). A name is asked for here with each field of each request: most
 * begin with another character than all of these, and are not looked at any further.
 */
export class DroppedNames implements Names {
  readonly #names: ReadonlySet<string>
  readonly #folded: ReadonlySet<string>
  /** By the code of a character: 1 where one of the names begins with it. */
  readonly #firsts = new Uint8Array(128)

  /** @param names in lower case */
  constructor(names: Iterable<string>) {
    const said = [...names]
    const folded = said.map(fold)
    this.#names = new Set([...said, ...folded])
    this.#folded = new Set([...folded, LENGTH])
    for (const name of [...this.#folded, FAMILY]) this.#firsts[name.charCodeAt(0)] = 1
  }

  /** @param name in lower case */
  has(name: string): boolean {
    if (this.#firsts[name.charCodeAt(0)] !== 1) return false
    return this.#names.has(name) || name.startsWith(FAMILY) || (name.includes('_') && this.#isFolded(fold(name)))
  }

  #isFolded(name: string): boolean {
    return name.startsWith(FAMILY) || this.#folded.has(name)
  }
}

function fold(name: string): string {
  return name.replaceAll('_', '-')
}
