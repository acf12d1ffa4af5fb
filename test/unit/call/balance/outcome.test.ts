import { expect, test } from '@jest/globals'
import { outcomeOfError, outcomeOfStatus } from '../../../../src/call/balance/outcome.ts'
import { type ErrorCode, FacetError } from '../../../../src/errors.ts'

test.each([
  [200, 'success'],
  [404, 'success'],
  [429, 'success'],
  [500, 'failure'],
  [503, 'failure'],
])('status %d is a %s of its instance', (status, outcome) => {
  expect(outcomeOfStatus(status)).toBe(outcome)
  expect(outcomeOfError(new FacetError('backend-status', { upstream: status }))).toBe(outcome)
})

test.each<[ErrorCode, string]>([
  ['backend-unreachable', 'failure'],
  ['backend-timeout', 'failure'],
  ['backend-malformed', 'failure'],
  ['backend-fault', 'success'],
  ['backend-shape', 'success'],
  ['deadline', 'unknown'],
  ['client-closed', 'unknown'],
  ['internal', 'unknown'],
])('%s is a %s', (code, outcome) => {
  expect(outcomeOfError(new FacetError(code))).toBe(outcome)
})

test('a mistake in the program says nothing of an instance', () => {
  expect(outcomeOfError(new TypeError('x is undefined'))).toBe('unknown')
})
