/** What becomes of the pairs of a query. */
export interface QueryEdit {
  /** The names that stay; undefined for all. */
  readonly only: ReadonlySet<string> | undefined
  /** The names that go. */
  readonly drop: ReadonlySet<string>
  /** What stands at the end, as it is sent; empty for nothing. */
  readonly added: string
}

/**
 * Edits the raw text of a query. The pairs that stay are not written anew, so that they arrive as they came; they are told by their
 * names as a form's reader understands them, so that no spelling of a name (`%61`, `+`) gets round the list.
 *
 * @param search without its question mark
 */
export function editQuery(search: string, { only, drop, added }: QueryEdit): string {
  const stays = (pair: string) => {
    const name = nameOf(pair)
    return !drop.has(name) && (only === undefined || only.has(name))
  }
  const kept =
    search === '' || (only === undefined && drop.size === 0) ? search : search.split('&').filter(stays).join('&')
  return added === '' ? kept : kept === '' ? added : `${kept}&${added}`
}

/** The name of a pair, decoded; one that is malformed is its own name. */
function nameOf(pair: string): string {
  const end = pair.indexOf('=')
  const name = end < 0 ? pair : pair.slice(0, end)
  if (!/[%+]/.test(name)) return name
  const spaced = name.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Escapes that are none stay as they are, in the URL Standard, and the others count all the same.
    return spaced.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent)
  }
}
