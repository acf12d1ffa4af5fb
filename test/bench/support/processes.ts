import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../errors.ts'
import type { Answer, Question, Usage } from './child.ts'

const START_MS = 30_000
const ANSWER_MS = 10_000

/** A program that was started for measuring, and reported that it is ready. */
export interface Program {
  readonly name: string
  /** What it said when it was ready: a port, or URLs. */
  readonly started: Record<string, unknown>
  usage(): Promise<Usage>
  /** Any other question that the program answers (see `report` in child.ts). */
  ask<T>(question: string, about?: unknown): Promise<T>
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

/**
 * Starts a program (a path relative to `test/bench`) and waits until it is ready.
 * Its output goes to our stderr, because the last line of our stdout may be the JSON that somebody parses.
 */
export async function start(
  name: string,
  path: string,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Program> {
  const child = fork(fileURLToPath(new URL(`../${path}`, import.meta.url)), [], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    execArgv: [...process.execArgv, ...flags],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  endsWithUs(child)

  const { started } = await message<{ started: Record<string, unknown> }>(child, name, START_MS, () => true)
  let last = 0
  const ask = async <T>(question: string, about: unknown = null): Promise<T> => {
    const id = ++last
    const answer = message<Answer>(child, name, ANSWER_MS, (value) => (value as Answer).id === id)
    child.send({ id, ask: question, about } satisfies Question)
    return (await answer).answer as T
  }
  return { name, started, usage: () => ask<Usage>('usage'), ask, stop: () => stop(child) }
}

/** Starts several at once. When one of them fails, the others are stopped as well. */
export async function startAll(starting: readonly Promise<Program>[]): Promise<Program[]> {
  const settled = await Promise.allSettled(starting)
  const failed = settled.find((outcome) => outcome.status === 'rejected')
  const programs = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (!failed) return programs
  await Promise.all(programs.map((program) => program.stop()))
  throw failed.reason
}

/** Counts a process that was started elsewhere, and is no program of ours, among those that are killed at the end. */
export function endsWithUs(child: ChildProcess): void {
  running.add(child)
  child.once('exit', () => running.delete(child))
}

/** Kills what was started here and is still running; nothing else. For the end of the process, which cannot wait. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** The next message that `wanted` accepts; fails when the child ends first, or when it takes too long. */
function message<T>(child: ChildProcess, name: string, ms: number, wanted: (value: unknown) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      clearTimeout(timer)
      child.off('message', onMessage).off('exit', onExit).off('error', onError)
      outcome()
    }
    const onMessage = (value: unknown): void => {
      if (wanted(value)) settle(() => resolve(value as T))
    }
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() => reject(new BenchError(`${name} ended early (${signal ?? `code ${code}`})`)))
    const onError = (cause: Error): void =>
      settle(() => reject(new BenchError(`${name} could not be started`, { cause })))
    const timer = setTimeout(() => settle(() => reject(new BenchError(`${name} said nothing for ${ms} ms`))), ms)
    child.on('message', onMessage).on('exit', onExit).on('error', onError)
  })
}

/** Hanging up the IPC channel asks it to end; after two seconds it is made to. */
async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
  if (child.connected) child.disconnect()
  await ended
  clearTimeout(timer)
}

/** The port on which a started contender listens. */
export function portOf({ name, started }: Program): number {
  if (typeof started.port === 'number') return started.port
  throw new BenchError(`${name} reported no port`)
}
