import { AMP, CR, HASH, LF, SEMICOLON, type Slicing, SPACE, TAB } from './bytes.ts'

/** What becomes of white space: line ends alone are normalised, or all of it, or that around and between tokens as well. */
export type Space = 'lines' | 'spaces' | 'tokens'

/** Texts up to here need no memory of their own. */
const SCRATCH = 4_096
const scratch = Buffer.allocUnsafeSlow(SCRATCH)

/**
 * Text as its reader sees it: references resolved, line ends as line feeds (XML 1.0, section 2.11), in an attribute's value as
 * spaces (section 3.3.3). In one pass over the bytes, since a text may be megabytes of nothing but references.
 *
 * @param bytes UTF-8, whose references have been checked
 * @param references whether there are any: in a CDATA section an ampersand is one
 */
export function resolve(bytes: Buffer, start: number, end: number, space: Space, references: boolean): string {
  // Nothing gets longer: the shortest reference has four bytes, and so has the longest character.
  const to = end - start <= SCRATCH ? scratch : Buffer.allocUnsafe(end - start)
  let length = 0
  let seen = 0
  for (let at = start; at < end; at++) {
    let byte = bytes[at] as number
    if (references && byte === AMP) {
      const code = codeAt(bytes, at + 1)
      while (at < end && bytes[at] !== SEMICOLON) at++
      if (code >= 0x80) {
        length = putCharacter(to, length, code)
        seen = 0x80
        continue
      }
      byte = code
    } else if (byte === CR) {
      if (bytes[at + 1] === LF) at++
      byte = space === 'lines' ? LF : SPACE
    } else if (space !== 'lines' && (byte === LF || byte === TAB)) byte = SPACE
    to[length++] = byte
    seen |= byte
  }
  if (space === 'tokens') length = collapse(to, length)
  return seen < 0x80 ? (to as Slicing).latin1Slice(0, length) : (to as Slicing).utf8Slice(0, length)
}

/** The character of a reference, from the byte after its ampersand. */
function codeAt(bytes: Buffer, at: number): number {
  if (bytes[at] !== HASH) return predefined(bytes[at] as number, bytes[at + 1] as number)
  const isHexadecimal = bytes[at + 1] === 0x78
  let code = 0
  for (let digit = at + (isHexadecimal ? 2 : 1); bytes[digit] !== SEMICOLON; digit++) {
    const byte = bytes[digit] as number
    // The letters of both cases end in their value less nine.
    code = code * (isHexadecimal ? 16 : 10) + (byte < 0x40 ? byte & 15 : (byte & 15) + 9)
  }
  return code
}

/** The entities that every document has (XML 1.0, section 4.6), by their first two letters: `lt`, `gt`, `quot`, `amp`, `apos`. */
function predefined(first: number, second: number): number {
  if (first === 0x6c) return 0x3c
  if (first === 0x67) return 0x3e
  if (first === 0x71) return 0x22
  return second === 0x6d ? 0x26 : 0x27
}

/** Writes a character beyond ASCII in UTF-8, and says where the next one goes. */
function putCharacter(to: Buffer, at: number, code: number): number {
  if (code < 0x800) {
    to[at] = 0xc0 | (code >> 6)
    to[at + 1] = 0x80 | (code & 0x3f)
    return at + 2
  }
  if (code < 0x10000) {
    to[at] = 0xe0 | (code >> 12)
    to[at + 1] = 0x80 | ((code >> 6) & 0x3f)
    to[at + 2] = 0x80 | (code & 0x3f)
    return at + 3
  }
  to[at] = 0xf0 | (code >> 18)
  to[at + 1] = 0x80 | ((code >> 12) & 0x3f)
  to[at + 2] = 0x80 | ((code >> 6) & 0x3f)
  to[at + 3] = 0x80 | (code & 0x3f)
  return at + 4
}

/** Takes away the spaces around tokens, and all but one of those between two. */
function collapse(bytes: Buffer, length: number): number {
  let to = 0
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number
    if (byte !== SPACE || (to > 0 && bytes[to - 1] !== SPACE)) bytes[to++] = byte
  }
  return to > 0 && bytes[to - 1] === SPACE ? to - 1 : to
}
