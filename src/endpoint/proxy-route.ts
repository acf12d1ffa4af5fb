import { DefinitionError } from '../errors.ts'
import { hasDotSegments } from '../lib/path.ts'
import { checkRoute } from './options.ts'
import type { Method, Route } from './request.ts'

/** What a proxy stands on: a method, `ANY`, or several methods with commas between them, and a path. */
export type ProxiedRoute = Route | `${Method},${string} /${string}`

/** A route, taken apart. */
export interface ProxiedPlace {
  readonly methods: readonly string[]
  /** The pattern. */
  readonly path: string
  /** How many segments of a path are the route's own. */
  readonly depth: number
}

/**
 * Takes a proxy's route apart.
 *
 * @throws DefinitionError with the route
 */
export function placeOf(route: string): ProxiedPlace {
  const [said = '', path = '', ...more] = route.split(' ')
  const methods = said.split(',')
  for (const method of methods) {
    try {
      checkRoute([method, path, ...more].join(' '))
    } catch (error) {
      if (methods.length === 1) throw error
      throw new DefinitionError(
        `route '${route}': methods with commas and no blanks between them, a blank and a path were expected`,
        error,
      )
    }
  }
  if (new Set(methods).size < methods.length) throw new DefinitionError(`route '${route}': a method stands there twice`)
  if (methods.length > 1 && methods.includes('ANY'))
    throw new DefinitionError(`route '${route}': ANY has all methods, and stands alone`)
  if (!/\/(\*\w+|\{\w+\+\})$/.test(path))
    throw new DefinitionError(`proxy '${route}': the path must end with /*name, which is what is passed on`)
  if (/[:{]/.test(path.replace(/\{\w+\+\}$/, '')))
    throw new DefinitionError(`proxy '${route}': the prefix before /*name must be plain text`)
  if (hasDotSegments(path))
    throw new DefinitionError(`proxy '${route}': no request has dot segments in its path, so none would come here`)
  return { methods, path, depth: path.split('/').length - 2 }
}

/**
 * The name of a backend that a route has for itself: no two routes of an app come to the same, and no backend that a team names can.
 *
 * @example nameFor('GET,POST /legacy/v1/*path') // 'get-post.legacy.v1'
 */
export function nameFor(route: string): string {
  const { methods, path } = placeOf(route)
  const segments = path.split('/').slice(1, -1)
  const encoded = segments.map((segment) =>
    encodeURIComponent(segment).replace(/[.!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  )
  return `${methods.join('-').toLowerCase()}.${encoded.join('.')}`
}
