import { randomUUID } from 'node:crypto'
import { BenchError } from '../errors.ts'
import { requestBytes } from '../support/connections.ts'
import { fetchOnce } from '../support/fetch.ts'
import { openLoad, statusesOf } from '../support/load.ts'
import { type Program, portOf, start } from '../support/processes.ts'
import { pathOf } from './kinds.ts'

const CONNECTIONS = 16
/** Far longer than a batch takes. */
const BATCH_MS = 60_000

/** What the cache says of itself: `GET /cache` of the control API. */
export interface Reckoning {
  readonly entries: number
  readonly bytes: number
}

/** A Facet whose cache has a bound, and which is sent requests of one kind. */
export class SoakedFacet {
  readonly #program: Program
  readonly #kind: string
  readonly #token: string
  /** How many requests it has been sent, each for what it has not been asked before. */
  requests = 0

  private constructor(program: Program, kind: string, token: string) {
    this.#program = program
    this.#kind = kind
    this.#token = token
  }

  static async start(kind: string, bound: number, backend: Record<string, string>): Promise<SoakedFacet> {
    const token = randomUUID()
    const program = await start(`${kind}, at most ${bound} bytes`, 'soak/server.ts', {
      ...backend,
      ...{ PORT: '0', CONTROL_PORT: '0', HOST: '127.0.0.1', CONTROL_TOKEN: token },
      // Requests are not logged, since what is written here is the harness's own standard error.
      LOG_LEVEL: 'warn',
      CACHE_MAX_BYTES: String(bound),
      // The bytes are to be the bound.
      CACHE_MAX_ENTRIES: '1000000',
    })
    return new SoakedFacet(program, kind, token)
  }

  /** Sends requests as fast as they are answered. */
  async drive(count: number): Promise<void> {
    const port = portOf(this.#program)
    const requests = Array.from({ length: count }, () => requestBytes(port, pathOf(this.#kind, this.requests++)))
    const load = await openLoad(port, requests, CONNECTIONS)
    try {
      const result = await load.run(BATCH_MS, count)
      if (result.unexpected.size > 0) throw new BenchError(`${this.#program.name}: answered ${statusesOf(result)}`)
    } finally {
      load.close()
    }
  }

  /** Sends a few requests at once, as on a calm day. */
  async trickle(count: number): Promise<void> {
    const paths = Array.from({ length: count }, () => pathOf(this.#kind, this.requests++))
    await Promise.all(paths.map((path) => fetchOnce(portOf(this.#program), path)))
  }

  async reckoning(): Promise<Reckoning> {
    const { controlPort } = this.#program.started
    const { body } = await fetchOnce(Number(controlPort), '/cache', { authorization: `Bearer ${this.#token}` })
    return JSON.parse(body.toString())
  }

  /** Resident memory, in MB. */
  async memory(): Promise<number> {
    return (await this.#program.usage()).rssMb
  }

  stop(): Promise<void> {
    return this.#program.stop()
  }
}
