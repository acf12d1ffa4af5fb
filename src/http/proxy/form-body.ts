type Pair = readonly [name: string, value: string]

/** How a form names the items of a list. */
type NameItem = (list: string, at: number, items: readonly unknown[]) => string

const INDEXED: NameItem = (list, at) => `${list}[${at}]`
const BRACKETS: NameItem = (list) => `${list}[]`
/** Only several plain values can have the one name: of one alone a parser would have made no list. */
const REPEATED: NameItem = (list, at, items) => {
  if (items.some((item) => typeof item === 'object')) return INDEXED(list, at, items)
  return items.length === 1 ? BRACKETS(list, at, items) : list
}

/** How a text is spelt in a form: by browsers (URL Standard, section 5.2), by JavaScript, by others after RFC 3986. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => new URLSearchParams([[text, '']]).toString().slice(0, -1),
  encodeURIComponent,
  strictly,
  (text) => strictly(text).replaceAll('%20', '+'),
]

/**
 * Writes what a body parser has made of a form as a form, what is nested in the brackets that it was read from: `a[b]=c`. A parser makes
 * the same list of `a=1&a=2` and of `a[]=1&a[]=2`, though many backends take only one of them for a list; so it is written as that
 * which is as long as what came.
 *
 * @param length of what came, in bytes; undefined where that is not known
 * @returns undefined for what no form can say, and for a list of which it stays open how it was named
 */
export function writeForm(body: object, length: number | undefined): string | undefined {
  const repeated = pairsOf(body, REPEATED)
  const brackets = pairsOf(body, BRACKETS)
  const indexed = pairsOf(body, INDEXED)
  if (!repeated || !brackets || !indexed) return undefined
  const fitting = [repeated, brackets, indexed].flatMap((pairs) => spellingsOf(pairs).find(isAsLong(length)) ?? [])
  const [fit] = fitting
  if (fit !== undefined && fitting.every((text) => text === fit)) return fit
  const [usual = ''] = spellingsOf(repeated)
  return usual === [...spellingsOf(brackets)][0] ? usual : undefined
}

function isAsLong(length: number | undefined): (text: string) => boolean {
  return (text) => text.length === length
}

/** The names and values of a form; undefined where there is something that it cannot say. */
function pairsOf(body: object, nameItem: NameItem): Pair[] | undefined {
  const pairs: Pair[] = []
  const add = (name: string, value: unknown): boolean => {
    if (typeof value === 'function' || typeof value === 'symbol') return false
    if (typeof value !== 'object' || value === null)
      return pairs.push([name.toWellFormed(), String(value ?? '').toWellFormed()]) > 0
    const parts = Array.isArray(value)
      ? value.map((item, at) => [nameItem(name, at, value), item] as const)
      : Object.entries(value).map(([part, item]) => [`${name}[${part}]`, item] as const)
    return parts.length > 0 && parts.every(([part, item]) => add(part, item))
  }
  return Object.entries(body).every(([name, value]) => add(name, value)) ? pairs : undefined
}

/** The same in every usual spelling, the most usual first. */
function* spellingsOf(pairs: readonly Pair[]): Generator<string> {
  for (const spell of SPELLINGS)
    for (const name of [spell, (text: string) => spell(text).replaceAll('%5B', '[').replaceAll('%5D', ']')])
      yield pairs.map(([given, value]) => `${name(given)}=${spell(value)}`).join('&')
}

/** RFC 3986, section 2.3: nothing but the unreserved characters as they are. */
function strictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
