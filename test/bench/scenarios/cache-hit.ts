import { type LoadScenario, loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'
import { USERS } from './users.ts'

/** Shorter than the 60 s of the cache by far more than a slice is long. */
const FRESH_MS = 45_000

/**
 * A cached answer of about 2 kB. Every slice requests one user, who changes before the entry expires and comes back only
 * after it has: the untimed request at the start of a slice stores the answer, and all the timed ones are hits.
 */
const hits: Pick<LoadScenario, 'paths' | 'same' | 'conditional'> = {
  paths: (elapsedMs) => [`/bench/cached/${USERS[Math.floor(elapsedMs / FRESH_MS) % USERS.length]}`],
  same: 'json',
  conditional: true,
}

export const cacheHit: Scenario = loadScenario({ name: 'cacheHit', summary: 'a cached answer of about 2 kB', ...hits })

/** The same, asked for by who has it. */
export const cacheHitNotModified: Scenario = loadScenario({
  name: 'cacheHitNotModified',
  summary: 'a cached answer that the client has: 304',
  ...hits,
  revalidates: true,
})
