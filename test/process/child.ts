import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { ROOT } from '../support/modules.ts'

/** A process that a test has started. */
export interface Child {
  readonly pid: number
  /** All that it has written to standard output so far. */
  out(): string
  /** All that it has written to standard error so far. */
  err(): string
  /** Waits until its output, of both kinds, has something; rejects, with the output, when it ends before or takes too long. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Asks it to end, as a terminal or an orchestrator would. */
  kill(signal: NodeJS.Signals): void
  /** The exit code, or the signal that ended it, once it has ended and its output is read. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Longer than anything takes, even on a machine that does much else. */
const PATIENCE = 15_000
const running = new Set<ChildProcess>()

/** Runs one of package.json's scripts the way npm does, on the Node that runs the tests. */
export function runScript(name: string, environment: Readonly<Record<string, string>>, cwd: string = ROOT): Child {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'))
  return run('sh', ['-c', scripts[name]], environment, cwd)
}

/** Starts a process with an environment of its own: nothing of the tests' environment gets in but the path. */
export function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string = ROOT,
): Child {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  // A group of its own, so that what it starts itself can be ended with it.
  const child = spawn(command, args, {
    cwd,
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let [out, err] = ['', '']
  const watchers = new Set<() => void>()
  const changed = () => {
    for (const watcher of watchers) watcher()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk
    changed()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    err += chunk
    changed()
  })
  let result: number | NodeJS.Signals | undefined
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      result = code ?? (signal as NodeJS.Signals)
      resolve(result)
      changed()
    })
  })
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(out) ?? pattern.exec(err)
        if (found) return end(() => resolve(found))
        if (result !== undefined)
          end(() => reject(new Error(`ended with ${result} before ${pattern}:\n${out}\n${err}`)))
      }
      const late = setTimeout(() => end(() => reject(new Error(`no ${pattern} in time:\n${out}\n${err}`))), PATIENCE)
      const end = (finish: () => void) => {
        clearTimeout(late)
        watchers.delete(look)
        finish()
      }
      watchers.add(look)
      look()
    })
  return {
    pid: child.pid as number,
    out: () => out,
    err: () => err,
    until,
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

/** Ends whatever a test has left running, with all that it has started: for `afterEach`. */
export async function endAll(): Promise<void> {
  for (const child of running) {
    running.delete(child)
    const closed = child.exitCode !== null || child.signalCode !== null
    try {
      process.kill(-(child.pid as number), 'SIGKILL')
    } catch {
      // The whole group has ended by itself.
    }
    if (!closed) await new Promise((resolve) => child.once('close', resolve))
  }
}

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Waits until something holds; rejects with what was wanted when it takes too long. */
export async function eventually(wanted: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${wanted}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
