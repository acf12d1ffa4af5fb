import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { ERRORS, type ErrorCode, FacetError } from '../errors.ts'
import { RequestContext } from './context.ts'
import { fail, type Handler } from './handler.ts'
import { PROBLEMS } from './problem.ts'

/** What is mounted around Facet's routes. */
export interface ShellOptions {
  /** Pages of Facet's own, by path: health checks. */
  readonly pages: Readonly<Record<string, RequestHandler>>
  /** Runs before every request of Facet's: helmet, passport, a session. */
  readonly before: readonly RequestHandler[]
  /** Runs for what no route of Facet's has answered. */
  readonly after: readonly RequestHandler[]
}

/**
 * The Express app around Facet's one handler.
 * What nothing answers is left to whoever mounted it.
 */
export function createShell(handler: Handler, { before, after, pages }: ShellOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  for (const middleware of before) app.use(middleware)
  app.use((request, response, next) => {
    if (!handler(request, response)) next()
  })
  for (const [path, page] of [[`${PROBLEMS}:code`, explainProblem] as const, ...Object.entries(pages)]) {
    app.get(path, withRequestId, page as RequestHandler)
  }
  for (const middleware of after) app.use(middleware)
  app.use(((error, request, response, _next) =>
    fail(new RequestContext(request, response), asInput(error))) satisfies ErrorRequestHandler)
  return app
}

/** Facet's own pages bear the request's id as everything else does. */
const withRequestId: RequestHandler = (request, response, next) => {
  response.set('X-Request-Id', new RequestContext(request, response).requestId)
  next()
}

/** The last word of the standalone server: nothing has answered. */
export const notFound: RequestHandler = (request, response) =>
  fail(new RequestContext(request, response), new FacetError('route-unknown'))

/** Body parsers and the like say with `status` that the client is to blame; anything else is masked. */
function asInput(error: unknown): unknown {
  const status = (error as { status?: unknown } | null)?.status
  const codes: Readonly<Record<number, ErrorCode>> = {
    400: 'input-invalid',
    401: 'auth-required',
    403: 'auth-forbidden',
    413: 'body-too-large',
    415: 'media-unsupported',
    429: 'limit-exceeded',
  }
  const code = typeof status === 'number' ? codes[status] : undefined
  return code ? new FacetError(code, { cause: error }) : error
}

/** A problem's `type` leads here: what the code means, and what to do. */
const explainProblem: RequestHandler<{ code: string }> = (request, response, next) => {
  const { code } = request.params
  if (!Object.hasOwn(ERRORS, code)) return next()
  response.set('Cache-Control', 'public, max-age=86400').json({ code, ...ERRORS[code as ErrorCode] })
}
