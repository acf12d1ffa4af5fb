/** A document that one of both refuses. */
export interface Disagreement {
  readonly bytes: Buffer
  /** Undefined where the bytes are not what they are said to be. */
  readonly text: string | undefined
  /** What each said; undefined for the one that accepts it. */
  readonly facet: string | undefined
  readonly saxes: string | undefined
}

interface Explanation {
  readonly why: string
  holds(disagreement: Disagreement): boolean
}

/** White space in an attribute's value, as it is or as a reference. */
const BLANK = '(?:\\s|&#(?:0*(?:9|10|13|32)|x0*(?:9|[aA]|[dD]|20));)'
/** Characters that a name may have, but not begin with (XML 1.0, productions 4 and 4a). */
const LATER = '[-.0-9\u00b7\u0300-\u036f\u203f\u2040]'

/** Where Facet is right, or free, to see a document in another way than saxes. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    why: 'Facet has limits',
    holds: ({ facet = '' }) => /beyond its bounds/.test(facet),
  },
  {
    why: 'saxes trims the names of namespaces; by Namespaces 1.0, section 2.3, they are compared character by character',
    holds: ({ text = '' }) => TRIMMED.test(text),
  },
  {
    why: 'saxes lets a local name begin with any character that a name may have; by Namespaces 1.0 it is an NCName',
    holds: ({ text = '', facet }) => facet !== undefined && LOCAL.test(text),
  },
  {
    why: 'saxes takes <?target?x?> for an instruction; by XML 1.0, production 16, white space follows the target',
    holds: ({ text = '', facet }) => facet !== undefined && /<\?[^\s?]+\?(?!>)/.test(text),
  },
]

const TRIMMED = new RegExp(`xmlns[^=<>]*=\\s*(?:"(?:${BLANK}|[^"]*${BLANK}")|'(?:${BLANK}|[^']*${BLANK}'))`)
const LOCAL = new RegExp(`[\\s</][^\\s<>=:"'/]+:${LATER}`)

export function isExplained(disagreement: Disagreement): boolean {
  return EXPLANATIONS.some(({ holds }) => holds(disagreement))
}
