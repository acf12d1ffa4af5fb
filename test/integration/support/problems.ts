import { expect } from '@jest/globals'
import { ERRORS, type ErrorCode } from '../../../src/errors.ts'

/** What a backend says, or an error of a team's own code carries, and no client may ever read. */
export const SECRET = 'Tr0ub4dor-upstream-words'

/** An answer, of whichever helper. */
export interface AnyReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A problem as a client reads it. */
export interface ProblemBody {
  readonly requestId: string
  readonly source?: string
  readonly known?: readonly string[]
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

const KNOWN_PARTS = ['type', 'title', 'status', 'code', 'requestId', 'source', 'issues', 'known']

/**
 * Asserts that an answer is the problem of this code, whole, in the table's words and no others; gives it back.
 *
 * @param status where it is not the table's
 */
export function expectProblem(
  reply: AnyReply,
  code: ErrorCode,
  source?: string,
  status: number = ERRORS[code].status,
): ProblemBody {
  const { title } = ERRORS[code]
  expect({ status: reply.status, text: reply.text }).toEqual({ status, text: expect.stringContaining(`"${code}"`) })
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(reply.headers.get('content-length')).toBe(String(Buffer.byteLength(reply.text)))
  expect(reply.headers.get('cache-control')).toBe('no-store')
  const problem = JSON.parse(reply.text) as ProblemBody
  expect(problem).toMatchObject({ type: `/problems/${code}`, title, status, code })
  expect(KNOWN_PARTS).toEqual(expect.arrayContaining(Object.keys(problem)))
  expect(problem.source).toBe(source)
  expect(problem.requestId).toMatch(/^[\w.:/+=-]{1,128}$/)
  expect(reply.headers.get('x-request-id')).toBe(problem.requestId)
  expectNoLeak(reply)
  return problem
}

/** Asserts that an answer carries no upstream words, no stack and no path of the machine's. */
export function expectNoLeak({ headers, text }: AnyReply): void {
  const all = `${[...headers].join('\n')}\n${text}`
  expect(all).not.toContain(SECRET)
  expect(all).not.toMatch(/\n\s+at |node:internal|node_modules|\.ts:\d|127\.0\.0\.1:\d/)
}
