/** Whether something is waited for; also where it was made by another realm, or is no Promise but behaves as one. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | undefined | null)?.then === 'function'
}
