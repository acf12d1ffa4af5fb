/** What a client would rather have (RFC 7240), as far as it is heeded. */
export interface Preferences {
  /** How long it will wait. Milliseconds; undefined where it does not say. */
  readonly wait: number | undefined
  /** Whether it takes a partial answer for a failure (`handling`, RFC 7240, section 4.4). */
  readonly isStrict: boolean
}

const NONE: Preferences = { wait: undefined, isStrict: false }
/** A name, perhaps a value, and whatever parameters there are up to the next comma: none of ours has any. It matches in one go. */
const PREFERENCE = /([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,";]*)))?[^,]*(?:,|$)/g

/**
 * Reads a `Prefer` field; several lines of it, joined with commas, are one. Of a preference that is said twice the first one
 * counts, and what cannot be understood is not heeded (section 2).
 */
export function preferences(field: string | undefined): Preferences {
  if (field === undefined) return NONE
  const said = new Map<string, string>()
  for (const [, name = '', string, word = ''] of field.matchAll(PREFERENCE)) {
    const key = name.toLowerCase()
    if (!said.has(key)) said.set(key, string?.replace(/\\(.)/g, '$1') ?? word)
  }
  const wait = said.get('wait')
  return {
    wait: wait !== undefined && /^\d{1,9}$/.test(wait) ? Number(wait) * 1000 : undefined,
    isStrict: said.get('handling')?.toLowerCase() === 'strict',
  }
}

/** Which of them were heeded, for `Preference-Applied` (section 3); undefined where none was. */
export function applied(field: string | undefined, deadline: number): string | undefined {
  const { wait, isStrict } = preferences(field)
  const heeded = [
    ...(isStrict ? ['handling=strict'] : []),
    ...(wait !== undefined && wait < deadline ? [`wait=${wait / 1000}`] : []),
  ]
  return heeded.length > 0 ? heeded.join(', ') : undefined
}
