import { addRoute, createRouter, findRoute } from 'rou3'
import { type Pattern, parsePattern, type Variant } from '../lib/path.ts'
import { literal, normalise, rankOf } from '../lib/path-match.ts'
import { type Params, type ParamsOf, paramsOf } from './path-params.ts'

/** A route that was found: what it was added with, and how the path's parameters are had, decoded. */
export interface Match<T> {
  readonly target: T
  /** @throws FacetError `input-invalid` when one of them cannot be decoded or must not get any further */
  params(): Params
}

interface Entry<T> {
  readonly target: T
  readonly variant: Variant
  readonly paramsOf: ParamsOf
}

const ANY = ''
/** Parameters are read by the pattern's own variant (path-params.ts): at half the cost, and only where somebody asks for them. */
const UNREAD = { params: false }
const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

/**
 * The routes of an app in one radix tree (rou3), so that a thousand of them cost no more than five. The most exact pattern
 * that has the method wins. Patterns are Facet's own (lib/path.ts); paths are matched as they came, and decoded a segment
 * at a time afterwards, so that an encoded slash never makes two segments of one.
 */
export class Router<T> {
  readonly #router = createRouter<Entry<T>>()
  readonly #taken = new Map<string, string>()

  /**
   * @param method `ANY` stands for every method that the pattern does not have otherwise
   * @param file where it is written, for whoever writes the same once more
   * @throws SyntaxError when another route has the same method and pattern
   */
  add(method: string, path: string, target: T, file?: string): void {
    const pattern: Pattern = parsePattern(path)
    const own = new Set<string>()
    for (const variant of pattern.variants) {
      const text = written(variant, (name) => `:${name}`)
      const shape = `${method} ${written(variant, () => ':')}`
      // Two readings of one pattern may come to the same (`{/:a}{/:b}`); the longer one, which comes first, has it.
      if (own.has(shape)) continue
      own.add(shape)
      const other = this.#taken.get(shape)
      if (other !== undefined) throw new SyntaxError(`it is the same as ${other}`)
      this.#taken.set(shape, `'${method} ${path}'${file === undefined ? '' : ` in ${file}`}`)
      addRoute(this.#router, method === 'ANY' ? ANY : method, text, { target, variant, paramsOf: paramsOf(variant) })
    }
  }

  /**
   * The route for a method and a raw path, without its query. HEAD is answered where GET is, unless it has a route of its own that is
   * as exact.
   */
  find(method: string, path: string): Match<T> | undefined {
    const normal = path.includes('%') ? normalise(path) : path
    const found = findRoute(this.#router, method, normal, UNREAD)
    const match = method === 'HEAD' ? this.#nearer(found, findRoute(this.#router, 'GET', normal, UNREAD)) : found
    if (!match) return undefined
    const { target, paramsOf } = match.data
    return { target, params: () => paramsOf(normal) }
  }

  /** The methods that some pattern takes for a path: for `Allow`. */
  methods(path: string): string[] {
    const normal = path.includes('%') ? normalise(path) : path
    const found = KNOWN_METHODS.filter((method) => findRoute(this.#router, method, normal, UNREAD))
    return found.includes('GET') && !found.includes('HEAD') ? [...found, 'HEAD'] : found
  }

  /** rou3 falls back to ANY by itself; for HEAD, a GET route is nearer than that, and than a HEAD route that takes more. */
  #nearer<M extends { readonly data: Entry<T> }>(head: M | undefined, get: M | undefined): M | undefined {
    if (!head || !get || !this.#has('HEAD', head.data)) return get ?? head
    return rankOf(get.data.variant) < rankOf(head.data.variant) ? get : head
  }

  #has(method: string, { variant }: Entry<T>): boolean {
    return this.#taken.has(`${method} ${written(variant, () => ':')}`)
  }
}

/** A variant in rou3's syntax; `name` gives the text of a parameter. */
function written({ segments, rest }: Variant, name: (name: string) => string): string {
  const path = segments
    .map((parts) => parts.map((part) => (typeof part === 'string' ? literal(part) : name(part.name))).join(''))
    .join('/')
  return `/${path}${rest === undefined ? '' : `${path === '' ? '' : '/'}**`}`
}
