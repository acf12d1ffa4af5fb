import type { BackendName } from './backends.ts'
import type { Change } from './facet.ts'
import type { Sent } from './load.ts'
import type { Chaos, Phase } from './run.ts'

/** Milliseconds from the start to the answer, or to its head where the body is passed through, or until its client left; infinite where none came. */
export function waited({ ask, start, head, end, failure, hasLeft }: Sent): number {
  if (hasLeft) return Number(end) - start
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
  const { required, oneOf } = ask.target
  const broken = during(phases, start, end).flatMap((phase) => phase.broken)
  const isBroken = (name: BackendName) => broken.includes(name)
  return !required.some(isBroken) && !oneOf?.every(isBroken)
}

/** The phases that overlap a time. */
function during(phases: readonly Phase[], start: number, end: number): readonly Phase[] {
  return phases.filter(({ from, until }) => from <= end && until >= start)
}

/** The instance that a request was answered unreadably by, where that may have been so. */
export function liarOf(
  phases: readonly Phase[],
  { ask, code, start, end = Number.POSITIVE_INFINITY }: Sent,
): BackendName | undefined {
  if (code !== 'backend-malformed') return undefined
  const lying = during(phases, start, end).flatMap((phase) => phase.lying)
  return ask.target.oneOf?.find((name) => lying.includes(name))
}

/** Whether a request is as good as whole: all of it is there, or all but what may always be late. */
export function isGood({ ask, status, isWhole }: Sent): boolean {
  return isWhole || (ask.target.isHasty === true && status >= 200 && status < 300)
}

/**
 * Requests that failed although all that they need was alive: a status of 500 and above, or a connection that was cut. Of two instances one
 * is enough, but for the answers of the other one that cannot be read: those are not asked for again.
 */
export function blamed({ sent, phases }: Chaos): Sent[] {
  return sent.filter(
    (one) => (one.status >= 500 || one.isCut) && couldSucceed(phases, one) && liarOf(phases, one) === undefined,
  )
}

/** What has become of one instance of the pair. */
export function changesOf({ urls, changes }: Pick<Chaos, 'urls' | 'changes'>, name: BackendName): readonly Change[] {
  return changes.filter(({ instance }) => instance.startsWith(`${urls[name]} `))
}

/** A request in a line, for messages. */
export function told(phases: readonly Phase[], sent: Sent): string {
  const { ask, status, code, failure, isCut } = sent
  const what = failure ?? `${status}${code ? ` ${code}` : ''}${isCut ? ', cut' : ''}`
  return `${phaseOf(phases, sent)?.name}: ${ask.method} ${ask.path}: ${what} after ${Math.round(waited(sent))} ms`
}
