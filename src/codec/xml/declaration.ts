import { CLASS, COLON, GT, LT, NAME, QUESTION } from './bytes.ts'

/** What the XML declaration at the start of a document says. */
export interface Declaration {
  /** How many bytes it has. */
  readonly length: number
  readonly encoding: string | undefined
  /** Whether it is as it must be. */
  readonly valid: boolean
}

/** XMLDecl (XML 1.0, productions 23 to 26, 32, 80 and 81). */
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/

/** Longer ones are not remembered. */
const LONGEST = 256

/** A service sends the same declaration with every document: the few that were new last, as they stand. */
const MOST = 4
const met: { readonly start: Uint8Array; readonly declaration: Declaration }[] = []

/** The XML declaration of a document whose bytes are ASCII where it stands; undefined for a document without one. */
export function declarationOf(bytes: Buffer): Declaration | undefined {
  // `<?xml` and what ends a name; `<?xml-stylesheet` is an ordinary instruction.
  if (bytes[0] !== LT || bytes[1] !== QUESTION || bytes[2] !== 0x78 || bytes[3] !== 0x6d || bytes[4] !== 0x6c)
    return undefined
  const after = bytes[5] as number
  if (after >= 0x80 || (CLASS[after] as number) & NAME || after === COLON) return undefined
  for (const { start, declaration } of met) if (startsWith(bytes, start)) return declaration
  let end = 6
  while (end < bytes.length && bytes[end] !== GT) end++
  const text = bytes.toString('latin1', 0, Math.min(end + 1, bytes.length))
  const match = DECLARATION.exec(text)
  const declaration = { length: text.length, encoding: match?.[1] ?? match?.[2], valid: match !== null }
  if (match && text.length < LONGEST) {
    met.unshift({ start: Uint8Array.prototype.slice.call(bytes, 0, text.length), declaration })
    met.length = Math.min(met.length, MOST)
  }
  return declaration
}

function startsWith(bytes: Buffer, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at++) if (bytes[at] !== start[at]) return false
  return true
}
