/** The backend that has two instances. */
export const PAIR_NAME = 'pair'
/** Failures in a row that take one of them out of service. */
export const EJECTED_AFTER = 3
