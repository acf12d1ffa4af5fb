import { documentOf, type XmlDocument } from '../xml/documents.ts'
import type { Statement } from '../xml/statement.ts'

/** The size that a legacy service's answer must not stall others with. */
const BYTES = 5_000_000
/** Two, so that nothing is learnt by heart; the second one is indented. */
const SEEDS = [1, 2]

/** The documents, the same in every process. */
export function largeDocuments(): XmlDocument[] {
  return SEEDS.map((seed) => documentOf({ bytes: BYTES, alphabet: 'plain', encoding: 'utf8' }, seed))
}

/** What the endpoint answers: so little that what is measured is reading, not writing. */
export interface Summary {
  readonly invoices: number
  readonly lines: number
  /** In cents, so that it does not depend on the order of addition. */
  readonly total: number
}

/** A little of everything that has been read. */
export function summaryOf({ Body }: Statement): Summary {
  const { Invoice } = Body.GetStatementResponse
  let lines = 0
  let total = 0
  for (const { Amount, Line } of Invoice) {
    lines += Line.length
    total += Math.round(Amount.value * 100)
  }
  return { invoices: Invoice.length, lines, total }
}
