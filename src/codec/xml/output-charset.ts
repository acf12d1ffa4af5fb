/** An encoding that documents can be written in. */
export type OutputCharset = 'utf-8' | 'utf-16le' | 'iso-8859-1' | 'us-ascii'

export const OUTPUT_CHARSETS: readonly OutputCharset[] = ['utf-8', 'utf-16le', 'iso-8859-1', 'us-ascii']

/**
 * A document's bytes in an encoding: what the encoding does not have is written as references.
 *
 * @throws TypeError for a name with characters that the encoding does not have, since names cannot have references
 */
export function encodeDocument(text: string, charset: OutputCharset): string | Buffer {
  switch (charset) {
    case 'utf-8':
      return text
    case 'utf-16le':
      // With a byte-order mark, which documents in UTF-16 must have (XML 1.0, section 4.3.3).
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'iso-8859-1':
      return Buffer.from(withReferences(text, /[^\x00-\xff]/u), 'latin1')
    case 'us-ascii':
      return Buffer.from(withReferences(text, /[^\x00-\x7f]/u), 'latin1')
  }
}

function withReferences(text: string, foreign: RegExp): string {
  if (!foreign.test(text)) return text
  return text
    .split(/(<(?:"[^"]*"|'[^']*'|[^"'>])*>)/)
    .map((piece, index) => (index % 2 === 0 ? replaced(piece, foreign) : replacedInTag(piece, foreign)))
    .join('')
}

function replacedInTag(tag: string, foreign: RegExp): string {
  return tag
    .split(/("[^"]*"|'[^']*')/)
    .map((piece, index) => {
      if (index % 2 === 1) return replaced(piece, foreign)
      if (foreign.test(piece))
        throw new TypeError('a name has a character that the encoding of the document does not have')
      return piece
    })
    .join('')
}

function replaced(text: string, foreign: RegExp): string {
  return text.replace(new RegExp(foreign.source, 'gu'), (character) => `&#${character.codePointAt(0)};`)
}
