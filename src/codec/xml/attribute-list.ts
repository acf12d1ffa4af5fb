import { isAscii } from 'node:buffer'
import { readPlainNumber } from './scalars.ts'
import type { Source } from './source.ts'
import { type Pattern, patternOf } from './spelling.ts'

/** Numbers kept for each attribute. */
const FIELDS = 6
const NAME_START = 0
const COLON = 1
const NAME_END = 2
const VALUE_START = 3
const VALUE_END = 4
const FLAGS = 5
/** Up to here every pair is compared; beyond, a set is faster, and no number of attributes makes it slow. */
const PAIRWISE = 8

/** How an attribute is written: a copy, which outlives the document. Places are counted from its first byte. */
export interface AttributeSpelling {
  /** From its name to the quote that ends its value. */
  readonly bytes: Pattern
  /** -1 without a prefix. */
  readonly colon: number
  readonly nameLength: number
  readonly valueStart: number
}

/** The attributes of one tag, as places in the document: a string is made of one only when it is asked for. */
export class AttributeList {
  count = 0
  #places = new Int32Array(16 * FIELDS)
  /** The namespace of each, '' for none; filled in when all declarations of the tag have been seen. */
  readonly uris: string[] = []
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  add(nameStart: number, colon: number, nameEnd: number, valueStart: number, valueEnd: number, flags: number): void {
    const at = this.count * FIELDS
    if (at === this.#places.length) {
      const grown = new Int32Array(at * 2)
      grown.set(this.#places)
      this.#places = grown
    }
    const places = this.#places
    places[at + NAME_START] = nameStart
    places[at + COLON] = colon
    places[at + NAME_END] = nameEnd
    places[at + VALUE_START] = valueStart
    places[at + VALUE_END] = valueEnd
    places[at + FLAGS] = flags
    this.uris[this.count] = ''
    this.count++
  }

  nameStart(index: number): number {
    return this.#places[index * FIELDS + NAME_START] as number
  }

  /** Where the prefix ends, -1 if there is none. */
  colon(index: number): number {
    return this.#places[index * FIELDS + COLON] as number
  }

  /** How an attribute is written, quotes and all; undefined where more than its bytes says what it means. */
  spelling(index: number): AttributeSpelling | undefined {
    const at = index * FIELDS
    const places = this.#places
    if (places[at + FLAGS] !== 0) return undefined
    const start = places[at + NAME_START] as number
    const colon = places[at + COLON] as number
    const bytes = this.#source.bytes.subarray(start, (places[at + VALUE_END] as number) + 1)
    // In another charset the bytes of the name would be another name, or none.
    if (!this.#source.ascii && !isAscii(bytes)) return undefined
    return {
      bytes: patternOf([], bytes, []),
      colon: colon < 0 ? -1 : colon - start,
      nameLength: (places[at + NAME_END] as number) - start,
      valueStart: (places[at + VALUE_START] as number) - start,
    }
  }

  prefix(index: number): string {
    const colon = this.colon(index)
    return colon < 0 ? '' : this.#source.text(this.nameStart(index), colon)
  }

  local(index: number): string {
    const at = index * FIELDS
    return this.#source.text(this.#localStart(at), this.#places[at + NAME_END] as number)
  }

  value(index: number): string {
    const at = index * FIELDS
    const places = this.#places
    return this.#source.value(
      places[at + VALUE_START] as number,
      places[at + VALUE_END] as number,
      places[at + FLAGS] as number,
    )
  }

  /** The place of the attribute with that name and namespace ('' for none), -1 if there is none. */
  find(local: string, uri: string): number {
    for (let index = 0; index < this.count; index++) {
      if (this.uris[index] === uri && this.isLocal(index, local)) return index
    }
    return -1
  }

  /** The value of the attribute with that name and namespace ('' for none). */
  named(local: string, uri: string): string | undefined {
    const index = this.find(local, uri)
    return index < 0 ? undefined : this.value(index)
  }

  /** The value as a number, where it is a plain one. */
  plainNumber(index: number): number | undefined {
    const at = index * FIELDS
    return readPlainNumber(
      this.#source.bytes,
      this.#places[at + VALUE_START] as number,
      this.#places[at + VALUE_END] as number,
    )
  }

  /** Whether an attribute's local name is this one. */
  isLocal(index: number, name: string): boolean {
    const at = index * FIELDS
    const start = this.#localStart(at)
    const { bytes } = this.#source
    const length = (this.#places[at + NAME_END] as number) - start
    for (let offset = 0; offset < length; offset++) {
      const byte = bytes[start + offset] as number
      if (byte >= 0x80) return this.local(index) === name
      if (byte !== name.charCodeAt(offset)) return false
    }
    return length === name.length
  }

  /** The place of an attribute whose name another one has too, -1 if there is none (Namespaces in XML 1.0, section 6.3). */
  duplicate(): number {
    if (this.count > PAIRWISE) {
      const names = new Set<string>()
      for (let index = 0; index < this.count; index++) {
        names.add(`${this.local(index)} ${this.uris[index]}`)
        if (names.size <= index) return this.nameStart(index)
      }
      return -1
    }
    for (let index = 1; index < this.count; index++) {
      for (let other = 0; other < index; other++) {
        if (this.uris[index] === this.uris[other] && this.#sameLocal(index * FIELDS, other * FIELDS))
          return this.nameStart(index)
      }
    }
    return -1
  }

  #localStart(at: number): number {
    const colon = this.#places[at + COLON] as number
    return colon < 0 ? (this.#places[at + NAME_START] as number) : colon + 1
  }

  #sameLocal(one: number, other: number): boolean {
    const start = this.#localStart(one)
    const otherStart = this.#localStart(other)
    const length = (this.#places[one + NAME_END] as number) - start
    if (length !== (this.#places[other + NAME_END] as number) - otherStart) return false
    const { bytes } = this.#source
    for (let offset = 0; offset < length; offset++) {
      if (bytes[start + offset] !== bytes[otherStart + offset]) return false
    }
    return true
  }
}
