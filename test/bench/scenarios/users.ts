/** The users that the mock backends know, with their orders and invoices. */
export const USERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
