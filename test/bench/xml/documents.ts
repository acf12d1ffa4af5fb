import { render } from './render.ts'
import type { Statement } from './statement.ts'
import { type Alphabet, statement } from './values.ts'

/** A document, and what it says. */
export interface XmlDocument {
  readonly value: Statement
  readonly bytes: Buffer
  /** How Node calls its encoding. */
  readonly encoding: 'utf8' | 'latin1'
  readonly contentType: string
  /** The value as JSON, in UTF-8: what the floor reads. */
  readonly json: Buffer
}

/** What documents are like. */
export interface Flavour {
  readonly bytes: number
  readonly alphabet: Alphabet
  readonly encoding: XmlDocument['encoding']
}

/** The documents that a scenario can be about, by the end of its name. */
export const FLAVOURS = {
  '1.5k': { bytes: 1_500, alphabet: 'plain', encoding: 'utf8' },
  '50k': { bytes: 50_000, alphabet: 'plain', encoding: 'utf8' },
  '1M': { bytes: 1_000_000, alphabet: 'plain', encoding: 'utf8' },
  '50k-ascii': { bytes: 50_000, alphabet: 'ascii', encoding: 'utf8' },
  '50k-latin': { bytes: 50_000, alphabet: 'latin', encoding: 'latin1' },
  '50k-wide': { bytes: 50_000, alphabet: 'wide', encoding: 'utf8' },
} as const satisfies Record<string, Flavour>

export type FlavourName = keyof typeof FLAVOURS

/** More than one, so that nothing is learnt by heart; half of them are indented. */
const SEEDS = [1, 2, 3, 4]
/** Fewer of the largest, which take long enough. */
const LARGE = 500_000

/** The documents of a flavour, the same in every process. */
export function documentsOf(name: FlavourName): XmlDocument[] {
  const seeds = FLAVOURS[name].bytes > LARGE ? SEEDS.slice(0, 2) : SEEDS
  return seeds.map((seed) => documentOf(FLAVOURS[name], seed))
}

/** A document of about a size; another seed makes another one, and every second one is indented. */
export function documentOf({ bytes: size, alphabet, encoding }: Flavour, seed: number): XmlDocument {
  const charset = encoding === 'latin1' ? 'ISO-8859-1' : 'UTF-8'
  const made = (invoices: number) => {
    const value = statement(seed, alphabet, invoices)
    return { value, bytes: Buffer.from(render(value, { charset, indented: seed % 2 === 0 }), encoding) }
  }
  // A sample says how long an invoice is, so that the documents come out at about their size.
  const empty = made(0).bytes.length
  const invoice = (made(200).bytes.length - empty) / 200
  const { value, bytes } = made(Math.max(1, Math.round((size - empty) / invoice)))
  const contentType = encoding === 'latin1' ? `text/xml; charset=${charset}` : 'application/xml'
  return { value, bytes, encoding, contentType, json: Buffer.from(JSON.stringify(value)) }
}
