/** A member of a List: its value, and its parameters. */
export interface Member {
  readonly value: string | number | boolean
  readonly parameters: Readonly<Record<string, string | number | boolean>>
}

const TOKEN = /^[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*/
const KEY = /^[a-z*][a-z0-9_\-.*]*/

/**
 * Reads a List of structured fields (RFC 9651, section 4.2.1) as strictly as it is written there: Tokens, Strings, Integers,
 * Decimals and Booleans, with parameters.
 *
 * @throws Error where it is none
 */
export function parseList(field: string): Member[] {
  let rest = field.replace(/^ +/, '')
  const take = (pattern: RegExp, what: string): string => {
    const [found] = pattern.exec(rest) ?? []
    if (found === undefined) throw new Error(`${what} was expected at '${rest}' in '${field}'`)
    rest = rest.slice(found.length)
    return found
  }
  const bare = (): Member['value'] => {
    if (rest.startsWith('"'))
      return take(/^"(?:[ !#-[\]-~]|\\["\\])*"/, 'a String')
        .slice(1, -1)
        .replace(/\\(.)/g, '$1')
    if (rest.startsWith('?')) return take(/^\?[01]/, 'a Boolean') === '?1'
    if (/^[-\d]/.test(rest)) return Number(take(/^-?\d{1,15}(\.\d{1,3})?/, 'a number'))
    return take(TOKEN, 'a Token')
  }
  const members: Member[] = []
  while (rest !== '') {
    const value = bare()
    const parameters: Record<string, Member['value']> = {}
    while (rest.startsWith(';')) {
      take(/^; */, 'a parameter')
      const key = take(KEY, 'a key')
      const hasValue = rest.startsWith('=')
      if (hasValue) rest = rest.slice(1)
      parameters[key] = hasValue ? bare() : true
    }
    members.push({ value, parameters })
    if (rest.replace(/^[ \t]+/, '') === '') break
    take(/^[ \t]*,[ \t]*(?=.)/, 'a comma and another member')
  }
  return members
}
