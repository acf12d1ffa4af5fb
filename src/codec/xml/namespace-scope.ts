import type { AttributeSpelling } from './attribute-list.ts'
import { isThere } from './spelling.ts'

/** How many declarations are remembered: those that a service makes again in every document. */
const MOST = 64
/** And how many that may follow each other at one place. */
const MOST_AT_ONE_PLACE = 4

/** Unique in the process, since what is remembered by it outlives a document and its scanner. */
let versions = 0

/** A declaration that has been read before, and what holds after it. */
export interface Declared extends AttributeSpelling {
  readonly prefix: string
  readonly uri: string
  readonly scope: Scope
}

/**
 * The declarations that hold at a place of a document. The same ones in the same order are the same scope, also in the next
 * document: what was looked up before holds, and nothing has to be made again.
 */
export class Scope {
  readonly version = ++versions
  /** The default namespace. */
  readonly default: string
  readonly #next: Declared[] = []

  constructor(defaultUri: string) {
    this.default = defaultUri
  }

  /** The declaration whose bytes stand there, if it has been read here before. */
  next(view: DataView, start: number): Declared | undefined {
    for (const declared of this.#next) {
      if (start + declared.bytes.size <= view.byteLength && isThere(view, start, declared.bytes)) return declared
    }
    return undefined
  }

  /** What holds after one more declaration. */
  with(prefix: string, uri: string): Scope {
    return new Scope(prefix === '' ? uri : this.default)
  }

  /** @returns whether there is room for one more */
  remember(declared: Declared): boolean {
    return this.#next.length < MOST_AT_ONE_PLACE && this.#next.push(declared) > 0
  }
}

/** Every scope that is remembered, from the one without declarations on. */
export class Scopes {
  root = new Scope('')
  #count = 0

  /** Forgets them when there are so many that they cannot be what a service makes again and again. */
  tidy(): void {
    if (this.#count < MOST) return
    this.root = new Scope('')
    this.#count = 0
  }

  /** @param spelling how it is declared, undefined for a declaration that is not to be remembered */
  after(scope: Scope, spelling: AttributeSpelling | undefined, prefix: string, uri: string): Scope {
    const next = scope.with(prefix, uri)
    if (spelling === undefined || this.#count >= MOST) return next
    // Where there is no more room at one place, others have come to stay than those that come now.
    const isKept = scope.remember({ ...spelling, prefix: copyOf(prefix), uri: copyOf(uri), scope: next })
    this.#count = isKept ? this.#count + 1 : MOST
    return next
  }
}

/** The same text in memory of its own: a substring keeps what it was cut from alive. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}
