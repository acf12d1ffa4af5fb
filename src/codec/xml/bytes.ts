/** Bytes that mean something in XML, and what each byte may be part of. */

export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const BANG = 0x21
export const QUOTE = 0x22
export const HASH = 0x23
export const AMP = 0x26
export const APOS = 0x27
export const DASH = 0x2d
export const SLASH = 0x2f
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const LT = 0x3c
export const EQUALS = 0x3d
export const GT = 0x3e
export const QUESTION = 0x3f
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d

/** May start a name, the colon apart (XML 1.0, production 4). Bytes from 0x80 are looked at one by one. */
export const NAME_START = 1
/** May go on in a name, the colon apart (production 4a). */
export const NAME = 2
/** Needs a look when it stands in text: markup, references, `]]>`, line ends, characters that XML does not have. */
export const STOPS_TEXT = 4
/** Needs a look when it stands in an attribute's value. */
export const STOPS_VALUE = 8
/** White space (production 3). */
export const WHITE = 16
/** A character that no document may have (production 2). */
export const FORBIDDEN = 32

/** The classes of each byte. */
export const CLASS: Uint8Array = classes()

function classes(): Uint8Array {
  const table = new Uint8Array(256)
  const mark = (characters: string, bits: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = (table[character.charCodeAt(0)] ?? 0) | bits
  }
  for (let byte = 0; byte < SPACE; byte++) mark(String.fromCharCode(byte), FORBIDDEN | STOPS_TEXT | STOPS_VALUE)
  for (const byte of [TAB, LF, CR]) table[byte] = WHITE | STOPS_VALUE
  mark(' ', WHITE)
  mark('\r', STOPS_TEXT)
  mark('<&]', STOPS_TEXT)
  mark('<&"\'', STOPS_VALUE)
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  mark(`${letters}_`, NAME_START | NAME)
  mark('0123456789.-', NAME)
  return table
}

/** What `toString` calls when it has found out the encoding; that costs as much again, and its type is left out of Node's. */
export interface Slicing extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}
