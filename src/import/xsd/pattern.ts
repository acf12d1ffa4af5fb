import { characterClass, escaped, NEEDS_SETS, next, PatternError, plain, type Reader } from './pattern-class.ts'

/**
 * The regular expression, as a literal, that matches what one of some patterns does (XML Schema part 2, appendix F): whole
 * values, without back references, look-around or lazy repetition. A `^` at the start and a `$` at the end, which would be
 * plain characters there, are taken for the anchors that whoever wrote them meant.
 *
 * @throws PatternError
 */
export function patternCode(patterns: readonly string[]): string {
  const meant = patterns.map((pattern) =>
    pattern
      .trim()
      .replace(/^\^/, '')
      .replace(/(?<!\\)\$$/, ''),
  )
  let code: string
  try {
    code = translated(meant, false)
  } catch (error) {
    if (error !== NEEDS_SETS) throw error
    code = translated(meant, true)
  }
  try {
    const [, body = '', flags] = /^\/(.*)\/([a-z]*)$/s.exec(code) ?? []
    new RegExp(body, flags)
  } catch {
    throw new PatternError('it is no regular expression')
  }
  return code
}

function translated(patterns: readonly string[], sets: boolean): string {
  let isUnicode = false
  const alternatives = patterns.map((text) => {
    const reader: Reader = { text, at: 0, sets, unicode: false }
    const body = expression(reader)
    if (reader.at < text.length) throw new PatternError("it has a ')' too many")
    isUnicode ||= reader.unicode
    return body
  })
  const body = alternatives.join('|')
  const isWhole = alternatives.length === 1 && !hasAlternatives(alternatives[0] as string)
  return `/^${isWhole ? body : `(?:${body})`}$/${sets ? 'v' : isUnicode ? 'u' : ''}`
}

/** Whether there is a `|` outside of every group and class. */
function hasAlternatives(body: string): boolean {
  return body
    .replace(/\\./gs, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\(([^()]|\([^()]*\))*\)/g, '')
    .includes('|')
}

function expression(reader: Reader): string {
  let out = ''
  while (reader.at < reader.text.length && reader.text[reader.at] !== ')') {
    const character = next(reader)
    if (character === '|') out += '|'
    else out += atom(reader, character) + quantifier(reader)
  }
  return out
}

function atom(reader: Reader, character: string): string {
  switch (character) {
    case '(': {
      if (reader.text[reader.at] === '?') throw new PatternError("it has a group that begins with '(?'")
      const inside = expression(reader)
      if (reader.text[reader.at] !== ')') throw new PatternError('it has a group that does not end')
      reader.at++
      return `(?:${inside})`
    }
    case '[':
      return characterClass(reader)
    case '.':
      reader.unicode = true
      return '[^\\n\\r]'
    case '\\':
      return escaped(reader, false)
    case '?':
    case '*':
    case '+':
    case '{':
    case '}':
    case ']':
      throw new PatternError(`it has a '${character}' where none can be`)
    default:
      return plain(reader, character)
  }
}

function quantifier(reader: Reader): string {
  const [found, inside] = /^(?:[?*+]|\{([^}]*)\})/.exec(reader.text.slice(reader.at)) ?? []
  if (found === undefined) return ''
  reader.at += found.length
  if (inside === undefined) return found
  const [, least, comma = '', most = ''] = /^(\d*)(,?)(\d*)$/.exec(inside) ?? []
  if (least === undefined || (least === '' && most === '')) throw new PatternError(`it has the quantity '${found}'`)
  return `{${least || '0'}${comma}${most}}`
}
