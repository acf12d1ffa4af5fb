import { randomFrom } from '../xml/random.ts'
import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'

const IDS = 100_000
/** About as many as a slice requests. */
const DRAWN = 50_000

const all = Array.from({ length: IDS }, (_, index) => `/bench/single/${index + 1}`)
const random = randomFrom(1)

/** A hit among a hundred thousand answers of about 2 kB, in no order that a processor's cache could make use of. */
export const cacheHitMany: Scenario = loadScenario({
  name: 'cacheHitMany',
  summary: 'one of 100,000 cached answers of about 2 kB',
  paths: () => Array.from({ length: DRAWN }, () => random.pick(all)),
  same: 'json',
  conditional: true,
  filled: all,
})
