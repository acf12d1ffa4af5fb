import { contentDifference, type Element, modelOf } from './content.ts'
import { parsers, refusal } from './parsers.ts'
import type { Case } from './suite.ts'
import { textOf } from './text.ts'

/** What came of one document in one parser. */
export interface Verdict {
  readonly case: Case
  /** `onPurpose`: refused where a parser of all of XML 1.0 accepts, as Facet says that it does. */
  readonly outcome: 'right' | 'wrong' | 'onPurpose'
  /** What differs, or why it was refused. */
  readonly detail: string
}

/** Gives every document to a parser, by its name. */
export function verdicts(parser: string, cases: readonly Case[]): Verdict[] {
  return cases.map((each) => verdict(parser, each))
}

function verdict(parser: string, each: Case): Verdict {
  let read: unknown
  const refused = refusal(parser, each.bytes, (result) => {
    read = result
  })
  const { expected, onPurpose } = each.class
  if (expected === 'refused') {
    return { case: each, outcome: refused === undefined ? 'wrong' : 'right', detail: refused ?? 'accepted' }
  }
  if (refused !== undefined) {
    if (parser !== 'facet' || onPurpose === undefined) return { case: each, outcome: 'wrong', detail: refused }
    return { case: each, outcome: 'onPurpose', detail: onPurpose }
  }
  const difference = parser === 'facet' ? differenceFrom(each, read as Element) : undefined
  return { case: each, outcome: difference === undefined ? 'right' : 'wrong', detail: difference ?? '' }
}

/** Only Facet's tree is looked into: the others' have forms of their own. */
function differenceFrom({ canonical }: Case, read: Element): string | undefined {
  return canonical && contentDifference(read, modelOf(textOf(canonical)))
}

/** The names of all parsers, in the order of the report. */
export const PARSERS: readonly string[] = Object.keys(parsers)
