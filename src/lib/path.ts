/** Flattens an intersection, so that an editor shows the properties and not how they came about. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {}

type Stop = '/' | '.' | '-' | '{' | '}' | ':' | '*' | '+'
type Take<S extends string, Name extends string = ''> = S extends `${infer C}${infer R}`
  ? C extends Stop
    ? [Name, S]
    : Take<R, `${Name}${C}`>
  : [Name, '']
type Wild<P extends string> = P extends `${string}*${infer R}`
  ? Take<R> extends [infer N extends string, string]
    ? { [K in N]: string[] }
    : {}
  : {}
type Scan<P extends string> = P extends `${infer A}{${infer B}}${infer C}`
  ? B extends `${infer Name}+`
    ? Scan<A> & { [K in Name]: string[] } & Scan<C>
    : Scan<A> & Partial<Scan<B>> & Scan<C>
  : P extends `${infer A}:${infer B}`
    ? Take<B> extends [infer N extends string, infer R extends string]
      ? Wild<A> & { [K in N]: string } & Scan<R>
      : {}
    : Wild<P>

/**
 * The parameters of a path pattern, as a type.
 *
 * @example PathParams<'/a/:id/*rest{/:page}'> // { id: string; rest: string[]; page?: string }
 */
export type PathParams<P extends string> = string extends P ? {} : Simplify<Scan<P>>

/** A segment: text and parameters in turn, for example `:id-:version.json`. */
export type Part = string | { readonly name: string }

/** One way of reading a pattern: its optional parts (braces) are either there or not. */
export interface Variant {
  readonly segments: readonly (readonly Part[])[]
  /** The name of the `/*name` at the end, which takes the rest of the path: no segment, one or many. */
  readonly rest: string | undefined
}

export interface Pattern {
  readonly text: string
  readonly variants: readonly Variant[]
}

/**
 * Reads a path pattern: `/text`, `/:name`, `/:a-:b`, `/*rest` at the end (also written `/{rest+}`, as the cloud
 * gateways do), and optional parts in braces: `/users{/:id}`.
 *
 * @throws SyntaxError that says what is wrong and where.
 */
export function parsePattern(text: string): Pattern {
  if (!text.startsWith('/')) throw new SyntaxError(`the path '${text}' must start with '/'`)
  const variants = expand(text.replace(/\{([A-Za-z_]\w*)\+\}/g, '*$1'), text).map((path) => parseVariant(path, text))
  return { text, variants }
}

/** Every reading of a path with optional parts, the longest first. */
function expand(path: string, text: string): string[] {
  const open = path.indexOf('{')
  if (open < 0) {
    if (path.includes('}')) throw new SyntaxError(`a '}' without its '{' in the path '${text}'`)
    return [path]
  }
  const close = path.indexOf('}', open)
  const inner = path.slice(open + 1, close)
  if (close < 0 || inner.includes('{'))
    throw new SyntaxError(`optional parts must be closed and not nested in the path '${text}'`)
  if (inner === '') throw new SyntaxError(`an optional part without anything in it in the path '${text}'`)
  const before = path.slice(0, open)
  const after = path.slice(close + 1)
  return [...expand(before + inner + after, text), ...expand(before + after, text)]
}

function parseVariant(path: string, text: string): Variant {
  const names = new Set<string>()
  const name = (found: string | undefined, what: string): string => {
    if (!found) throw new SyntaxError(`a '${what}' without a name in the path '${text}'`)
    if (names.has(found)) throw new SyntaxError(`the parameter '${found}' stands twice in the path '${text}'`)
    names.add(found)
    return found
  }
  let rest: string | undefined
  const segments: Part[][] = []
  const raw = path === '/' || path === '' ? [] : path.slice(1).split('/')
  for (const [index, segment] of raw.entries()) {
    if (segment === '') throw new SyntaxError(`an empty segment in the path '${text}'`)
    if (segment === '.' || segment === '..') throw new SyntaxError(`a segment '${segment}' in the path '${text}'`)
    if (segment.startsWith('*')) {
      const found = /^\*([A-Za-z_]\w*)$/.exec(segment)
      if (index !== raw.length - 1 || !found)
        throw new SyntaxError(`'*name' must be the whole last segment of the path '${text}'`)
      rest = name(found[1], '*')
      break
    }
    const parts: Part[] = []
    for (const [found, parameter] of segment.matchAll(/:([A-Za-z_]\w*)?|[^:]+/g)) {
      if (!found.startsWith(':')) parts.push(found)
      else {
        const previous = parts.at(-1)
        if (typeof previous === 'object')
          throw new SyntaxError(`two parameters with nothing between them in the path '${text}'`)
        parts.push({ name: name(parameter, ':') })
      }
    }
    if (/[*()?+\\]/.test(parts.filter((part) => typeof part === 'string').join(''))) {
      throw new SyntaxError(`one of * ( ) ? + \\ in the segment '${segment}' of the path '${text}'`)
    }
    segments.push(parts)
  }
  return { segments, rest }
}

/**
 * Decodes one segment of a request path.
 *
 * @returns the text, or `undefined` when it must not get any further: malformed percent-encoding, control characters
 *   (an encoded NUL or line break is never meant well), or a dot segment, which would climb out of a backend's path.
 */
export function decodeSegment(segment: string): string | undefined {
  let text = segment
  if (segment.includes('%')) {
    try {
      text = decodeURIComponent(segment)
    } catch {
      return undefined
    }
  }
  return isSafeSegment(text) ? text : undefined
}

/**
 * Whether text can become a part of a path without climbing out of it, even behind a server that decodes `%2F`, takes `\`
 * for `/`, or cuts a segment off at `;` before it looks at its dots.
 */
export function isSafeSegment(text: string): boolean {
  return !/[\x00-\x1f\x7f]/.test(text) && (!text.includes('.') || !/(^|[/\\])\.{1,2}([/\\;]|$)/.test(text))
}

/** Whether a raw request path has dot segments, plain or encoded, with `/` or `\`: nobody sends those in good faith. */
export function hasDotSegments(path: string): boolean {
  return /[.]|%2e/i.test(path) && /(^|[/\\]|%2f|%5c)(\.|%2e){1,2}([/\\;]|%2f|%5c|%3b|$)/i.test(path)
}
