const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})`
const TIME = '(\\d\\d):(\\d\\d):(\\d\\d)'

/** The three formats of an HTTP-date. A cache takes them in any case (RFC 9111, section 4.2). */
const FIXDATE = new RegExp(`^(?:mon|tue|wed|thu|fri|sat|sun), (\\d\\d) ${MONTH} (\\d{4}) ${TIME} gmt$`, 'i')
const RFC_850 = new RegExp(`^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} gmt$`, 'i')
const ASCTIME = new RegExp(`^(?:mon|tue|wed|thu|fri|sat|sun) ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`, 'i')

/**
 * An HTTP-date (RFC 9110, section 5.6.7) in milliseconds since the epoch.
 *
 * @param now decides the century of a year of two digits: never more than fifty years ahead
 * @returns undefined for anything else, such as another time zone, which a cache has to take for invalid
 */
export function parseHttpDate(text: string, now = Date.now()): number | undefined {
  let match = FIXDATE.exec(text)
  if (match) return time(match[3], match[2], match[1], match.slice(4))
  match = ASCTIME.exec(text)
  if (match) return time(match[6], match[1], match[2], match.slice(3, 6))
  match = RFC_850.exec(text)
  return match ? time(String(fullYear(Number(match[3]), now)), match[2], match[1], match.slice(4)) : undefined
}

function fullYear(digits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + digits
  return year > thisYear + 50 ? year - 100 : year
}

function time(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  clock: readonly (string | undefined)[],
): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = clock.map(Number)
  // A leap second is the first one of the next minute.
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const date = new Date(0)
  const at = MONTHS.indexOf((month ?? '').toLowerCase())
  date.setUTCFullYear(Number(year), at, Number(day))
  // The 31st of a month that has none is no date.
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== at) return undefined
  return date.setUTCHours(hours, minutes, seconds)
}
