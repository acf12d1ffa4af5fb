import { type FacetError, isFacetError } from '../../../src/errors.ts'

/** The failure that something throws; fails the test where nothing is thrown, or something else. */
export function failureOf(work: () => unknown): FacetError {
  try {
    work()
  } catch (error) {
    if (isFacetError(error)) return error
    throw error
  }
  throw new Error('a failure was expected')
}

/** The failure with which something rejects. */
export async function rejectionOf(promise: Promise<unknown>): Promise<FacetError> {
  const settled = await promise.then(
    () => new Error('a rejection was expected'),
    (error: unknown) => error,
  )
  return failureOf(() => {
    throw settled
  })
}
