import { type Part, parsePattern, type Variant } from './path.ts'

/** What a pattern has taken of a raw path, still encoded, by name; of `*rest` with the slash before it, or nothing. */
export type Taken = ReadonlyMap<string, string>

/** A pattern's reading, ready to be held against raw paths. */
export interface PathMatch {
  /** The lower in the order of text, the more exact. */
  readonly rank: string
  /** What it takes of a path; undefined where it does not match. */
  match(path: string): Taken | undefined
}

/** Takes a segment, or does not. */
export type TakeSegment = (segment: string, taken: Map<string, string>) => boolean

/** Text as it stands in a request's path. */
export function literal(text: string): string {
  return normalise(encodeURI(text).replaceAll('%25', '%'))
}

/** One way of writing each path: escapes of what needs none are undone, the others are in capitals (RFC 3986, section 6.2.2). */
export function normalise(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
  })
}

/** How exact a reading is, segment by segment: text, text with parameters, a parameter, the rest. The lower in the order of text, the more. */
export function rankOf({ segments, rest }: Variant): string {
  const ranks = segments.map((parts) => (parts.length > 1 ? '1' : typeof parts[0] === 'string' ? '0' : '2'))
  return ranks.join('') + (rest === undefined ? '' : '3')
}

/**
 * The readings of a pattern, to be held against raw paths: nothing is decoded, so that what is taken can be put elsewhere as it came.
 *
 * @throws SyntaxError that says what is wrong with the pattern
 */
export function pathMatches(pattern: string): PathMatch[] {
  return parsePattern(pattern).variants.map((variant) => {
    const segments = variant.segments.map(takeSegment)
    return { rank: rankOf(variant), match: (path) => match(path, segments, variant.rest) }
  })
}

function match(path: string, segments: readonly TakeSegment[], rest: string | undefined): Taken | undefined {
  const taken = new Map<string, string>()
  let at = 0
  for (const take of segments) {
    if (path[at] !== '/') return undefined
    const next = path.indexOf('/', at + 1)
    const end = next < 0 ? path.length : next
    if (!take(path.slice(at + 1, end), taken)) return undefined
    at = end
  }
  if (rest !== undefined) return taken.set(rest, path.slice(at))
  return at === path.length || (segments.length === 0 && path === '/') ? taken : undefined
}

function takeSegment(parts: readonly Part[]): TakeSegment {
  const [only] = parts
  if (parts.length > 1) return takeMixed(parts)
  if (typeof only === 'object') return (segment, taken) => segment !== '' && taken.set(only.name, segment) !== undefined
  const text = literal(only ?? '')
  return (segment) => segment === text || (segment.includes('%') && normalise(segment) === text)
}

/** Each parameter ends where the text behind it is found first, the last text is at the end: one pass, whatever a client sends. */
export function takeMixed(written: readonly Part[]): TakeSegment {
  const parts = written.map((part) => (typeof part === 'string' ? literal(part) : part))
  return (segment, taken) => {
    let at = 0
    for (const [index, part] of parts.entries()) {
      if (typeof part === 'string') {
        if (!segment.startsWith(part, at)) return false
        at += part.length
        continue
      }
      const next = (parts[index + 1] ?? '') as string
      const end = index + 2 >= parts.length ? segment.length - next.length : segment.indexOf(next, at + 1)
      if (end <= at) return false
      taken.set(part.name, segment.slice(at, end))
      at = end
    }
    return at === segment.length
  }
}
