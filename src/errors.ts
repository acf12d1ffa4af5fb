/**
 * The table of failures: every error that a client can see has its row here, and nothing else is ever sent. Statuses as in
 * RFC 9110, section 15; `title` is the problem's title (RFC 9457, section 3.1.3), `meaning` tells the caller what to do.
 */
export const ERRORS = {
  'input-invalid': {
    status: 400,
    title: 'The request does not match what this endpoint takes',
    meaning: 'Correct the parts named in `issues`.',
  },
  'client-unknown': {
    status: 400,
    title: 'The X-Client header names no known client',
    meaning: 'Use one of the names in `known`, or leave the header out.',
  },
  'auth-required': { status: 401, title: 'Authentication is required', meaning: 'Send credentials.' },
  'auth-forbidden': {
    status: 403,
    title: 'This is not allowed',
    meaning: 'The caller may not do this; asking again does not help.',
  },
  'route-unknown': { status: 404, title: 'There is no such endpoint', meaning: 'Check the path.' },
  'resource-unknown': {
    status: 404,
    title: 'There is no such resource',
    meaning: 'The backend of the named source does not know what was asked for.',
  },
  'method-unknown': {
    status: 405,
    title: 'This endpoint does not take this method',
    meaning: 'Use one of the methods in the Allow header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'None of the accepted formats can be sent',
    meaning: 'Accept application/json or application/xml.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    meaning: 'Send the whole request faster.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition of the request does not hold',
    meaning: 'Fetch the resource again and decide anew.',
  },
  'body-too-large': { status: 413, title: 'The request body is too large', meaning: 'Send less.' },
  'uri-too-long': { status: 414, title: 'The request target is too long', meaning: 'Send a shorter path and query.' },
  'media-unsupported': {
    status: 415,
    title: 'The request body has a media type or encoding that this endpoint does not take',
    meaning: 'Send JSON, uncompressed, or XML where the endpoint describes its body.',
  },
  'limit-exceeded': { status: 429, title: 'Too many requests', meaning: 'Wait as long as Retry-After says.' },
  'headers-too-large': { status: 431, title: 'The request headers are too large', meaning: 'Send smaller headers.' },
  'client-closed': {
    status: 499,
    title: 'The client closed the connection',
    meaning: 'Stands in the log only: there is nobody left to answer.',
  },
  internal: { status: 500, title: 'Something went wrong here', meaning: 'Report the request id to the operators.' },
  'backend-unreachable': { status: 502, title: 'A backend could not be reached', meaning: 'Try again later.' },
  'backend-status': { status: 502, title: 'A backend answered with an error', meaning: 'Try again later.' },
  'backend-fault': {
    status: 502,
    title: 'A backend refused the request with a SOAP fault',
    meaning: 'The named source refused; asking again unchanged rarely helps.',
  },
  'backend-refused': {
    status: 422,
    title: 'A backend refused what was asked',
    meaning: 'The named source refused; asking again unchanged rarely helps.',
  },
  'backend-malformed': {
    status: 502,
    title: 'A backend sent something that cannot be read',
    meaning: 'Try again later.',
  },
  'backend-shape': {
    status: 502,
    title: 'A backend sent something other than what is declared',
    meaning: 'Report the request id to the operators.',
  },
  'backend-open': { status: 503, title: 'A backend is resting after too many failures', meaning: 'Try again later.' },
  'backend-busy': { status: 503, title: 'A backend has too many calls in flight', meaning: 'Try again later.' },
  overloaded: { status: 503, title: 'This server has more work than it can do', meaning: 'Try again later.' },
  'backend-timeout': { status: 504, title: 'A backend did not answer in time', meaning: 'Try again later.' },
  deadline: { status: 504, title: 'The answer was not ready within its deadline', meaning: 'Try again later.' },
  'loop-detected': {
    status: 508,
    title: 'The request came back to where it started',
    meaning: 'The proxies are configured in a circle.',
  },
} as const satisfies Record<string, { status: number; title: string; meaning: string }>

/** A stable name of a failure: what clients, logs, metrics and `Facet-Partial` speak of. */
export type ErrorCode = keyof typeof ERRORS

/** The codes that can be meant for a client. */
export const CODES = Object.keys(ERRORS).filter((code) => code !== 'client-closed') as [ErrorCode, ...ErrorCode[]]

/** One thing that is wrong with an input. */
export interface Issue {
  /** Where: `query.orders`, `body.items.0.sku`. */
  readonly path: string
  readonly message: string
}

/** A SOAP Fault, for whoever handles the error; `faultOf` of its operation's call gives it with the type of its detail. */
export interface BackendFault {
  /** Which of the operation's `faults` it is. */
  readonly name: string | undefined
  readonly codes: readonly string[]
  /** What the operation's `faults` declare of its detail. */
  readonly detail: unknown
}

export interface ErrorDetails {
  /** For the log only: it may carry what a backend said, so it is never sent. */
  readonly detail?: string
  /** The status that a backend answered with; never sent. */
  readonly upstream?: number
  /** Whether nothing was sent, so that nothing can have been done. */
  readonly isUnsent?: boolean | undefined
  /** Whether it is the client's own wish that has made it too late (`Prefer: wait`), which says nothing of a backend. */
  readonly isHasty?: boolean | undefined
  /** How long the backend wants to be left alone. Milliseconds; never sent. */
  readonly retryAfter?: number | undefined
  /** The status to answer with (400 to 599), where it is not the table's. */
  readonly status?: number
  /** The SOAP Fault that a backend answered with; never sent. */
  readonly fault?: BackendFault
  /** What is wrong with the caller's input; sent to the caller. */
  readonly issues?: readonly Issue[]
  /** The names that would have been right; sent to the caller. */
  readonly known?: readonly string[]
  /** Header fields of the answer, for example `Allow`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** Two copies of Facet in one process still recognise each other's errors. */
const BRAND = Symbol.for('facet.error')

/** A failure from the table. Its message is for the log; the client sees the table's title. */
export class FacetError extends Error {
  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly upstream: number | undefined
  readonly retryAfter: number | undefined
  readonly isUnsent: boolean
  readonly isHasty: boolean
  readonly status: number
  readonly fault: BackendFault | undefined
  readonly issues: readonly Issue[] | undefined
  readonly known: readonly string[] | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  /** The source of the endpoint that failed; set by the engine, which alone knows the name. */
  source: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const { status = ERRORS[code].status } = details
    if (!(Number.isInteger(status) && status >= 400 && status <= 599))
      throw new RangeError(`the status of a failure is 400 to 599, and not ${status}`)
    super(details.detail ?? ERRORS[code].title, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'FacetError'
    this.code = code
    this.upstream = details.upstream
    this.retryAfter = details.retryAfter
    this.isUnsent = details.isUnsent ?? false
    this.isHasty = details.isHasty ?? false
    this.status = status
    this.fault = details.fault
    this.issues = details.issues
    this.known = details.known
    this.headers = details.headers
  }
}

export function isFacetError(error: unknown): error is FacetError {
  return typeof error === 'object' && error !== null && BRAND in error
}

/** The code of any failure: what is not from the table is `internal`. */
export function codeOf(error: unknown): ErrorCode {
  return isFacetError(error) ? error.code : 'internal'
}

/**
 * A mistake in what a team wrote: a route, a backend, a transform, the environment. It stops the start with all that is
 * known, one line a mistake; a request never sees one.
 */
export class DefinitionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DefinitionError'
  }
}
