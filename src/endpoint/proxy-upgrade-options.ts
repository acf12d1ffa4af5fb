import { z } from 'zod'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { durationOption } from '../options.ts'

/** How the upgrades of a proxied route are passed on: WebSocket, and what else its backend can switch to (RFC 9110, section 7.8). */
export interface UpgradeOptions {
  /**
   * The origins of pages that may ask for one, besides those of the very host that is asked: `https://a.example`, or `*` for all. A
   * browser lets any page open a WebSocket anywhere, with the cookies of whoever looks at it. Who is no browser sends no `Origin`.
   */
  readonly origins?: readonly string[]
  /** How long nothing may move on a connection, in neither direction, before it is closed; 5 min if not said. */
  readonly idle?: Duration
  /**
   * How many there may be at once on this route in one process, those included that are still being asked for; 10,000 if not said. A
   * further one is refused with 503. Each holds a connection to the client and one to the backend, that is two file descriptors and one
   * of the 28,232 ports that Linux has for connections to one address, which calls and other routes need as well.
   */
  readonly connections?: number
}

/** The same, checked. */
export interface UpgradeSettings {
  /** As `Origin` has them, in lower case. */
  readonly origins: ReadonlySet<string>
  /** Milliseconds. */
  readonly idle: number
  /** How many there may be at once. */
  readonly connections: number
}

const IDLE: Duration = '5m'
const CONNECTIONS = 10_000
/** The longest that a check every quarter of it can be set for, in milliseconds: 2 ^ 31 - 1. */
const LONGEST = 2_147_483_647

const origin = z
  .string()
  .refine(
    isOrigin,
    "an origin as browsers send it, such as 'https://a.example' or 'http://localhost:8080', or '*' was expected",
  )
const idle = durationOption.refine((text) => {
  const ms = /^[\d.]+[a-z]+$/.test(text) ? milliseconds(text) : 0
  return ms > 0 && ms <= LONGEST
}, 'a duration above 0 and below 25 days was expected')

/** The option `websocket` of a proxied route. */
export const upgradeOption = z.preprocess(
  // A union would not say which part of the object is wrong.
  (value) => (value === false ? {} : value),
  z.strictObject(
    {
      origins: z.array(origin, 'a list of origins was expected').optional(),
      idle: idle.optional(),
      connections: z.number().int().min(1).optional(),
    },
    'false or { origins, idle, connections } was expected',
  ),
)

/** What holds for a route; undefined where it switches to nothing. */
export function upgradeSettings(options: UpgradeOptions | false | undefined): UpgradeSettings | undefined {
  if (options === false) return undefined
  const { origins = [], idle = IDLE, connections = CONNECTIONS } = options ?? {}
  return { origins: new Set(origins.map((each) => each.toLowerCase())), idle: milliseconds(idle), connections }
}

/** Whether a browser could send it: scheme, host and a port that is not the scheme's own; apps have schemes of their own. */
function isOrigin(text: string): boolean {
  if (text === '*' || text === 'null') return true
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s\\]+$/i.test(text) || !URL.canParse(text)) return false
  return !/^https?:/i.test(text) || new URL(text).origin === text.toLowerCase()
}
