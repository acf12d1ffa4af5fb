/** A length of time as people write it: `300ms`, `30s`, `5m`, `2h`, `7d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of a duration.
 *
 * @throws RangeError when the text is no duration; the message says what is expected.
 * @example milliseconds('1.5s') // 1500
 */
export function milliseconds(duration: Duration | string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  const unit = UNITS[match?.[2] ?? '']
  if (!match || unit === undefined)
    throw new RangeError(`'${duration}' is not a duration such as 300ms, 30s, 5m, 2h, 7d`)
  return Number(match[1]) * unit
}
