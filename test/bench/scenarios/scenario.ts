import type { Contender } from '../contenders.ts'

/** What was measured of one contender in one scenario: a number, a first and a third quartile, or nothing to compare with. */
export type Figures = Record<string, number | [number, number] | null>

/** What a scenario is given to work with. */
export interface Bench {
  /** Timed seconds per contender. */
  seconds: number
  connections: number
  contenders: readonly Contender[]
  /** URLs of the mock backends, under the names of the environment variables that the contenders read. */
  backends: Record<string, string>
  /** A line of progress for the person who waits. */
  progress(text: string): void
}

/**
 * One thing to measure. Most are made by `loadScenario`; one that is not about requests (a parser's speed, a stampede)
 * writes its own `run`, with its own figures: the report shows whatever it finds.
 */
export interface Scenario {
  name: string
  summary: string
  /** Figures by contender. Throws when the answers are not comparable; then nothing that was timed counts. */
  run(bench: Bench): Promise<Record<string, Figures>>
}
