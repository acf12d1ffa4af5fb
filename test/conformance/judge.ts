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
    const conflict = encodingConflict(bytes, text)
    if (conflict !== undefined) return { text, model: undefined, error: conflict }
    return { text, model: modelOf(text), error: undefined }
  } catch (error) {
    return { text, model: undefined, error: String(error) }
  }
}

/** XML 1.0, section 4.3.3: it is an error to be in another encoding than is declared. Strings do not show that to saxes. */
function encodingConflict(bytes: Buffer, text: string): string | undefined {
  const declared = /^\ufeff?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(text)?.[1]
  if (declared === undefined) return undefined
  const [first, second] = bytes
  const wide = first === 0xff || first === 0xfe || first === 0 || second === 0
  const marked = first === 0xef && second === 0xbb
  const fits = wide ? /^utf-?16/i.test(declared) : marked ? /^utf-?8$/i.test(declared) : !/^utf-?16/i.test(declared)
  return fits ? undefined : 'the encoding is another than is declared'
}
