import { isCharacter } from './references.ts'
import type { Source } from './source.ts'

const NAME_START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const NAME_CHAR = `${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}`
const NC_NAME = `[${NAME_START}][${NAME_CHAR}]*`
const NAME = `${NC_NAME}(?::${NC_NAME})?`
const TOKEN = `[${NAME_CHAR}:]+`
const S = '[ \\t\\r\\n]'
const PUBLIC_LITERAL = `(?:"[ \\r\\na-zA-Z0-9\\-'()+,./:=?;!*#@$_%]*"|'[ \\r\\na-zA-Z0-9\\-()+,./:=?;!*#@$_%]*')`
const LITERAL = `(?:"[^"]*"|'[^']*')`
const EXTERNAL = `(?:SYSTEM${S}+${LITERAL}|PUBLIC${S}+${PUBLIC_LITERAL}${S}+${LITERAL})`

// None of them repeats a group: for each turn of one the engine keeps a place to come back to, until there is no room left.
const sticky = (pattern: string): RegExp => new RegExp(pattern, 'uy')

const OPENING = sticky(`<!DOCTYPE${S}+${NAME}(?:${S}+${EXTERNAL})?${S}*`)
const BLANK = sticky(`${S}+`)
const INSTRUCTION = sticky(`<\\?(?![xX][mM][lL][ \\t\\r\\n?])${NC_NAME}(?:${S}[^]*?)?\\?>`)
const NOTATION = sticky(`<!NOTATION${S}+${NC_NAME}${S}+(?:${EXTERNAL}|PUBLIC${S}+${PUBLIC_LITERAL})${S}*>`)
const ATTLIST = sticky(`<!ATTLIST${S}+(${NAME})(?=[ \\t\\r\\n>])`)
const ATTRIBUTE = sticky(`${S}+(${NAME})${S}+`)
const PLAIN_TYPE = sticky(`(?:CDATA|IDREFS|IDREF|ID|ENTITIES|ENTITY|NMTOKENS|NMTOKEN)(?=${S})`)
const NOTATION_TYPE = sticky(`NOTATION${S}+(?=\\()`)
const NO_DEFAULT = sticky(`${S}+(?:#REQUIRED|#IMPLIED)`)
const DEFAULT = sticky(`${S}+(?:#FIXED${S}+)?["']`)
const FIRST_NAME = sticky(`\\(${S}*${NAME}`)
const NEXT_NAME = sticky(`${S}*\\|${S}*${NAME}`)
const FIRST_TOKEN = sticky(`\\(${S}*${TOKEN}`)
const NEXT_TOKEN = sticky(`${S}*\\|${S}*${TOKEN}`)
const END_OF_CHOICE = sticky(`${S}*\\)`)
const ELEMENT = sticky(`<!ELEMENT${S}+${NAME}${S}+`)
const NO_GROUP = sticky('(?:EMPTY|ANY)')
const MIXED = sticky(`\\(${S}*#PCDATA`)
const END_OF_MIXED = sticky(`${S}*\\)\\*`)
const OPEN_GROUP = sticky(`\\(${S}*`)
const PARTICLE = sticky(`${NAME}[?*+]?`)
const SEPARATOR = sticky(`${S}*([|,])${S}*`)
const CLOSE_GROUP = sticky(`${S}*\\)[?*+]?`)
const CLOSE = sticky(`${S}*>`)

/** Bytes of the longest DOCTYPE. */
const LONGEST = 262_144
/** A part that is cut off begins at the most so far before the cut, unless it is longer than any name or literal should be. */
const NEAR = 65_536

/** Whether what starts with `<!` is a DOCTYPE, as far as anybody can have meant it. */
export function isDoctype(source: Source, start: number): boolean {
  return source.text(start, Math.min(start + 9, source.bytes.length)).toUpperCase() === '<!DOCTYPE'
}

/**
 * Reads a DOCTYPE and says where it ends. It is checked, never followed: nothing external is fetched. What would change the
 * document's content (entities, attribute defaults) is refused, since Facet does not read it.
 *
 * @param start where `<!DOCTYPE` stands
 * @throws XmlSyntaxError
 */
