import { describe, expect, test } from '@jest/globals'
import { isFailingStatus, isFinal, isOverload, type Outcome, outcomeOf } from '../../../src/call/outcome.ts'
import { ERRORS, type ErrorCode, FacetError } from '../../../src/errors.ts'

/** What each failure says of the backend, where it is not that it says nothing. */
const SAID: Partial<Record<ErrorCode, Outcome>> = {
  'backend-unreachable': 'failure',
  'backend-timeout': 'failure',
  'backend-malformed': 'failure',
  'backend-fault': 'success',
  'backend-shape': 'success',
  'resource-unknown': 'success',
}

describe('what a failure says of the backend', () => {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => code !== 'backend-status')
  test.each(codes.map((code) => [code, SAID[code] ?? 'ignored'] as const))('%s: %s', (code, outcome) => {
    expect(outcomeOf(new FacetError(code), 5)).toBe(outcome)
  })

  test.each([
    [400, 'success'],
    [403, 'success'],
    [409, 'success'],
    [429, 'success'],
    [500, 'failure'],
    [501, 'success'],
    [502, 'failure'],
    [503, 'failure'],
    [504, 'failure'],
    [505, 'success'],
    [599, 'failure'],
  ] as const)('status %d: %s', (upstream, outcome) => {
    expect(outcomeOf(new FacetError('backend-status', { upstream }), 5)).toBe(outcome)
    expect(isFailingStatus(upstream)).toBe(outcome === 'failure')
  })

  test.each([
    [0, 'ignored'],
    [999, 'ignored'],
    [1_000, 'failure'],
    [5_000, 'failure'],
  ] as const)('the request’s deadline after %d ms without an answer: %s', (ms, outcome) => {
    expect(outcomeOf(new FacetError('deadline'), ms)).toBe(outcome)
  })

  test('what an operation tells as something else is an answer all the same', () => {
    expect(outcomeOf(new FacetError('backend-refused', { upstream: 409 }), 5)).toBe('success')
    expect(outcomeOf(new FacetError('input-invalid', { upstream: 400 }), 5)).toBe('success')
    const fault = { name: 'NoSuchAccount', codes: ['soap:Client'], detail: undefined }
    expect(outcomeOf(new FacetError('resource-unknown', { fault }), 5)).toBe('success')
    expect(isFinal(new FacetError('backend-refused', { upstream: 409 }))).toBe(true)
  })

  test('mistakes in the program say nothing', () => {
    expect(outcomeOf(new TypeError('x is not a function'), 5_000)).toBe('ignored')
    expect(outcomeOf('text', 5_000)).toBe('ignored')
  })

  test('somebody else’s judgement goes first', () => {
    const isFailing = (error: unknown) => error instanceof FacetError && error.upstream === 429
    expect(outcomeOf(new FacetError('backend-status', { upstream: 429 }), 5, isFailing)).toBe('failure')
    expect(outcomeOf(new FacetError('backend-status', { upstream: 500 }), 5, isFailing)).toBe('success')
    expect(outcomeOf(new FacetError('backend-timeout'), 5, isFailing)).toBe('ignored')
  })
})

test.each([
  ['backend-timeout', undefined, 5, true],
  ['deadline', undefined, 999, false],
  ['deadline', undefined, 1_000, true],
  ['backend-busy', undefined, 5, true],
  ['backend-status', 429, 5, true],
  ['backend-status', 503, 5, true],
  ['backend-status', 500, 5, false],
  ['backend-status', 404, 5, false],
  ['backend-unreachable', undefined, 5, false],
] as const)('%s %s after %d ms says that there is too much to do: %s', (code, upstream, ms, expected) => {
  expect(isOverload(new FacetError(code, upstream === undefined ? {} : { upstream }), ms)).toBe(expected)
})

test.each([
  ['resource-unknown', 404, true],
  ['backend-status', 400, true],
  ['backend-fault', 500, true],
  ['backend-status', 429, false],
  ['backend-status', 503, false],
  ['backend-unreachable', undefined, false],
  ['backend-busy', undefined, false],
] as const)('%s %s is the backend’s word on the request: %s', (code, upstream, expected) => {
  expect(isFinal(new FacetError(code, upstream === undefined ? {} : { upstream }))).toBe(expected)
})
