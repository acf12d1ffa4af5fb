import type { ProxiedRequest } from '../../endpoint/proxied-request.ts'
import type { Target } from '../../endpoint/proxy-target-options.ts'
import { hashOf, mix } from '../../lib/hash.ts'
import { normalise, type PathMatch } from '../../lib/path-match.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { asked, Proxied } from './asked.ts'

/** What is chosen for a request, among as many as there are targets, and one for all others. */
export type Choose<W> = (context: RequestContext, path: string) => W

/**
 * Chooses by a route's targets: the first of which all conditions hold, and to whose share of all requests this one belongs.
 *
 * @param ways one for each target
 * @param trusted which proxies in front of this server are believed
 */
export function chooser<W>(
  targets: readonly Target[],
  ways: readonly W[],
  otherwise: W,
  trusted: TrustedProxies,
): Choose<W> {
  return (context, path) => {
    const request = new Proxied(context, path, trusted)
    // What the targets before have not had of all requests like this one.
    let left = 1
    for (const [at, target] of targets.entries()) {
      if (!holds(target, request, context)) continue
      if (isInShare(target, target.weight / left, request, context)) return ways[at] as W
      left -= target.weight
    }
    return otherwise
  }
}

/** What is cheap to know is asked first; a team's function last. */
function holds(target: Target, request: ProxiedRequest, context: RequestContext): boolean {
  const { host, paths, headers, when } = target
  if (host !== undefined && !isHost(request.host, host)) return false
  if (paths && !isPath(request.path, paths)) return false
  for (const [name, expected] of headers) {
    const value = request.header(name)
    if (value === undefined) return false
    if (typeof expected === 'string' ? value !== expected : !expected.test(value)) return false
  }
  return when === undefined || asked("a target's when", context, () => when(request))
}

/** Below `.example.com` is every name that has more before it. */
function isHost(host: string, expected: string): boolean {
  return host === expected || (expected.startsWith('.') && host.endsWith(expected) && host.length > expected.length)
}

/** As the router sees it: however its letters are written, with a slash at its end or without. */
function isPath(path: string, patterns: readonly PathMatch[]): boolean {
  const normal = path.includes('%') ? normalise(path) : path
  const plain = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
  return patterns.some(({ match }) => match(plain) !== undefined)
}

/**
 * Shares are of all requests, so `share` is a larger part of those that are left. The name of the backend is part of what is hashed: what
 * two targets have in common must not be the same tenth of the clients.
 */
function isInShare({ by, backend }: Target, share: number, request: ProxiedRequest, context: RequestContext): boolean {
  if (share >= 1) return true
  if (share === 0) return false
  const key = by && asked("a target's by", context, () => by(request))
  return (key === undefined ? Math.random() : mix(hashOf(`${backend.name} ${key}`)) / 2 ** 32) < share
}