export function readDoctype(source: Source, start: number): number {
  // It is read in one step, and a longer one is none that a service sends.
  const text = source.text(start, Math.min(start + LONGEST, source.bytes.length))
  const isCut = start + LONGEST < source.bytes.length
  let at = 0
  const place = (): number =>
    source.ascii
      ? start + at
      : start + Buffer.byteLength(text.slice(0, at), source.charset === 'utf-8' ? 'utf8' : 'latin1')
  const fail = (reason: string): never => {
    if (isCut && at + NEAR > text.length) source.exceed(start, `a DOCTYPE of more than ${LONGEST} bytes`)
    return source.fail(place(), reason)
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match?.[1] ?? match?.[0]
  }

  const takeComment = (): true | undefined => {
    if (!text.startsWith('<!--', at)) return undefined
    const end = text.indexOf('--', at + 4)
    if (end < 0) fail('a comment that does not end')
    at = end
    if (text[end + 2] !== '>') fail("'--' within a comment")
    at += 3
    return true
  }
  /** Whether there is a choice among names or tokens. */
  const takeChoice = (first: RegExp, next: RegExp): boolean => {
    if (take(first) === undefined) return false
    while (take(next) !== undefined);
    return take(END_OF_CHOICE) !== undefined
  }
  const takeMixed = (): boolean => {
    if (take(NO_GROUP) !== undefined) return true
    if (take(MIXED) === undefined) return false
    const isTextAlone = take(NEXT_NAME) === undefined
    while (take(NEXT_NAME) !== undefined);
    if (take(END_OF_MIXED) === undefined && (!isTextAlone || take(END_OF_CHOICE) === undefined))
      fail('the content of an element is not declared as it must be')
    return true
  }
  const takeElement = (): void => {
    if (!takeMixed()) {
      /** The separator of each open group, '' as long as it has none. */
      const groups: string[] = []
      do {
        while (take(OPEN_GROUP) !== undefined) groups.push('')
        if (groups.length === 0 || take(PARTICLE) === undefined)
          fail('the content of an element is not declared as it must be')
        while (groups.length > 0 && take(CLOSE_GROUP) !== undefined) groups.pop()
        if (groups.length === 0) break
        const separator = take(SEPARATOR)
        const last = groups.length - 1
        if (separator === undefined || (groups[last] !== '' && groups[last] !== separator))
          fail("one group of an element's declaration has ',' or '|' between all of its parts")
        groups[last] = separator as string
      } while (groups.length > 0)
    }
    if (take(CLOSE) === undefined) fail("the declaration of an element must end with '>'")
  }
  const takeChoiceType = (): string | undefined => {
    const isChoice =
      take(NOTATION_TYPE) === undefined ? takeChoice(FIRST_TOKEN, NEXT_TOKEN) : takeChoice(FIRST_NAME, NEXT_NAME)
    return isChoice ? 'choice' : undefined
  }
  const takeAttributes = (element: string): void => {
    let from = at
    for (let attribute = take(ATTRIBUTE); attribute !== undefined; attribute = take(ATTRIBUTE)) {
      const type = take(PLAIN_TYPE) ?? takeChoiceType()
      if (type === undefined || take(NO_DEFAULT) === undefined) break
      source.declareAttribute(element, attribute, type === 'CDATA')
      from = at
    }
    if (at === from && take(CLOSE) !== undefined) return
    const hasDefault = take(DEFAULT) !== undefined
    at = from
    if (!hasDefault) fail('the declaration of an attribute is not as it must be')
    fail('an attribute has a default value, and those are not read')
  }
  const takeDeclaration = (): void => {
    if (take(BLANK) ?? takeComment() ?? take(INSTRUCTION) ?? take(NOTATION)) return
    if (take(ELEMENT) !== undefined) takeElement()
    else if (text.startsWith('<!ATTLIST', at))
      takeAttributes(take(ATTLIST) ?? fail('a list of attributes that is not as it must be'))
    else if (text.startsWith('<!ENTITY', at)) fail('an entity is declared, and entities are not read')
    else if (text[at] === '%') fail('a parameter entity is used, and entities are not read')
    else fail('a declaration that is not as it must be')
  }

  if (take(OPENING) === undefined) fail('a DOCTYPE that is not as it must be')
  if (text[at] === '[') {
    at++
    while (at < text.length && text[at] !== ']') takeDeclaration()
    if (text[at] !== ']') fail('a DOCTYPE that does not end')
    at++
  }
  if (take(CLOSE) === undefined) fail("a DOCTYPE must end with '>'")
  refuseForbidden(text.slice(0, at), (index) => {
    at = index
    return fail('a character that XML does not have')
  })
  return place()
}

function refuseForbidden(text: string, fail: (index: number) => never): void {
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) as number
    if (!isCharacter(code)) fail(index)
    if (code > 0xffff) index++
  }
}
