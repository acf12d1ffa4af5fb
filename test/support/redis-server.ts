import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What to say where it is not there. */
export const NO_REDIS = 'skipped, since redis-server is not installed (Debian: apt-get install redis-server)'

/** Whether this machine can start one. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** A Redis server that was started here. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Stops it as `kill -9` does. */
  kill(): Promise<void>
  /** Lets it take connections and answer nothing, and lets it go on. */
  suspend(): void
  resume(): void
}

/**
 * Starts a server on a port that was free.
 *
 * @param settings as on its command line, without the leading dashes
 * @param onSpawn is told of the process at once, before it is ready
 */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
  given?: number,
  onSpawn: (child: ChildProcess) => void = () => {},
): Promise<RedisServer> {
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'facet-redis-'))
  const all = { port: String(port), bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, ...settings }
  const child = spawn(
    'redis-server',
    Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onSpawn(child)
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
