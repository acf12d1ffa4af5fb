import { documentOf, type XmlDocument } from '../xml/documents.ts'

/** What the service can answer with. */
export interface SoakDocument extends XmlDocument {
  /** Hardly any text, as JSON: what takes much more memory as a value than as bytes. */
  readonly numbers: Buffer
}

/** Sizes of answers in bytes, most of them small, as they are in life. */
const LEAST = 500
const MOST = 60_000
/** Enough that nothing is learnt by heart, and few enough to be made at once. */
const COUNT = 240
/** Text of one byte a character, of one and now and then more, and of more, in the encodings that services send it in. */
const FLAVOURS = [
  { alphabet: 'ascii', encoding: 'utf8' },
  { alphabet: 'plain', encoding: 'utf8' },
  { alphabet: 'latin', encoding: 'latin1' },
  { alphabet: 'wide', encoding: 'utf8' },
] as const

/** Answers of all sizes and kinds of text, the same in every run. */
export function soakDocuments(): SoakDocument[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const flavour = FLAVOURS[index % FLAVOURS.length] as (typeof FLAVOURS)[number]
    const bytes = LEAST * (MOST / LEAST) ** (index / (COUNT - 1))
    return { ...documentOf({ ...flavour, bytes }, index + 1), numbers: numbers(bytes) }
  })
}

function numbers(bytes: number): Buffer {
  const item = (index: number) => ({ x: (index * 7) % 100, y: (index * 13) % 100 })
  const length = Math.ceil(bytes / JSON.stringify(item(1)).length)
  return Buffer.from(JSON.stringify({ points: Array.from({ length }, (_, index) => item(index)) }))
}
