import { BenchError } from '../errors.ts'
import { callsFor } from '../support/calls.ts'
import { requestBytes } from '../support/connections.ts'
import { openLoad, statusesOf } from '../support/load.ts'
import { type Program, portOf } from '../support/processes.ts'
import type { Bench } from './scenario.ts'

/** Enough that contender and backend never wait for one another. */
const CONNECTIONS = 64
const LONGEST_MS = 180_000

/**
 * Has every contender asked for all of some paths, and then does something during which none of them may ask its backend.
 *
 * @throws BenchError when one did: not all that was timed came from a cache
 */
export async function withFilled<T>(
  name: string,
  programs: readonly Program[],
  paths: readonly string[],
  bench: Bench,
  work: () => Promise<T>,
): Promise<T> {
  for (const program of programs) {
    bench.progress(`${name}: filling the cache of ${program.name} with ${paths.length} answers`)
    await fill(program, paths)
  }
  const backends = await bench.backends()
  const before = await callsFor(backends)
  const result = await work()
  const more = (await callsFor(backends)) - before
  if (more > 0) throw new BenchError(`${name}: ${more} requests were no hits`)
  return result
}

async function fill(program: Program, paths: readonly string[]): Promise<void> {
  const port = portOf(program)
  const requests = paths.map((path) => requestBytes(port, path))
  const load = await openLoad(port, requests, CONNECTIONS)
  try {
    const result = await load.run(LONGEST_MS, requests.length)
    if (result.unexpected.size > 0) throw new BenchError(`${program.name}: answered ${statusesOf(result)}`)
    if (result.requests < requests.length)
      throw new BenchError(`${program.name}: not filled in ${LONGEST_MS / 1000} seconds`)
  } finally {
    load.close()
  }
}
