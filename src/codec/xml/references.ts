/** The entities that every document has (XML 1.0, section 4.6). A document's own are refused. */
export const PREDEFINED: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos'])

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
