import { describe, expect, test } from '@jest/globals'
import { codeOf, DefinitionError, ERRORS, type ErrorCode, FacetError, isFacetError } from '../../src/errors.ts'

describe('the table', () => {
  test('has every code of the design, with its status', () => {
    const statuses: Partial<Record<ErrorCode, number>> = {
      ...{
        'input-invalid': 400,
        'client-unknown': 400,
        'auth-required': 401,
        'auth-forbidden': 403,
        'route-unknown': 404,
      },
      ...{ 'resource-unknown': 404, 'method-unknown': 405, 'not-acceptable': 406, 'request-timeout': 408 },
      ...{ 'precondition-failed': 412, 'body-too-large': 413, 'uri-too-long': 414, 'media-unsupported': 415 },
      ...{
        'limit-exceeded': 429,
        'client-closed': 499,
        internal: 500,
        'backend-unreachable': 502,
        'backend-status': 502,
      },
      ...{
        'backend-fault': 502,
        'backend-malformed': 502,
        'backend-shape': 502,
        'backend-open': 503,
        'backend-busy': 503,
      },
      ...{ overloaded: 503, 'backend-timeout': 504, deadline: 504, 'loop-detected': 508 },
    }
    for (const [code, status] of Object.entries(statuses))
      expect([code, ERRORS[code as ErrorCode]?.status]).toEqual([code, status])
  })

  test.each(Object.entries(ERRORS))(
    '%s has a status of failure, a title and a meaning of its own',
    (code, { status, title, meaning }) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(600)
      expect(Object.values(ERRORS).filter((row) => row.title === title)).toHaveLength(1)
      expect(title).not.toMatch(/\.$/)
      expect(meaning).toMatch(/\.$/)
    },
  )
})

describe('a failure', () => {
  test('has its code and status, and its title for words where there are no others', () => {
    const error = new FacetError('backend-timeout')
    expect([error.code, error.status, error.message, error.name]).toEqual([
      ...['backend-timeout', 504, 'A backend did not answer in time', 'FacetError'],
    ])
    expect(error).toBeInstanceOf(Error)
    expect('cause' in error).toBe(false)
  })

  test('can have a status of its own, of failure', () => {
    expect(new FacetError('backend-fault', { status: 409 }).status).toBe(409)
    for (const status of [200, 399, 600, 404.5, Number.NaN])
      expect(() => new FacetError('backend-fault', { status })).toThrow(
        new RangeError(`the status of a failure is 400 to 599, and not ${status}`),
      )
  })

  test('keeps what is known of it, and its cause', () => {
    const cause = new Error('ECONNREFUSED')
    const details = {
      upstream: 503,
      issues: [{ path: 'query.q', message: 'm' }],
      known: ['web'],
      headers: { Allow: 'GET' },
    }
    const error = new FacetError('backend-status', { detail: 'crm answered 503', cause, ...details })
    expect(error).toMatchObject({ message: 'crm answered 503', cause, ...details, source: undefined })
  })

  test('is known by its brand, whatever copy of Facet made it', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('facet.error')]: true, code: 'deadline' })
    expect([isFacetError(new FacetError('internal')), isFacetError(foreign), codeOf(foreign)]).toEqual([
      true,
      true,
      'deadline',
    ])
  })

  test.each([
    [new Error('x')],
    [new TypeError('x')],
    ['x'],
    [undefined],
    [null],
    [{ code: 'deadline' }],
    [new DefinitionError('x')],
  ])('that is not from the table is internal: %s', (error) => {
    expect([isFacetError(error), codeOf(error)]).toEqual([false, 'internal'])
  })
})

test('a mistake in a definition has its words and its cause', () => {
  const cause = new SyntaxError('x')
  expect(new DefinitionError('routes/a.ts: wrong', cause)).toMatchObject({
    name: 'DefinitionError',
    message: 'routes/a.ts: wrong',
    cause,
  })
  expect('cause' in new DefinitionError('x')).toBe(false)
})
