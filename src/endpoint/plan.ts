import { after } from '../call/after.ts'
import type { Cover, Rescue, Run, Runtime } from '../call/call.ts'
import type { AnyEndpoint, Source } from './endpoint.ts'
import { keptSource } from './kept-source.ts'

/** One source of a plan, its needs as positions. */
export interface Step {
  readonly name: string
  readonly run: Run<never, unknown>
  readonly input: Source['input']
  /** What stands in when it fails; undefined where the source is required. */
  readonly cover: Cover<unknown> | undefined
  /** What is asked before the cover is taken. */
  readonly rescue: Rescue<never, unknown> | undefined
  /** Whether it is this client alone that can do without it: what needs it then goes without as well. */
  readonly isMaybe: boolean
  readonly needs: readonly number[]
  /** The steps that wait for this one. */
  readonly dependents: readonly number[]
}

/** What is fetched for one client of one endpoint: composed when the app starts, so that a request only follows it. */
export interface Plan {
  readonly steps: readonly Step[]
  /** How many sources each step waits for. */
  readonly needs: readonly number[]
  /** The sources that are handed on, as positions, in declaration order; the others are only needed by them. */
  readonly given: readonly number[]
  /** Whether two sources could ask the same of the same backend. */
  readonly memo: boolean
  /** What kept data can be purged by, as the request says; undefined where none is kept, or nothing said. */
  readonly dataTags: ((request: object) => readonly string[]) | undefined
  /** Whether an answer may lack something: a source, or one of the calls in it. */
  readonly mayBePartial: boolean
  /** Milliseconds. */
  readonly deadline: number
}

/**
 * The plan for a client that reads some sources, or all.
 *
 * @param reads the sources that its transform names; undefined is all
 * @param maybe those of them that it can do without
 */
export function makePlan(
  endpoint: AnyEndpoint,
  runtime: Runtime,
  reads?: readonly string[],
  maybe: readonly string[] = [],
): Plan {
  const wanted = reads ? withNeeds(endpoint.sources, reads) : new Set(endpoint.sources.map(({ name }) => name))
  const sources = endpoint.sources.filter(({ name }) => wanted.has(name))
  const position = new Map(sources.map(({ name }, index) => [name, index]))
  const { route, settings } = endpoint
  const changed = afterWrites(endpoint.sources)
  const kept = (name: string, call: Source['call']): Run<never, unknown> => {
    if (!settings.data || changed.has(name)) return runtime.bind(call)
    // A load that is kept goes on when nobody waits for it any longer.
    const { late } = call
    const inner = late?.call ?? call
    const run = keptSource(runtime, route, name, inner, settings.data)(runtime.bind(inner))
    return late ? after(late.ms, runtime.timers, true)(run) : run
  }
  const steps = sources.map(
    ({ name, call, needs, input }): Step => ({
      name,
      run: kept(name, call),
      input,
      cover: call.cover ?? (maybe.includes(name) ? () => undefined : undefined),
      rescue: call.rescue?.(runtime),
      isMaybe: call.cover === undefined && maybe.includes(name),
      needs: needs.map((need) => position.get(need) as number),
      dependents: sources.flatMap((other, index) => (other.needs.includes(name) ? [index] : [])),
    }),
  )
  const operations = sources.filter(({ call }) => call.effect === 'read').flatMap(({ call }) => leaves(call))
  return {
    steps,
    needs: steps.map((step) => step.needs.length),
    given: sources.flatMap(({ name }, index) => (!reads || reads.includes(name) ? [index] : [])),
    memo: new Set(operations).size < operations.length,
    dataTags: settings.data?.tags,
    mayBePartial: steps.some(({ cover }) => cover) || sources.some(({ call }) => hasCover(call)),
    deadline: settings.deadline,
  }
}

/** The sources that are read, with those that they need, directly or not: needs are always declared before. */
export function withNeeds(sources: readonly Source[], reads: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(reads)
  for (const { name, needs } of sources.toReversed()) if (wanted.has(name)) for (const need of needs) wanted.add(need)
  return wanted
}

/** The sources that write, and those that see what these have written: an older answer would be a wrong one. */
function afterWrites(sources: readonly Source[]): ReadonlySet<string> {
  const changed = new Set<string>()
  for (const { name, call, needs } of sources)
    if (call.effect === 'write' || needs.some((need) => changed.has(need))) changed.add(name)
  return changed
}

function hasCover({ cover, parts }: Source['call']): boolean {
  return cover !== undefined || parts.some(hasCover)
}

/** The operations that a call reaches in the end. */
function leaves(call: Source['call']): Source['call'][] {
  return call.parts.length > 0 ? call.parts.flatMap(leaves) : [call]
}
