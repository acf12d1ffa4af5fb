import { CLASS, GT, WHITE } from './bytes.ts'
import type { Source } from './source.ts'

/** The names of the elements that are open, as places in the document. */
export class OpenElements {
  readonly #source: Source
  /** First byte and length of each. */
  #names = new Int32Array(64)

  constructor(source: Source) {
    this.#source = source
  }

  /** @param depth how many are open already */
  push(depth: number, start: number, end: number): void {
    const slot = depth * 2
    if (slot === this.#names.length) {
      const grown = new Int32Array(slot * 2)
      grown.set(this.#names)
      this.#names = grown
    }
    this.#names[slot] = start
    this.#names[slot + 1] = end - start
  }

  /** Where the end tag of the innermost element ends, -1 if the tag is none of it. */
  endOfTag(start: number, depth: number): number {
    const { bytes, view } = this.#source
    const slot = (depth - 1) * 2
    const open = this.#names[slot] as number
    const length = this.#names[slot + 1] as number
    let at = start + 2
    if (at + length >= bytes.length) return -1
    let offset = 0
    for (; offset + 4 <= length; offset += 4) if (view.getInt32(open + offset) !== view.getInt32(at + offset)) return -1
    for (; offset < length; offset++) if (bytes[open + offset] !== bytes[at + offset]) return -1
    at += length
    if (bytes[at] === GT) return at + 1
    while ((CLASS[bytes[at] as number] as number) & WHITE) at++
    return bytes[at] === GT ? at + 1 : -1
  }

  /** The innermost element's name, as much of it as a message may have. */
  name(depth: number): string {
    const slot = (depth - 1) * 2
    const start = this.#names[slot] as number
    return this.#source.text(start, start + Math.min(this.#names[slot + 1] as number, 40))
  }
}
