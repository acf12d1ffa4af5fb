/** What was measured of one contender in one scenario: a number, a first and a third quartile, or nothing to compare with. */
export type Figures = Record<string, number | [number, number] | null>

/** What a scenario is given to work with. */
export interface Bench {
  /** Timed seconds per contender. */
  seconds: number
  connections: number
  /** Names of the contenders to measure: some of the scenario's own. */
  contenders: readonly string[]
  /**
   * URLs of the mock backends, under the names of the environment variables that the contenders read. They are started
   * by the first scenario that asks.
   */
  backends(): Promise<Record<string, string>>
  /** What the contenders have in their environment besides. */
  env?: Readonly<Record<string, string>>
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
  /** Names of all that it can measure. */
  contenders: readonly string[]
  /** Timed seconds per contender where the command line does not say. */
  seconds: number
  /**
   * Figures by contender; none where the machine lacks something that it needs. Throws when the answers are not comparable;
   * then nothing that was timed counts.
   */
  run(bench: Bench): Promise<Record<string, Figures>>
}
