import { CLASS, CLOSE_BRACKET, CR, DASH, FORBIDDEN, GT, QUESTION, WHITE } from './bytes.ts'
import type { NameScanner } from './name-scanner.ts'
import { NON_ASCII, type Source, UNNORMALISED } from './source.ts'

/** Where a comment ends, which starts with `<!-` (XML 1.0, production 15). */
export function endOfComment(source: Source, start: number): number {
  const { bytes } = source
  if (bytes[start + 3] !== DASH) source.fail(start, "'<!' that starts nothing")
  for (let at = endOfPlain(source, start + 4); at < bytes.length; at = endOfPlain(source, at + 1)) {
    const byte = bytes[at] as number
    if (byte === DASH && bytes[at + 1] === DASH) {
      if (bytes[at + 2] !== GT) source.fail(at, "'--' within a comment")
      return at + 3
    }
    if ((CLASS[byte] as number) & FORBIDDEN) source.forbid(at)
  }
  return source.fail(start, 'a comment that does not end')
}

/** Where the next byte is that is a dash or below a blank, or near: four bytes at a time. */
function endOfPlain({ bytes, view }: Source, start: number): number {
  let at = start
  for (const last = bytes.length - 4; at <= last; at += 4) {
    const word = view.getInt32(at)
    const dash = word ^ 0x2d2d2d2d
    // A byte less than n, or equal to n, leaves its high bit when n, or 1, is taken from it.
    if ((((word - 0x20202020) & ~word) | ((dash - 0x01010101) & ~dash)) & 0x80808080) break
  }
  return at
}

/** Where a processing instruction ends (production 16; its target has no colon). */
export function endOfInstruction(source: Source, names: NameScanner, start: number): number {
  const { bytes } = source
  const end = names.end(start + 2, 'the target of a processing instruction')
  if (names.colon >= 0) source.fail(start, 'a colon in the target of a processing instruction')
  if (source.text(start + 2, end).toLowerCase() === 'xml')
    source.fail(start, 'an XML declaration that is not at the very start of the document')
  if (bytes[end] === QUESTION && bytes[end + 1] === GT) return end + 2
  if (end >= bytes.length || !((CLASS[bytes[end] as number] as number) & WHITE))
    source.fail(end, 'white space was expected after the target of a processing instruction')
  for (let at = end; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUESTION && bytes[at + 1] === GT) return at + 2
    if ((CLASS[byte] as number) & FORBIDDEN) source.forbid(at)
  }
  return source.fail(start, 'a processing instruction that does not end')
}

/** How many bytes `<![CDATA[` has. */
export const CDATA_START = 9

/**
 * The `]]>` of a CDATA section (production 18), and what the text before it has besides plain ASCII.
 *
 * @returns the place of the first bracket; the flags are left in `source.flags`
 */
export function endOfCdata(source: Source, start: number): number {
  const { bytes } = source
  if (source.text(start, Math.min(start + CDATA_START, bytes.length)) !== '<![CDATA[')
    source.fail(start, "'<!' that starts nothing")
  let flags = 0
  let seen = 0
  for (let at = start + CDATA_START; at < bytes.length; at++) {
    const byte = bytes[at] as number
    seen |= byte
    if (byte === CLOSE_BRACKET && bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GT) {
      source.flags = seen >= 0x80 ? flags | NON_ASCII : flags
      return at
    }
    if (byte === CR) flags |= UNNORMALISED
    else if ((CLASS[byte] as number) & FORBIDDEN) source.forbid(at)
  }
  return source.fail(start, 'a CDATA section that does not end')
}
