/**
 * The text of a document for parsers that take strings: what a careful team would write. It is in their favour, since a
 * malformed sequence is refused for them, and stands apart from Facet's own, which it is to be held against.
 *
 * @throws Error for bytes that are not what the byte-order mark or the declaration says
 */
export function textOf(bytes: Buffer): string {
  const charset = markOf(bytes) ?? declaredIn(bytes) ?? 'utf-8'
  // For TextDecoder these are windows-1252, in which bytes from 0x80 to 0x9f are other characters.
  if (/^(iso-8859-1|latin1)$/i.test(charset)) return bytes.toString('latin1')
  if (/^us-ascii$/i.test(charset)) {
    if (bytes.some((byte) => byte > 0x7f)) throw new Error('not ASCII')
    return bytes.toString('latin1')
  }
  return new TextDecoder(charset, { fatal: true }).decode(bytes)
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return undefined
}

/** In UTF-16 too, where it names it: without a mark that is the only way to know (XML 1.0, appendix F.1). */
function declaredIn(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 100_000)
  const name = /^<\?xml[ \t\r\n][^>]*?(?<=[ \t\r\n])encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(
    head.replaceAll('\0', ''),
  )?.[1]
  if (name === undefined || !/^\0?<\0/.test(head)) return name
  if (!/^utf-16(le|be)?$/i.test(name)) return undefined
  return head.startsWith('<') ? 'utf-16le' : 'utf-16be'
}
