// Markup, what a parser would normalise away, controls, and everything beyond Latin-1. The C1 controls (U+0080 to U+009F) are
// among them because readers that take ISO-8859-1 for windows-1252 would turn their bytes into something else.
const UNSAFE = /[&<>"\t\r\n]|[^ -~\u00a0-\u00ff]/gu

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * Escapes text for XML content and attributes so that the result holds Latin-1 characters only; all others become character
 * references. What XML 1.0 forbids altogether (controls, lone surrogates) becomes the replacement character.
 */
export function escapeXml(text: string): string {
  return text.replace(UNSAFE, (char) => NAMED[char] ?? `&#x${allowed(char.codePointAt(0) as number).toString(16)};`)
}

/** XML 1.0, production 2 (Char). */
function allowed(code: number): number {
  const control = code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd
  const surrogate = code >= 0xd800 && code <= 0xdfff
  return control || surrogate || code === 0xfffe || code === 0xffff ? 0xfffd : code
}
