/** The entities that every document has (XML 1.0, section 4.6). A document's own are refused. */
export const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Text with its references resolved. What is resolved has been checked before. */
export function resolveReferences(text: string): string {
  let resolved = ''
  let from = 0
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at)
    resolved += text.slice(from, at) + characterOf(text.slice(at + 1, end))
    from = end + 1
  }
  return resolved + text.slice(from)
}

function characterOf(name: string): string {
  const predefined = PREDEFINED.get(name)
  return predefined ?? String.fromCodePoint(codeOf(name) as number)
}

/** What a numeric reference's name stands for; undefined if it is none. */
export function codeOf(name: string): number | undefined {
  if (/^#[0-9]+$/.test(name)) return Number.parseInt(name.slice(1), 10)
  return /^#x[0-9A-Fa-f]+$/.test(name) ? Number.parseInt(name.slice(2), 16) : undefined
}

/** Char (XML 1.0, production 2). */
export function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
