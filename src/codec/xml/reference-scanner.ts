import { AMP, HASH, LT, SEMICOLON, SPACE } from './bytes.ts'
import { codeOf, isCharacter, PREDEFINED } from './references.ts'
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
  let at = start + 1
  while (at < bytes.length) {
    const byte = bytes[at] as number
    if (byte === SEMICOLON || byte === LT || byte === AMP || byte <= SPACE) break
    at++
  }
  const name = source.text(start + 1, at)
  if (bytes[at] === SEMICOLON && PREDEFINED.has(name)) return at
  const isNumeric = bytes[start + 1] === HASH
  const code = isNumeric ? codeOf(name) : undefined
  if (bytes[at] !== SEMICOLON || name === '' || (isNumeric && code === undefined))
    return source.fail(start, "an '&' that starts no reference; the character itself is written '&amp;'")
  if (!isNumeric)
    return source.fail(start, `the entity '${name.slice(0, 40)}' is none of XML's own five, and others are not read`)
  if (!isCharacter(code as number)) return source.fail(start, 'a reference to a character that XML does not have')
  return at
}
