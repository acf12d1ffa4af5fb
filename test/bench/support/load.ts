import { openConnections } from './connections.ts'

const STALLED_MS = 15_000

/** What came of one run of the load generator. */
export interface LoadResult {
  requests: number
  /** From the first request to the last response. */
  elapsedMs: number
  latenciesMs: number[]
  /** Every status that was not expected, with its count. */
  unexpected: Map<number, number>
}

/** A closed loop on kept-alive connections: each sends its next request when its last one has been answered. */
export interface Load {
  /**
   * Sends for `ms`, then waits for the answers that are still out, so that nothing is in flight at the end.
   *
   * @param most how many requests are sent at the most
   */
  run(ms: number, most?: number): Promise<LoadResult>
  close(): void
}

/** Opens `connections` connections to a port on this machine. The requests are sent in turn. */
export async function openLoad(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  status = 200,
): Promise<Load> {
  let turn = 0
  let fail: (error: Error) => void = () => {}
  const next = (): Buffer => requests[turn++ % requests.length] as Buffer
  const all = await openConnections(port, connections, (error) => fail(error))

  const run = (ms: number, most = Number.POSITIVE_INFINITY): Promise<LoadResult> =>
    new Promise((resolve, reject) => {
      const result: LoadResult = { requests: 0, elapsedMs: 0, latenciesMs: [], unexpected: new Map() }
      const began = performance.now()
      const starting = all.slice(0, most)
      let busy = starting.length
      let left = most - busy
      const timer = setTimeout(() => {
        left = 0
      }, ms)
      const watchdog = setTimeout(() => fail(new Error(`no end ${STALLED_MS} ms after the slice`)), ms + STALLED_MS)
      const settle = (outcome: () => void): void => {
        clearTimeout(timer)
        clearTimeout(watchdog)
        fail = () => {}
        outcome()
      }
      fail = (error) => settle(() => reject(error))
      for (const connection of starting) {
        connection.onResponse = (got, latencyMs) => {
          result.requests++
          result.latenciesMs.push(latencyMs)
          if (got !== status) result.unexpected.set(got, (result.unexpected.get(got) ?? 0) + 1)
          if (left > 0) {
            left--
            connection.send(next())
          } else if (--busy === 0) {
            result.elapsedMs = performance.now() - began
            settle(() => resolve(result))
          }
        }
        connection.send(next())
      }
    })

  return {
    run,
    close() {
      for (const connection of all) connection.close()
    },
  }
}

/** What was not as expected, in words. */
export function statusesOf({ unexpected, requests }: LoadResult): string {
  const counted = [...unexpected].map(([status, count]) => `${count} × ${status}`)
  return `${counted.join(', ')} of ${requests}`
}
