import { type CacheControl, secondsOf } from '../../lib/cache-control.ts'
import type { Fields } from '../../lib/fields.ts'
import { parseHttpDate } from '../../lib/http-date.ts'
import { governing } from './governing.ts'
import { NOTHING_SETTLED, type StaleTimes, settledLifetime, staleTimes, type Unsaid } from './unsaid.ts'

/** A response's head, and when it was asked for and came. Times in milliseconds since the epoch. */
export interface ReceivedHead {
  readonly status: number
  readonly fields: Fields
  /** When the request was sent, and when the head was there. */
  readonly requested: number
  readonly received: number
  /** 0 to 1, drawn when it came, where lifetimes that nothing says differ; 0 if not said. */
  readonly luck?: number | undefined
}

/** What a shared cache makes of a response (RFC 9111). Times in milliseconds, since the epoch where they are moments. */
export interface CacheInfo extends StaleTimes {
  readonly status: number
  readonly fields: Fields
  /** The directives that count for this cache: those of a targeted field, where there is one (RFC 9213). */
  readonly directives: CacheControl
  /** Its age when it came (section 4.2.3). */
  readonly initialAge: number
  readonly received: number
  readonly date: number
  /** How long it is fresh, from its birth on, if anything says so (section 4.2.1). */
  readonly lifetime: number | undefined
  /** How long it is taken for fresh where nothing says so (section 4.2.2), as settled or guessed; 0 where that is not allowed. */
  readonly heuristicLifetime: number
}

/** Statuses that may be kept although nothing says for how long (RFC 9110, section 15.1). */
const HEURISTIC: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501])
/** A tenth of the time since it was changed (section 4.2.2), but never more than a day. */
const HEURISTIC_SHARE = 0.1
const LONGEST_HEURISTIC = 24 * 60 * 60 * 1000

/** What a response's head says to a cache. @param unsaid what holds where it says nothing */
export function cacheInfo(
  { status, fields, requested, received, luck = 0 }: ReceivedHead,
  unsaid: Unsaid = NOTHING_SETTLED,
): CacheInfo {
  const { directives, isTargeted } = governing(fields)
  const said = single(fields.all('date'))
  const date = (said === undefined ? undefined : parseHttpDate(said, received)) ?? received
  const lifetime = lifetimeOf(fields, directives, isTargeted, date)
  const isAllowed = HEURISTIC.has(status) || directives.has('public')
  const settled = settledLifetime(unsaid, status, luck)
  const heuristicLifetime = isAllowed ? (settled ?? guessedLifetime(fields, date)) : 0
  return {
    status,
    fields,
    directives,
    initialAge: Math.max(0, received - date, ageOf(fields) + (received - requested)),
    received,
    date,
    lifetime,
    heuristicLifetime,
    ...staleTimes(directives, lifetime ?? heuristicLifetime, unsaid),
  }
}

/** s-maxage, then max-age, then Expires; a targeted field leaves the last one out (RFC 9213, section 2.2). */
function lifetimeOf(fields: Fields, directives: CacheControl, isTargeted: boolean, date: number): number | undefined {
  const seconds = directives.seconds('s-maxage') ?? directives.seconds('max-age')
  if (seconds !== undefined) return seconds * 1000
  if (isTargeted || !fields.has('expires')) return undefined
  // Whatever is no date is in the past (RFC 9111, section 5.3), and of two different ones nobody knows which is meant.
  const expires = single(fields.all('expires'))
  const time = expires === undefined ? undefined : parseHttpDate(expires, date)
  return time === undefined ? 0 : Math.max(0, time - date)
}

function guessedLifetime(fields: Fields, date: number): number {
  const changed = single(fields.all('last-modified'))
  const time = changed === undefined ? undefined : parseHttpDate(changed, date)
  return time === undefined || time > date ? 0 : Math.min((date - time) * HEURISTIC_SHARE, LONGEST_HEURISTIC)
}

/** The Age field in milliseconds: the first one of a list, nothing where it is no number (section 5.1). */
function ageOf(fields: Fields): number {
  const [first = ''] = (fields.get('age') ?? '').split(',')
  return (secondsOf(first.trim()) ?? 0) * 1000
}

/** The value that a field has, if all of its lines have the same one. */
function single(values: readonly string[]): string | undefined {
  return values.every((value) => value === values[0]) ? values[0]?.trim() : undefined
}

/** Whether a status may be kept although nothing says for how long. */
export function isHeuristic(status: number): boolean {
  return HEURISTIC.has(status)
}

/** Its age at a moment (section 4.2.3). */
export function ageAt({ initialAge, received }: CacheInfo, now: number): number {
  return initialAge + Math.max(0, now - received)
}
