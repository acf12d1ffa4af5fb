/** What a measured process says about itself. */
export interface Usage {
  /** User and system time of the process since its start, in microseconds. */
  cpuMicros: number
  /** Resident memory now, in MB. */
  rssMb: number
  /** The most resident memory the process ever had, in MB. */
  peakRssMb: number
}

/** What the harness sends to a process that it started. */
export interface Question {
  id: number
  ask: string
  about: unknown
}

/** The reply to a {@link Question}. */
export interface Answer {
  id: number
  answer: unknown
}

/** What a process can be asked, besides its `usage`. */
export type Answers = Record<string, (about: never) => unknown>

/**
 * Tells the harness that this process is ready (`started` says where it listens), answers its questions from then on,
 * and ends the process when the harness is gone, however that came about.
 */
export function report(started: object, answers: Answers = {}): void {
  if (!process.send) throw new Error('this program is started by test/bench/main.ts, over an IPC channel')
  const all: Answers = { ...answers, usage }
  process.on('message', ({ id, ask, about }: Question) => {
    process.send?.({ id, answer: all[ask]?.(about as never) } satisfies Answer)
  })
  process.on('disconnect', () => process.exit(0))
  process.send({ started })
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return {
    cpuMicros: user + system,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    peakRssMb: process.resourceUsage().maxRSS / 2 ** 10,
  }
}

/** Where a contender finds the URL of the Redis that it is to keep its answers in. Facet itself would read `REDIS_URL`. */
export const REDIS_URL = 'BENCH_REDIS_URL'

/** A URL that the harness has put into the environment. */
export function backendUrl(name: 'CRM_URL' | 'SHOP_URL' | 'BILLING_URL' | 'ANSWERS_URL' | 'STATEMENTS_URL'): string {
  const url = process.env[name]
  if (!url) throw new Error(`${name} is not set`)
  return url
}
