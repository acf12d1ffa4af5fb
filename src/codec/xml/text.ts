import { AMP, CLASS, CLOSE_BRACKET, CR, GT, LT, STOPS_TEXT } from './bytes.ts'
import { endOfReference } from './reference-scanner.ts'
import { NON_ASCII, REFERENCES, type Source, UNNORMALISED } from './source.ts'

/** One bit for each of four bytes. */
const HIGH_BITS = 0x80808080 | 0

/**
 * Where text ends: at the next `<`, or at the end of the document.
 *
 * @returns the place; what the text has besides plain ASCII is left in `source.flags`
 * @throws XmlSyntaxError for what no text may have (XML 1.0, production 14)
 */
export function endOfText(source: Source, start: number): number {
  const { bytes, view } = source
  const { length } = bytes
  const lastWord = length - 4
  let flags = 0
  let seen = 0
  let at = start
  for (;;) {
    for (; at <= lastWord; at += 4) {
      const word = view.getInt32(at)
      // Whether one of the bytes is below a blank, or `<`, `&` or `]`: a byte less than n, or equal to n, leaves its high bit
      // when n, or 1, is taken from it. The bytes beside a hit may be hits by mistake; nothing is ever missed.
      const lt = word ^ 0x3c3c3c3c
      const amp = word ^ 0x26262626
      const bracket = word ^ 0x5d5d5d5d
      const hits =
        ((word - 0x20202020) & ~word) |
        ((lt - 0x01010101) & ~lt) |
        ((amp - 0x01010101) & ~amp) |
        ((bracket - 0x01010101) & ~bracket)
      if ((hits & HIGH_BITS) !== 0) break
      seen |= word
    }
    // Four bytes of which one needs a look, or the last ones of the document.
    const end = at <= lastWord ? at + 4 : length
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (((CLASS[byte] as number) & STOPS_TEXT) === 0) seen |= byte
      else if (byte === LT) {
        source.flags = seen & HIGH_BITS ? flags | NON_ASCII : flags
        return at
      } else if (byte === AMP) {
        flags |= REFERENCES
        at = endOfReference(source, at)
      } else if (byte === CR) flags |= UNNORMALISED
      else if (byte !== CLOSE_BRACKET) source.forbid(at)
      else if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GT) source.fail(at, "']]>' in text")
    }
    if (at >= length) {
      source.flags = seen & HIGH_BITS ? flags | NON_ASCII : flags
      return length
    }
  }
}
