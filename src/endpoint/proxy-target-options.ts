import { z } from 'zod'
import { DefinitionError } from '../errors.ts'
import { isFieldValue, isToken } from '../lib/headers.ts'
import { type PathMatch, pathMatches } from '../lib/path-match.ts'
import { functionOption, shareOption } from '../options.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import { type Upstream, type UpstreamOption, upstreamFor, upstreamOption } from './proxy-upstream.ts'

/** Another backend for some of a route's requests: those of which all that is said holds. */
export interface TargetOptions {
  readonly to: UpstreamOption
  /** The host that was asked: `beta.example.com`, or `*.example.com` for every name below it. */
  readonly host?: string
  /** A pattern for the whole path, as routes have them: `/legacy/reports/*rest`. */
  readonly path?: `/${string}`
  /** Headers with the values that they must have. */
  readonly headers?: Readonly<Record<string, string | RegExp>>
  readonly when?: (request: ProxiedRequest) => boolean
  /**
   * The share of these requests that it gets, 0 to 1: for a canary. All that are left if not said. Shares are of the whole: of two targets
   * with 0.1 each has a tenth, and eight tenths are left.
   */
  readonly weight?: number
  /** By which the share is taken, so that who has the same stays with the same backend; at random where it gives nothing. */
  readonly by?: (request: ProxiedRequest) => string | undefined
}

/** The same, checked. */
export interface Target {
  readonly backend: Upstream
  /** In lower case; with the dot where it is every name below one. */
  readonly host: string | undefined
  /** The readings of the pattern. */
  readonly paths: readonly PathMatch[] | undefined
  /** With their names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string | RegExp])[]
  readonly when: ((request: ProxiedRequest) => boolean) | undefined
  readonly weight: number
  readonly by: ((request: ProxiedRequest) => string | undefined) | undefined
}

/** For a proxy's schema. */
export const targetsOption = z.array(
  z.strictObject(
    {
      to: upstreamOption,
      host: z
        .string('a host was expected')
        .regex(/^(\*\.)?[\w-]+(\.[\w-]+)*$|^\[[\da-f:.]+\]$/i, 'a host without its port was expected')
        .optional(),
      path: z.string("a path that starts with '/' was expected").optional(),
      headers: z
        .record(
          z.string().refine(isToken, 'the name of a header was expected'),
          z.union(
            [z.instanceof(RegExp), z.string().refine(isFieldValue)],
            'a header value or a regular expression was expected',
          ),
          'a table of headers and their values was expected',
        )
        .optional(),
      when: functionOption<NonNullable<TargetOptions['when']>>().optional(),
      weight: shareOption.optional(),
      by: functionOption<NonNullable<TargetOptions['by']>>().optional(),
    },
    '{ to: a backend, an http URL or env(…), host, path, headers, when, weight, by } was expected',
  ),
  'a list of { to, … } was expected',
)

/**
 * Fills in what is not said of a route's targets.
 *
 * @param name of the route's own backend: those that are made for URLs are named after it and their place
 * @throws DefinitionError with the option that says nothing or too little
 */
export function targetsOf(what: string, name: string, said: readonly TargetOptions[]): Target[] {
  // Shares that conditions keep apart may come to more: who has both gets what is left.
  const whole = said.reduce((sum, target) => sum + (isForAll(target) ? (target.weight ?? 0) : 0), 0)
  if (whole > 1 + Number.EPSILON * said.length)
    throw new DefinitionError(
      `${what} at 'targets': the weights of those for all requests come to ${whole}, which is more than 1`,
    )
  return said.map((options, index) => {
    const which = (option: string) => `${what} at 'targets.${index}${option}'`
    const { to, host, path, headers, when, weight, by } = options
    if (by && weight === undefined) throw new DefinitionError(`${which('.by')}: it says nothing without 'weight'`)
    if (weight === undefined && isForAll(options))
      throw new DefinitionError(
        `${which('')}: one of host, path, headers, when and weight was expected, or it would get every request`,
      )
    return {
      backend: upstreamFor(which('.to'), `${name}:${index}`, to),
      host: host?.toLowerCase().replace(/^\*/, ''),
      paths: path === undefined ? undefined : patternOf(which('.path'), path),
      // A regular expression with these flags answers by where it has stopped last.
      headers: Object.entries(headers ?? {}).map(([field, value]) => [
        field.toLowerCase(),
        typeof value === 'string' ? value : new RegExp(value.source, value.flags.replace(/[gy]/g, '')),
      ]),
      when,
      weight: weight ?? 1,
      by,
    }
  })
}

/** Whether nothing but its share says which requests a target gets. */
function isForAll({ host, path, headers, when }: TargetOptions): boolean {
  return [host, path, Object.keys(headers ?? {})[0], when].every((condition) => condition === undefined)
}

function patternOf(which: string, path: string): readonly PathMatch[] {
  try {
    return pathMatches(path)
  } catch (error) {
    throw new DefinitionError(`${which}: ${(error as Error).message}`, error)
  }
}
