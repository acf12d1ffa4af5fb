import { CLASS, COLON, NAME, NAME_START } from './bytes.ts'
import { continuesName, startsName } from './names.ts'
import type { Source } from './source.ts'

/** Finds the ends of qualified names (Namespaces in XML 1.0, production 7). */
export class NameScanner {
  /** Where the colon of the name stands that was read last, -1 if it has none. */
  colon = -1
  readonly #source: Source
  readonly #maxBytes: number

  constructor(source: Source, maxBytes: number) {
    this.#source = source
    this.#maxBytes = maxBytes
  }

  /**
   * Where a name ends.
   *
   * @param what is named, for the message
   * @throws XmlSyntaxError if there is none, or it has two colons or one at its ends
   */
  end(start: number, what: string): number {
    const { bytes } = this.#source
    this.colon = -1
    let at = this.#part(start)
    if (at === start) return this.#source.fail(start, `${what} was expected`)
    if (bytes[at] === COLON) {
      this.colon = at
      const local = at + 1
      at = this.#part(local)
      if (at === local) return this.#source.fail(local, 'a name was expected after a colon')
      if (bytes[at] === COLON) return this.#source.fail(at, 'a name with two colons')
    }
    if (at - start > this.#maxBytes) this.#source.exceed(start, `a name of more than ${this.#maxBytes} bytes`)
    return at
  }

  /** The end of a name without a colon; where it starts if there is none. */
  #part(start: number): number {
    const { bytes } = this.#source
    const first = bytes[start] as number
    if ((CLASS[first] as number) & NAME_START) {
      let at = start + 1
      while (at < bytes.length && (CLASS[bytes[at] as number] as number) & NAME) at++
      return (bytes[at] as number) >= 0x80 ? this.#rest(at) : at
    }
    if (!(first >= 0x80)) return start
    const { code, length } = this.#source.codePointAt(start)
    return startsName(code) ? this.#rest(start + length) : start
  }

  /** The same from within a name that is not ASCII; beyond what a name may have it is not worth going on. */
  #rest(from: number): number {
    const { bytes } = this.#source
    for (let at = from; at < bytes.length; ) {
      if (at - from > this.#maxBytes) return at
      const byte = bytes[at] as number
      if (byte < 0x80) {
        if (!((CLASS[byte] as number) & NAME)) return at
        at++
        continue
      }
      const { code, length } = this.#source.codePointAt(at)
      if (!continuesName(code)) return at
      at += length
    }
    return bytes.length
  }
}
