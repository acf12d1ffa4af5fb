import { parsePattern, type Variant } from './path.ts'
import { literal, type PathMatch, pathMatches, type Taken } from './path-match.ts'

/** A path that was found in a table. */
export interface Written {
  readonly path: string
  /** Whether parts of the path that was looked up are in it: they may say something else where they stand now. */
  readonly isMade: boolean
}

/** Finds what replaces a raw path; undefined where nothing does. */
export type PathTable = (path: string) => Written | undefined

interface Row extends PathMatch {
  /** @param taken of the path that matched */
  write(taken: Taken): string
}

/**
 * A table of paths and what replaces them, both written as in routes: `{ '/': '/users', '/old/:id': '/new/:id', '/v1/*rest': '/v2/*rest' }`.
 * A path without parameters is compared as a whole; the most exact pattern wins, whatever the order. What is put in is raw: nothing is
 * decoded and encoded again.
 *
 * @throws SyntaxError that says what is wrong, and with which row
 */
export function pathTable(rows: Readonly<Record<string, string>>): PathTable {
  const entries = Object.entries(rows)
  const exact = new Map(
    entries.filter(([from]) => !isPattern(from)).map(([from, to]) => [literal(from), fixed(from, to)] as const),
  )
  const patterns = entries.filter(([from]) => isPattern(from)).flatMap(([from, to]) => rowsOf(from, to))
  patterns.sort((a, b) => (a.rank < b.rank ? -1 : Number(a.rank > b.rank)))
  return (path) => {
    const whole = exact.get(path)
    if (whole !== undefined) return { path: whole, isMade: false }
    for (const { match, write } of patterns) {
      const taken = match(path)
      if (taken) return { path: write(taken), isMade: true }
    }
    return undefined
  }
}

function isPattern(text: string): boolean {
  return /[:*{]/.test(text)
}

/** What replaces a path that has no parameters. */
function fixed(from: string, to: string): string {
  if (isPattern(to)) rowsOf(from, to)
  return literal(to)
}

function rowsOf(from: string, to: string): Row[] {
  const sources = parsePattern(from).variants
  const [written, ...more] = isPattern(to) ? parsePattern(to).variants : []
  if (more.length > 0) throw new SyntaxError(`optional parts in '${to}', which replaces '${from}'`)
  for (const source of sources) checkNames(from, source, to, written)
  const pieces = written ? piecesOf(written) : [literal(to)]
  const write = (taken: Taken) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : taken.get(piece.name))).join('') || '/'
  return pathMatches(from).map((row) => ({ ...row, write }))
}

/** The text of a reading, and what is put in between: the rest brings the slash before it along. */
function piecesOf({ segments, rest }: Variant): (string | { readonly name: string })[] {
  const pieces = segments.flatMap((parts) => [
    '/',
    ...parts.map((part) => (typeof part === 'string' ? literal(part) : part)),
  ])
  return rest === undefined ? pieces : [...pieces, { name: rest }]
}

function checkNames(from: string, source: Variant, to: string, written: Variant | undefined): void {
  const names = (variant: Variant) =>
    variant.segments.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
  const known = names(source)
  const missing = written && names(written).find((name) => !known.includes(name))
  if (missing !== undefined) throw new SyntaxError(`there is not always a ':${missing}' in '${from}' for '${to}'`)
  if (written?.rest !== undefined && written.rest !== source.rest)
    throw new SyntaxError(`there is not always a '*${written.rest}' in '${from}' for '${to}'`)
}
