import { FacetError } from '../../errors.ts'

/**
 * The text of an XML document, in the order of RFC 7303, section 3: byte-order mark, then the Content-Type's charset, then
 * the XML declaration, then UTF-8. Malformed sequences are refused, never replaced.
 *
 * @throws FacetError `backend-malformed`
 */
export function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const charset = markOf(bytes) ?? labelOf(contentType) ?? declaredIn(bytes) ?? 'utf-8'
  // TextDecoder takes these labels for windows-1252, which gives bytes 0x80 to 0x9f another meaning.
  if (/^(iso[-_]?8859-1|latin-?1|l1)$/i.test(charset)) return bytes.toString('latin1')
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new FacetError('backend-malformed', { detail: `the XML is not the ${charset} that it says it is`, cause })
  }
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return undefined
}

function labelOf(contentType: string | undefined): string | undefined {
  return contentType && /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]
}

function declaredIn(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 200)
  return /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1]
}
