import { isAscii } from 'node:buffer'
import { Namespaces } from './namespaces.ts'
import { Source } from './source.ts'
import { type Spelling, spellingOf } from './spelling.ts'

/** What a scanner has come to, as places in the document: a string is made only when one is asked for. */
export class Current {
  readonly source = new Source()
  readonly namespaces: Namespaces = new Namespaces(this.source)
  /** How many elements are open, the current one included. */
  depth = 0
  /** The current tag's name: its first byte, its colon (-1 without), its end. */
  nameStart = 0
  nameColon = -1
  nameEnd = 0
  /** The current element's namespace, '' for none. */
  uri = ''
  /** Which of the expected spellings the current tag's name has: 1, 2, or 0 for neither. */
  expected = 0
  /** The current text. */
  textStart = 0
  textEnd = 0
  textFlags = 0

  /** The text that was come to, references resolved. */
  text(): string {
    return this.source.content(this.textStart, this.textEnd, this.textFlags)
  }

  /** The current element's name without its prefix. */
  local(): string {
    return this.source.text(this.nameColon < 0 ? this.nameStart : this.nameColon + 1, this.nameEnd)
  }

  /** The current element's prefix, '' for none. */
  prefix(): string {
    return this.nameColon < 0 ? '' : this.source.text(this.nameStart, this.nameColon)
  }

  /** How the current element's name is spelt; undefined where the next document, in another charset, would spell it otherwise. */
  spelling(): Spelling | undefined {
    const name = this.source.bytes.subarray(this.nameStart, this.nameEnd)
    return this.source.ascii || isAscii(name) ? spellingOf(name, this.prefix()) : undefined
  }

  /** Comes to a text. */
  protected found(start: number, end: number): void {
    this.textStart = start
    this.textEnd = end
    this.textFlags = this.source.flags
  }
}
