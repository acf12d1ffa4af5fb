import { type Model, modelOf } from './content.ts'
import { textOf } from './text.ts'

/** What saxes says of a document, and what the document's bytes say of its encoding. */
export interface Judgement {
  /** Undefined where the bytes are not what they are said to be. */
  readonly text: string | undefined
  /** What the document has; undefined where it is malformed. */
  readonly model: Model | undefined
  readonly error: string | undefined
}

/** Asks saxes; undefined for a document with a DOCTYPE, of which every parser that does not validate reads what it likes. */
export function judge(bytes: Buffer): Judgement | undefined {
  let text: string | undefined
  try {
    text = textOf(bytes)
    if (text.includes('<!DOCTYPE')) return undefined
    // XML 1.1 has rules of its own, which saxes follows; any version is read by those of 1.0 (fifth edition, section 2.8).
    if (/^<\?xml\s+version\s*=\s*["']1\.1["']/.test(text)) return undefined
    // The decoder has taken one away, and saxes would take the other one.
    if (text.startsWith('\ufeff')) return { text, model: undefined, error: 'a second byte-order mark' }
    const conflict = encodingConflict(bytes, text)
    if (conflict !== undefined) return { text, model: undefined, error: conflict }
    return { text, model: modelOf(text), error: undefined }
  } catch (error) {
    return { text, model: undefined, error: String(error) }
  }
}

/** XML 1.0, section 4.3.3: it is an error to be in another encoding than is declared. Strings do not show that to saxes. */
function encodingConflict(bytes: Buffer, text: string): string | undefined {
  const declared = /^<\?xml[ \t\r\n][^>]*?(?<=[ \t\r\n])encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(text)?.[1]
  if (declared === undefined) return undefined
  const [first, second] = bytes
  const wide = first === 0xff || first === 0xfe || first === 0 || second === 0
  const marked = first === 0xef && second === 0xbb
  const fits = wide
    ? /^utf-?16(le|be)?$/i.test(declared)
    : marked
      ? /^utf-?8$/i.test(declared)
      : !/^utf-?16(le|be)?$/i.test(declared)
  return fits ? undefined : 'the encoding is another than is declared'
}
