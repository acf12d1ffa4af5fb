/** What a mock backend does besides answering. All of it can be changed while it runs. */
export interface Control {
  /** Every answer is held back this long. */
  latencyMs: number
  /** And at random up to this much longer. */
  jitterMs: number
  /** The share of requests (0 to 1) that are answered with `status`, or 500 where that is null. */
  failureRate: number
  /** Answers everything with this status (where `failureRate` is 0). */
  status: number | null
  /**
   * Damages the body. `truncated`: the right content-length, and the connection is cut in the middle; `cut`: a complete HTTP
   * message whose document ends in the middle; `garbage`: bytes that are no document; `html`: an error page as proxies send
   * it; `empty`: no bytes at all.
   */
  body: 'normal' | 'truncated' | 'cut' | 'garbage' | 'html' | 'empty'
  /** Resets the connection instead of answering; the backend does not act on the request. */
  reset: boolean
  /** All of the above only for URLs that contain this. */
  only: string | null
  /** Keeps the request log. A benchmark switches it off. */
  log: boolean
}

/** No faults, and the log is kept. */
export const CALM: Readonly<Control> = Object.freeze({
  latencyMs: 0,
  jitterMs: 0,
  failureRate: 0,
  status: null,
  body: 'normal',
  reset: false,
  only: null,
  log: true,
})

const BODIES: readonly unknown[] = ['normal', 'truncated', 'cut', 'garbage', 'html', 'empty']
const LONGEST_MS = 600_000

const isNumber = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most

// Unbounded times would be worse than slow: a timer of 2^31 ms fires at once.
const milliseconds = {
  holds: (value: unknown) => isNumber(value, 0, LONGEST_MS),
  wanted: `a number of milliseconds from 0 to ${LONGEST_MS}`,
}
const flag = { holds: (value: unknown) => typeof value === 'boolean', wanted: 'true or false' }

const RULES: { readonly [Field in keyof Control]: { holds: (value: unknown) => boolean; wanted: string } } = {
  latencyMs: milliseconds,
  jitterMs: milliseconds,
  failureRate: { holds: (value) => isNumber(value, 0, 1), wanted: 'a number from 0 to 1' },
  status: {
    holds: (value) => value === null || (Number.isInteger(value) && isNumber(value, 200, 599)),
    wanted: 'null or a status from 200 to 599',
  },
  body: { holds: (value) => BODIES.includes(value), wanted: `one of ${BODIES.join(', ')}` },
  reset: flag,
  only: { holds: (value) => value === null || typeof value === 'string', wanted: 'null or a part of a URL' },
  log: flag,
}

/**
 * Checks a change of the control state that came from outside.
 * @throws Error that names every unknown field and every wrong value.
 */
export function checkControl(change: unknown): Partial<Control> {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    throw new Error('control: must be an object')
  }
  const faults: string[] = []
  for (const [field, value] of Object.entries(change)) {
    if (!Object.hasOwn(RULES, field)) {
      faults.push(`${field}: unknown, known are ${Object.keys(RULES).join(', ')}`)
    } else {
      const { holds, wanted } = RULES[field as keyof Control]
      if (!holds(value)) faults.push(`${field}: must be ${wanted}`)
    }
  }
  if (faults.length > 0) throw new Error(faults.join('; '))
  return change
}
