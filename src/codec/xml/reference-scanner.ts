import { AMP, HASH, LT, SEMICOLON, SPACE } from './bytes.ts'
import { isCharacter, PREDEFINED } from './references.ts'
import type { Source } from './source.ts'

/**
 * Checks a reference and says where it ends: the place of its semicolon.
 *
 * @throws XmlSyntaxError for one that stands for nothing, or for an entity of the document's own
 */
export function endOfReference(source: Source, start: number): number {
  const { bytes } = source
  // `&amp;` is more frequent than all others together.
  if (
    bytes[start + 4] === SEMICOLON &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x6d &&
    bytes[start + 3] === 0x70
  )
    return start + 4
  return bytes[start + 1] === HASH ? endOfNumeric(source, start) : endOfNamed(source, start)
}

/** `&#233;` or `&#xE9;` (XML 1.0, production 66). */
function endOfNumeric(source: Source, start: number): number {
  const { bytes } = source
  const isHexadecimal = bytes[start + 2] === 0x78
  const first = start + (isHexadecimal ? 3 : 2)
  let at = first
  let code = 0
  for (; ; at++) {
    const digit = digitOf(bytes[at] as number)
    if (digit < 0 || (digit > 9 && !isHexadecimal)) break
    code = code * (isHexadecimal ? 16 : 10) + digit
  }
  if (at === first || bytes[at] !== SEMICOLON) return failAtReference(source, start)
  if (!isCharacter(code)) return source.fail(start, 'a reference to a character that XML does not have')
  return at
}

/** The value of a hexadecimal digit, -1 for anything else. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function endOfNamed(source: Source, start: number): number {
  const { bytes } = source
  let at = start + 1
  while (at < bytes.length) {
    const byte = bytes[at] as number
    if (byte === SEMICOLON || byte === LT || byte === AMP || byte <= SPACE) break
    at++
  }
  if (bytes[at] !== SEMICOLON || at === start + 1) return failAtReference(source, start)
  const name = source.text(start + 1, at)
  if (PREDEFINED.has(name)) return at
  return source.fail(start, `the entity '${name.slice(0, 40)}' is none of XML's own five, and others are not read`)
}

function failAtReference(source: Source, start: number): never {
  return source.fail(start, "an '&' that starts no reference; the character itself is written '&amp;'")
}
