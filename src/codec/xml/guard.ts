/**
 * What a document may have. xml2js and the parser below it take time that grows with the square of each of these: without
 * bounds a request of 400 kB held the process for half a minute.
 */
export const LIMITS = {
  /** Elements within elements. */
  depth: 512,
  /** Attributes of one element. */
  attributes: 256,
  /** Namespace declarations in scope at one place. */
  namespaces: 64,
  /** Characters of one tag, attribute values not counted. */
  tag: 16_384,
} as const

/**
 * Goes once through a document, before it is parsed, and looks at tags alone.
 *
 * @throws RangeError for a document beyond the limits
 * @throws SyntaxError for a tag that does not end
 */
export function guard(text: string): void {
  /** Declarations of each open element. */
  const declared: number[] = []
  let inScope = 0
  for (let at = text.indexOf('<'); at >= 0; ) {
    const skipped = afterMarkup(text, at)
    if (skipped !== undefined) at = text.indexOf('<', skipped)
    else if (text.charCodeAt(at + 1) === SLASH) {
      inScope -= declared.pop() ?? 0
      at = text.indexOf('<', at + 1)
    } else {
      const { end, namespaces } = readTag(text, at)
      inScope += namespaces
      if (inScope > LIMITS.namespaces) throw new RangeError(`more than ${LIMITS.namespaces} namespaces in one place`)
      if (text.charCodeAt(end - 1) === SLASH) inScope -= namespaces
      else if (declared.push(namespaces) > LIMITS.depth)
        throw new RangeError(`more than ${LIMITS.depth} elements within each other`)
      at = text.indexOf('<', end)
    }
  }
}

const SLASH = 47

/** Where a comment, a CDATA section, an instruction or a declaration ends; undefined for a tag. */
function afterMarkup(text: string, at: number): number | undefined {
  const second = text[at + 1]
  if (second !== '!' && second !== '?') return undefined
  const close = text.startsWith('<!--', at)
    ? '-->'
    : text.startsWith('<![CDATA[', at)
      ? ']]>'
      : second === '?'
        ? '?>'
        : '>'
  const end = text.indexOf(close, at + 2)
  if (end < 0) throw new SyntaxError('markup that does not end')
  return end + close.length
}

/** Reads from `<` to the `>` that ends the tag, past quoted values, in which both may stand. */
function readTag(text: string, start: number): { readonly end: number; readonly namespaces: number } {
  let attributes = 0
  let namespaces = 0
  let quoted = 0
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '>') return { end: at, namespaces }
    if (character === '<') throw new SyntaxError('a tag within a tag')
    if (character === '"' || character === "'") {
      const close = text.indexOf(character, at + 1)
      if (close < 0) throw new SyntaxError('an attribute that does not end')
      if (++attributes > LIMITS.attributes)
        throw new RangeError(`more than ${LIMITS.attributes} attributes of one element`)
      quoted += close - at
      at = close
    } else if (character === 'x' && text.startsWith('xmlns', at)) namespaces++
    if (at - start - quoted > LIMITS.tag) throw new RangeError(`a tag of more than ${LIMITS.tag} characters`)
  }
  throw new SyntaxError('a tag that does not end')
}
