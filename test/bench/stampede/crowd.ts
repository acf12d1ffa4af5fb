import { BenchError } from '../errors.ts'
import { openConnections, requestBytes } from '../support/connections.ts'

/** Far longer than the slowest contender needs for all of them. */
const LATEST_MS = 30_000

/** Many clients, each with a connection that is open. */
export interface Crowd {
  /** Has all of them ask for the same at once; settles with the time each has waited, in milliseconds, when all have the answer. */
  ask(path: string): Promise<number[]>
  leave(): void
}

/** Opens so many connections to a contender. */
export async function gather(port: number, count: number): Promise<Crowd> {
  let fail: (error: Error) => void = () => {}
  const all = await openConnections(port, count, (error) => fail(error))
  const ask = (path: string): Promise<number[]> =>
    new Promise((resolve, reject) => {
      const latencies: number[] = []
      const late = setTimeout(() => fail(new BenchError(`not all were answered in ${LATEST_MS / 1000} s`)), LATEST_MS)
      const settle = (outcome: () => void): void => {
        clearTimeout(late)
        fail = () => {}
        outcome()
      }
      fail = (error) => settle(() => reject(error))
      const request = requestBytes(port, path)
      for (const connection of all) {
        connection.onResponse = (status, latencyMs) => {
          if (status !== 200) {
            fail(new BenchError(`${path} was answered with ${status}`))
            return
          }
          latencies.push(latencyMs)
          if (latencies.length === count) settle(() => resolve(latencies))
        }
      }
      for (const connection of all) connection.send(request)
    })
  return {
    ask,
    leave() {
      for (const connection of all) connection.close()
    },
  }
}
