import { z } from 'zod'
import type { Bounds } from '../call/timeout.ts'
import { DefinitionError } from '../errors.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { durationOption } from '../options.ts'

/** The bounds of an attempt. The request's deadline is one for all of them. */
export interface TimeoutOptions {
  /** Until the last byte of the answer, 5 s if not said. */
  readonly attempt?: Duration
  /** Until a connection is there, 2 s if not said. A request without one has never left. */
  readonly connect?: Duration
  /** Until the head of the answer is there, the wait for a connection included; as long as the attempt if not said. */
  readonly headers?: Duration
  /** From the head of the answer to its last byte; as long as the attempt if not said. */
  readonly body?: Duration
}

const DURATION_EXPECTED = 'a duration such as 300ms, 2s was expected, or { attempt, connect, headers, body }'
const timeoutShape = { attempt: durationOption, headers: durationOption, body: durationOption }
/** Of an operation, whose connections are its backend's. */
export const operationTimeout = z.union([durationOption, z.strictObject(timeoutShape).partial()], DURATION_EXPECTED)
/** Of a backend. */
export const timeoutOption = z.union(
  [durationOption, z.strictObject({ ...timeoutShape, connect: durationOption }).partial()],
  DURATION_EXPECTED,
)

/** Bounds with what is said put in the place of others. */
export function boundsOf(said: Duration | TimeoutOptions | undefined, others: Bounds): Bounds {
  const { attempt, headers, body } = typeof said === 'object' ? said : { attempt: said }
  return {
    attempt: attempt ? milliseconds(attempt) : others.attempt,
    headers: headers ? milliseconds(headers) : others.headers,
    body: body ? milliseconds(body) : others.body,
  }
}

/**
 * A client that a backend brings tells nothing of an attempt before its end, so that only the whole can be bounded.
 *
 * @throws DefinitionError for the bound of a part
 */
export function checkClientTimeout(what: string, said: Duration | TimeoutOptions | undefined): void {
  if (typeof said !== 'object') return
  const part = (['connect', 'headers', 'body'] as const).find((name) => said[name] !== undefined)
  if (part !== undefined)
    throw new DefinitionError(
      `${what} at 'timeout.${part}' (${said[part]}): the client tells nothing of its attempts before their end; bound the whole with timeout.attempt`,
    )
}
