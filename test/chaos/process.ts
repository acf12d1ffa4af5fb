import { type ChildProcess, fork } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Question } from '../bench/support/child.ts'

/** A process that the suite has started, which can be asked things (`report` of the benches) and treated badly. */
export interface Program {
  readonly pid: number
  readonly port: number
  ask<T>(question: string, about?: unknown): Promise<T>
  signal(signal: NodeJS.Signals): void
  /** Ends it with a signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
  /** The exit code or the signal that it ended with; undefined while it runs. */
  ended(): number | NodeJS.Signals | undefined
  /** All that it has written to standard output and to standard error. */
  out(): string
  err(): string
}

/** Longer than anything takes, even on a machine that does much else. Milliseconds. */
const PATIENCE = 20_000
const running = new Set<ChildProcess>()

/**
 * Starts a module of this folder and waits until it is ready. It ends by itself when this process is gone.
 *
 * @param environment all that it gets, but for the path
 */
export async function start(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...environment },
    // Not those of this process, which runs jest.
    execArgv: ['--conditions=facet-source', '--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const written = { out: '', err: '' }
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    written.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    written.err += text
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve(void running.delete(child))))
  const ended = () => child.exitCode ?? child.signalCode ?? undefined

  const next = <T>(wanted: (message: Partial<T>) => boolean) =>
    new Promise<T>((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(late)
        child.off('message', heard).off('close', over)
        act()
      }
      const heard = (message: unknown) => {
        if (wanted(message as Partial<T>)) settle(() => resolve(message as T))
      }
      const over = () => settle(() => reject(new Error(`${file} ${args} ended with ${ended()}: ${written.err}`)))
      const late = setTimeout(() => settle(() => reject(new Error(`${file} ${args} does not answer`))), PATIENCE)
      child.on('message', heard).on('close', over)
    })

  let last = 0
  const { started } = await next<{ started: { port: number } }>(({ started }) => started !== undefined)
  return {
    pid: child.pid as number,
    port: started.port,
    ask: async <T>(question: string, about: unknown = null) => {
      const id = ++last
      const answer = next<Answer>((message) => message.id === id)
      child.send({ id, ask: question, about } satisfies Question)
      return (await answer).answer as T
    },
    signal: (signal) => void child.kill(signal),
    end: (signal) => {
      child.kill(signal)
      return gone
    },
    ended,
    out: () => written.out,
    err: () => written.err,
  }
}

/** Kills what was started here and still runs, paused or not, and nothing else. */
export async function endAll(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)))
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(gone)
}

/**
 * A free port below those that the kernel takes for outgoing connections (from 32768 on Linux). While a backend is dead, one of
 * Facet's own connections could be given a higher one, and the backend could not come back.
 */
export async function lowPort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
