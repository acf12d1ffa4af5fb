import type { BackendName } from './backends.ts'
import type { Sent } from './load.ts'
import type { Chaos, Phase } from './run.ts'

/** Milliseconds from the start to the answer, or to its head where the body is passed through; infinite where none came. */
export function waited({ ask, start, head, end, failure }: Sent): number {
  const answered = ask.target.isStreamed ? head : end
  return failure !== undefined || answered === undefined ? Number.POSITIVE_INFINITY : answered - start
}

/** Milliseconds by which the answer came after its bound; negative where it came before. */
export function overrun(sent: Sent): number {
  return waited(sent) - sent.ask.target.bound
}

/** The phase that a request began in. */
export function phaseOf(phases: readonly Phase[], { start }: Sent): Phase | undefined {
  return phases.findLast(({ from }) => start >= from)
}

/**
 * Whether all that a request needs was alive for as long as it took. What was broken counts as such until all was normal
 * again: how long that may take is asked elsewhere.
 */
export function couldSucceed(phases: readonly Phase[], { ask, start, end = Number.POSITIVE_INFINITY }: Sent): boolean {
  const isNeeded = (name: BackendName) => ask.target.required.includes(name)
  return !phases.some(({ from, until, broken }) => from <= end && until >= start && broken.some(isNeeded))
}

/** Requests that failed although all that they need was alive: a status of 500 and above, or a connection that was cut. */
export function blamed({ sent, phases }: Chaos): Sent[] {
  return sent.filter((one) => (one.status >= 500 || one.isCut) && couldSucceed(phases, one))
}

/** A request in a line, for messages. */
export function told(phases: readonly Phase[], sent: Sent): string {
  const { ask, status, code, failure, isCut } = sent
  const what = failure ?? `${status}${code ? ` ${code}` : ''}${isCut ? ', cut' : ''}`
  return `${phaseOf(phases, sent)?.name}: ${ask.method} ${ask.path}: ${what} after ${Math.round(waited(sent))} ms`
}
