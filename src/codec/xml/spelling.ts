import { COLON, GT, LT, SLASH } from './bytes.ts'

/** How an element's name was spelt when it was met last, prefix and all: if it comes again, comparing is all that it takes. */
export interface Spelling {
  /** How many bytes the name has. */
  readonly length: number
  /** The place of the colon, -1 without. */
  readonly colon: number
  readonly prefix: string
  /** `<name`, `<name>` and `</name>`, to be compared four bytes at a time. */
  readonly tag: Pattern
  readonly start: Pattern
  readonly end: Pattern
  /** While these declarations hold, in a parent of that namespace, the name is known to be the element's. */
  version: number
  parentUri: string
}

/** Bytes as big-endian words, the last of which overlaps the one before where they do not come out even. */
export interface Pattern {
  readonly size: number
  readonly first: number
  /** Those between the first and the last. */
  readonly middle: readonly number[]
  readonly last: number
}

/** A copy, which outlives the document. */
export function spellingOf(name: Uint8Array, prefix: string): Spelling {
  return {
    length: name.length,
    colon: name.indexOf(COLON),
    prefix,
    tag: patternOf([LT], name, []),
    start: patternOf([LT], name, [GT]),
    end: patternOf([LT, SLASH], name, [GT]),
    version: -1,
    parentUri: '',
  }
}

/** What is too short for a word is never there: it has more bytes than any document. */
const NEVER: Pattern = { size: 2 ** 30 - 1, first: 0, middle: [], last: 0 }

/** A copy of some bytes. Made anew whenever a prefix changes, which a document may do at every element. */
export function patternOf(before: readonly number[], name: Uint8Array, after: readonly number[]): Pattern {
  const bytes = [...before]
  for (let at = 0; at < name.length; at++) bytes.push(name[at] as number)
  bytes.push(...after)
  const size = bytes.length
  if (size < 4) return NEVER
  const middle: number[] = []
  for (let at = 4; at < size - 4; at += 4) middle.push(wordAt(bytes, at))
  return { size, first: wordAt(bytes, 0), middle, last: wordAt(bytes, size - 4) }
}

/** As `DataView` reads it. */
function wordAt(bytes: readonly number[], at: number): number {
  let word = 0
  for (let offset = 0; offset < 4; offset++) word = (word << 8) | (bytes[at + offset] as number)
  return word
}

/** Whether the bytes at a place are those of a pattern; there must be as many. */
export function isThere(view: DataView, at: number, { size, first, middle, last }: Pattern): boolean {
  if (view.getInt32(at) !== first || view.getInt32(at + size - 4) !== last) return false
  for (let word = 0; word < middle.length; word++) if (view.getInt32(at + word * 4 + 4) !== middle[word]) return false
  return true
}
