import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe } from '@jest/globals'
import { createClient } from '@redis/client'

const isThere = spawnSync('redis-server', ['--version']).status === 0

/** Tests that need a real Redis: skipped with a word where the machine has none, and failed where it must have one. */
export function describeRedis(name: string, tests: () => void): void {
  if (isThere) return describe(name, tests)
  if (process.env.REDIS_TESTS === 'required')
    throw new Error('redis-server is not installed, and its tests must run here')
  console.warn(`skipped, since redis-server is not installed (Debian: apt-get install redis-server): ${name}`)
  describe.skip(name, tests)
}

/** A Redis server that a test has started. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Stops it as `kill -9` does. */
  kill(): Promise<void>
  /** Lets it take connections and answer nothing, and lets it go on. */
  suspend(): void
  resume(): void
}

/** A client of a test's own; it ends with its server. */
export async function clientOf({ url }: RedisServer): Promise<RedisClient> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  return client.connect() as Promise<RedisClient>
}

type RedisClient = ReturnType<typeof createClient>

/** Starts a server on a port that was free. @param settings as on its command line, without the leading dashes */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
  given?: number,
): Promise<RedisServer> {
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'facet-redis-'))
  const all = { port: String(port), bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, ...settings }
  const child = spawn(
    'redis-server',
    Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await ready(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}

async function ready(child: ChildProcess): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    lines.push(line)
    if (!line.includes('eady to accept connections')) continue
    child.stdout?.resume()
    return
  }
  throw new Error(`redis-server did not start:\n${lines.join('\n')}`)
}

async function freePort(): Promise<number> {
  // A node of a cluster talks to the others on a port that is 10,000 higher.
  for (;;) {
    const server = createServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    if (port < 55_000) return port
  }
}
